"""`shopclerk train`: the models that are tuned here, a module each."""

from typing import ClassVar

import typer

from scripts.lazy import LazyGroup


class Trainings(LazyGroup):
    """What can be trained."""

    modules: ClassVar = {
        "choice": (
            "scripts.train_choice",
            "Fit the choice of what is shown on the dev questions, and measure it on folds left out.",
        ),
        "generator": (
            "scripts.train_generator",
            "Tune the generator to answer from passages, and adopt it if it is no worse.",
        ),
        "embedder": (
            "scripts.train_embedder",
            "Teach an embedder which passages answer; kept only where search finds more and the golden questions lose "
            "nothing.",
        ),
        "sentiment": (
            "scripts.train_sentiment",
            "Teach what feelings sound like, also on your own labelled reviews, and adopt the model if it is no worse.",
        ),
        "smuggled": (
            "scripts.train_smuggled",
            "Fit what tells commands that a stranger put into a page from the shop's own sentences.",
        ),
        "reranker": (
            "scripts.train_reranker",
            "Teach the reranker on public product questions; kept only where it ranks held-out questions better.",
        ),
    }


app = typer.Typer(
    cls=Trainings,
    no_args_is_help=True,
    add_completion=False,
    epilog="Example: shopclerk train generator --minutes 30",
)


@app.callback()
def train() -> None:
    """Tune the models of the bot; a model is adopted only where it is measured to be no worse."""
