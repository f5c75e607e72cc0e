"""`shopclerk evaluate`: the measurements, a module each."""

from typing import ClassVar

import typer

from scripts.lazy import LazyGroup


class Evaluations(LazyGroup):
    """What can be measured."""

    modules: ClassVar = {
        "retrieval": ("scripts.evaluate_retrieval", "Measure search on the golden questions and the public sets."),
        "answers": (
            "scripts.evaluate_answers",
            "Measure whole replies: the base model, the tuned one, the bot with its checks, and quoting only.",
        ),
        "grounding": (
            "scripts.evaluate_grounding",
            "Measure the check that holds answers to their evidence, word overlap alone beside it.",
        ),
        "sentiment": (
            "scripts.evaluate_sentiment",
            "Measure feelings and aspects on text that was not learned from, the usual picks beside each figure.",
        ),
        "satisfaction": (
            "scripts.evaluate_satisfaction",
            "Measure predicted satisfaction on rated help-desk dialogues, ridge regression on TF-IDF beside it.",
        ),
        "advice": (
            "scripts.evaluate_advice",
            "Measure advice on products in shopping conversations, a plain product search beside it.",
        ),
        "recommendations": (
            "scripts.evaluate_recommendations",
            "Measure recommendations by holding out what each buyer bought last, popularity beside them.",
        ),
        "order-talks": (
            "scripts.evaluate_order_talks",
            "Measure orders in the chat: scripted shoppers of a benchmark's tasks, judged by the final database.",
        ),
        "orders": (
            "scripts.evaluate_orders",
            "Measure changes of orders: a benchmark's own, replayed, and variations that its policy forbids.",
        ),
        "privacy": ("scripts.evaluate_privacy", "Measure how much personal data is masked, and how much else."),
    }


app = typer.Typer(
    cls=Evaluations,
    no_args_is_help=True,
    add_completion=False,
    epilog="Example: shopclerk evaluate retrieval",
)


@app.callback()
def evaluate() -> None:
    """Measure search, answers and privacy, the baseline beside each figure."""
