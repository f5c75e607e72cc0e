"""`shopclerk train choice`: fits the weights by which what is shown is chosen, and how far the model is believed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.choice import WEIGHTS, use_anew
from bot.answering.hearing import WEIGHTS as HEARING
from bot.answering.writer import is_tuned
from bot.bootstrap import Shopclerk, build
from bot.errors import TrainingError
from bot.learning.answering_systems import GivenPassages
from bot.learning.choice_fitting import QUESTIONS, Case, Figures, cases, figures, fit, left_out, write
from bot.learning.examples import Example
from bot.learning.golden import GoldenQuestion, evenly, read_golden
from bot.learning.hearing_cases import example_cases, golden_cases
from bot.learning.hearing_fitting import (
    SILENT,
    HearingCase,
    HearingFigures,
    fit_hearing,
    hearing_figures,
    write_hearing,
)
from bot.learning.imaginary import examples as imaginary_examples
from bot.learning.public_examples import public_examples
from bot.settings import Settings
from knowledge.reranking import AnswerCueReranker
from scripts.console import JsonFlag, ShopOption, note, print_json, print_table, progress
from scripts.figures import NONE
from scripts.golden_exam import GOLDEN_FILE

WEIGHED = ("hetpqa", "epqa")
SEED = 20261124  # of imaginary shops; not those that answers are measured on

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk train choice --out choice.json")
def choice(
    dataset: Annotated[Path, typer.Argument(help="Golden questions.", show_default="of the demo shop")] = GOLDEN_FILE,
    more: Annotated[Path, typer.Option(help="Further questions.", show_default="of the demo shop")] = QUESTIONS,
    out: Annotated[Path, typer.Option(help="Where the weights go.", show_default="where the bot reads them")] = WEIGHTS,
    shop: ShopOption = None,
    shops: Annotated[
        int, typer.Option(min=0, help="Questions to imaginary shops that the model's opinion is weighed on too.")
    ] = 400,
    public: Annotated[
        int, typer.Option(min=0, help="Questions of each public set, of the dev part, that it is weighed on too.")
    ] = 100,
    golden: Annotated[
        int | None, typer.Option(min=1, help="Golden questions that it is weighed on.", show_default="all")
    ] = None,
    opinion_only: Annotated[
        bool, typer.Option("--opinion-only", help="Leave the choice as it is, after the model was tuned anew.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Fit the choice of what is shown on the dev questions, and measure it on folds left out.

    Where the generator is a tuned one, fit then how far its opinion of the passages is believed beside the choice.
    """
    if opinion_only and out != WEIGHTS:
        raise typer.BadParameter("--opinion-only fits nothing that --out could hold; leave one of them out.")
    settings = Settings()
    questions = [*read_golden(dataset, split="dev"), *read_golden(more, split="train")]
    measured = None if opinion_only else _fit_choice(settings, questions, shop or settings.shop, out)
    if measured and out != WEIGHTS:
        note("The model's opinion is weighed beside the choice that the bot uses: its weights stay as they are.")
        _show(measured, (), json=json)
        return
    use_anew()
    with build(settings) as shopclerk:
        model = shopclerk.chat_model
        listed = [*imaginary_examples(shops, split="dev", seed=SEED), *_public(settings.data, public)]
        asked = evenly(questions, golden)
        believed = list(_heard(shopclerk, asked, listed, shop or settings.shop)) if is_tuned(model) else []
    if not believed and opinion_only:
        raise TrainingError("There is no tuned generator whose opinion could be weighed; set SHOPCLERK_GENERATOR.")
    if not believed:
        note("There is no tuned generator: its opinion is not weighed.")
        _show(measured, (), json=json)
        return
    weights = fit_hearing(believed)
    compared = hearing_figures(believed, SILENT), hearing_figures(believed, weights)
    asked_of = {"shops": shops, "public": public, "golden": golden or len(questions)}
    write_hearing(weights, *compared, HEARING, asked=asked_of)
    note(f"The weights of the model's opinion are in {HEARING}.")
    _show(measured, compared, json=json)


def _fit_choice(settings: Settings, questions: list[GoldenQuestion], shop: str, out: Path) -> Figures:
    with build(settings) as shopclerk:
        known = list(_cases(shopclerk, questions, shop))
    answerable = sum(question.expected in {"answered", "facts"} for question in questions)
    measured = figures(left_out(known), questions=answerable)
    write(fit(known), measured, out)
    note(f"The weights are in {out}.")
    return measured


def _show(measured: Figures | None, heard: Sequence[HearingFigures], *, json: bool) -> None:
    if json:
        print_json({"choice": vars(measured) if measured else None, "heard": [vars(one) for one in heard]})
        return
    if measured:
        _print(measured)
    if heard:
        _print_heard(*heard)


def _public(data: Path, count: int) -> list[Example]:
    """So many questions of each public set, evenly taken; none where the sets are not here."""
    if not data.is_dir() or not count:
        return []
    known = list(public_examples(data, split="dev"))
    return [one for source in WEIGHED for one in evenly([each for each in known if each.source == source], count)]


def _heard(
    shopclerk: Shopclerk, questions: Sequence[GoldenQuestion], listed: Sequence[Example], shop: str
) -> Iterator[HearingCase]:
    """What choice and model make of the golden questions, and of examples with their passages."""
    answerer, profile = shopclerk.answerer_with(writes=True), shopclerk.profiles.get(shop)
    given = GivenPassages("heard", answerer, listed, embedder=shopclerk.embedder, reranker=AnswerCueReranker())
    with progress("train choice") as tell:
        for number, question in enumerate(questions, start=1):
            yield from golden_cases([question], answerer=answerer, shop=shop, profile=profile)
            tell("the model's opinion, golden", number, len(questions))
        for number, example in enumerate(listed, start=1):
            yield from example_cases([example], given)
            tell("the model's opinion, other shops", number, len(listed))


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


def _print_heard(alone: HearingFigures, together: HearingFigures) -> None:
    rows = [
        ("right stretch first", alone.first, together.first, alone.answerable),
        ("answerable but refused", alone.refused_wrongly, together.refused_wrongly, alone.answerable),
        ("unanswerable and refused", alone.refused, together.refused, alone.unanswerable),
        ("AUROC of refusing", *(NONE if one.auroc is None else one.auroc for one in (alone, together)), ""),
    ]
    print_table(["measure", "choice alone", "with the model", "of"], rows, title="With the model's opinion, as fitted")
