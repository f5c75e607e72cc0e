"""`shopclerk train choice`: fits the weights by which what is shown is chosen, and measures them on left-out folds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.choice import WEIGHTS
from bot.bootstrap import Shopclerk, build
from bot.learning.choice_fitting import QUESTIONS, Case, Figures, cases, figures, fit, left_out, write
from bot.learning.golden import GoldenQuestion, read_golden
from bot.settings import Settings
from scripts.console import JsonFlag, ShopOption, note, print_json, print_table, progress

GOLDEN = Path(__file__).parent.parent / "knowledge" / "golden" / "questions.jsonl"

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk train choice --out choice.json")
def choice(
    dataset: Annotated[Path, typer.Argument(help="Golden questions.", show_default="of the demo shop")] = GOLDEN,
    more: Annotated[Path, typer.Option(help="Further questions.", show_default="of the demo shop")] = QUESTIONS,
    out: Annotated[Path, typer.Option(help="Where the weights go.", show_default="where the bot reads them")] = WEIGHTS,
    shop: ShopOption = None,
    json: JsonFlag = False,
) -> None:
    """Fit the choice of what is shown on the dev questions, and measure it on folds left out."""
    settings = Settings()
    questions = [*read_golden(dataset, split="dev"), *read_golden(more, split="train")]
    with build(settings) as shopclerk:
        known = list(_cases(shopclerk, questions, shop or settings.shop))
    answerable = sum(question.expected in {"answered", "facts"} for question in questions)
    measured = figures(left_out(known), questions=answerable)
    write(fit(known), measured, out)
    note(f"The weights are in {out}.")
    if json:
        print_json(vars(measured))
    else:
        _print(measured)


def _cases(shopclerk: Shopclerk, questions: list[GoldenQuestion], shop: str) -> Iterator[Case]:
    answerer, profile = shopclerk.answerer_with(writes=False), shopclerk.profiles.get(shop)
    with progress("train choice") as tell:
        for number, question in enumerate(questions, start=1):
            yield from cases([question], answerer=answerer, shop=shop, profile=profile)
            tell("choice", number, len(questions))


def _print(measured: Figures) -> None:
    rows = [
        ("right stretch first", measured.first, measured.answerable),
        ("right stretch among the first two", measured.first_two, measured.answerable),
        (f"unanswerable with none from {measured.threshold:.2f}", measured.refused, measured.unanswerable),
    ]
    print_table(["measure", "count", "of"], rows, title=f"On left-out questions; AUROC of none {measured.auroc:.3f}")
