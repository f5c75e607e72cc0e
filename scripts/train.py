"""`shopclerk train`: the models that are tuned here, a module each."""

from typing import ClassVar

import typer

from scripts.lazy import LazyGroup


class Trainings(LazyGroup):
    """What can be trained."""

    modules: ClassVar = {
        "choice": ("scripts.train_choice", "Fit what is shown of the pages that were found, and when nothing is."),
        "generator": ("scripts.train_generator", "Tune the generator to answer from passages, and adopt it if better."),
        "reranker": ("scripts.train_reranker", "Teach the reader that ranks passages about one product."),
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
