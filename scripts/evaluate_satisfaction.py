"""`shopclerk evaluate satisfaction`: how well the raters' mean is predicted for whole conversations."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.insight.satisfaction.evaluation import SatisfactionFigures, measure_satisfaction
from bot.insight.satisfaction.model import SHIPPED, write_satisfaction
from bot.insight.satisfaction.training import fit_satisfaction, rated_talks
from bot.insight.sentiment.loading import load_sentiment, weights_in_use
from bot.settings import Settings
from knowledge.weights import ModelStore
from scripts.console import JsonFlag, note, print_json, print_table, progress

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk evaluate satisfaction")
def satisfaction(
    fit: Annotated[bool, typer.Option("--fit", help="Also fit the model on the train dialogues, and ship it.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    json: JsonFlag = False,
) -> None:
    """Measure predicted satisfaction on rated help-desk dialogues, ridge regression on TF-IDF beside it.

    Every figure is of dialogues that the model measured was not fitted on, nor on their translations.
    """
    settings = Settings()
    feelings = load_sentiment(weights_in_use(settings.home), ModelStore(settings.home / "models"))
    with progress("evaluate satisfaction") as tell:
        tell("telling the mood of every turn", 0, 0)
        rated = rated_talks(data or settings.data, feelings.chances)
        found = measure_satisfaction(rated, tell=tell)
        if fit:
            write_satisfaction(fit_satisfaction([one for one in rated if one.part == "train"]), SHIPPED)
    if json:
        print_json([asdict(one) for one in found])
        return
    rows = [_row(one) for one in found]
    headings = (
        "language",
        "dialogues",
        "measured by",
        "Pearson, ours",
        "95 % interval",
        "Pearson, TF-IDF",
        "mean error",
    )
    print_table(headings, rows, title="Satisfaction, mean of 19 raters, -2 to 2")
    if fit:
        note(f"Fitted on the train dialogues and wrote {SHIPPED}; the next start uses it.")


def _row(one: SatisfactionFigures) -> tuple[object, ...]:
    low, high = one.interval
    return (
        one.language,
        one.dialogues,
        one.measured_by,
        f"{one.pearson:.3f}",
        f"{low:.3f}–{high:.3f}",
        f"{one.tfidf_pearson:.3f}",
        f"{one.mean_error:.3f}",
    )
