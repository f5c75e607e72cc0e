"""`shopclerk evaluate answers`: replies of the base model, the tuned one, the bot, and quoting only, side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer

from bot.answering.adapters import NONE as NO_ADAPTER
from bot.answering.assistant import Assistant
from bot.answering.grounding import SentenceCheck
from bot.answering.writer import is_tuned
from bot.bootstrap import Shopclerk, build
from bot.conversation.database import migrate
from bot.conversation.handoff import Handoffs
from bot.conversation.history import History
from bot.errors import InvalidInput
from bot.learning.answering_systems import GivenPassages, ModelAlone
from bot.learning.answers_evaluation import Judged, Summary, Unchecked, failures, run, summarise
from bot.learning.examples_evaluation import (
    AnswerSystem,
    JudgedExample,
    ask,
    failed_examples,
    summarise_examples,
)
from bot.learning.golden import GoldenQuestion, evenly, read_golden
from bot.learning.hidden_instructions import Ordered, in_emails, in_pages
from bot.learning.imaginary import examples as imaginary_examples
from bot.learning.public_examples import public_examples
from bot.settings import Settings
from knowledge.database import create_database_engine
from knowledge.errors import DataMissing
from knowledge.reranking import AnswerCueReranker
from scripts.console import JsonFlag, ShopOption, Tell, note, print_json, print_table, progress
from scripts.figures import INTERVALS, NONE, counted, counted_document
from scripts.golden_exam import GOLDEN_FILE

GOLDEN, IMAGINARY, EPQA, HETPQA, BIPIA = "golden", "imaginary", "epqa", "hetpqa", "bipia"
DATASETS = (GOLDEN, IMAGINARY, EPQA, HETPQA, BIPIA)
BASE, TUNED, BOT, QUOTING = "base", "tuned", "bot", "quoting only"
"""The model as it comes, the tuned one, the bot (the model in use with its checks, quoting where they fail), and
quoting without a model; the first two without checks."""

Split = Literal["dev", "test"]
LANGUAGES = ("en", "zh")
SEED = 20261123
SHOPS_ASKED = 300
"""Questions to imaginary shops where no limit is given."""

Set = Sequence[GoldenQuestion] | Sequence[Ordered]
Result = tuple[str, str, list[Judged] | list[JudgedExample]]
"""Dataset, system, and its judged replies."""

One = TypeVar("One", Judged, JudgedExample)

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk evaluate answers golden imaginary --limit 40")
def answers(
    datasets: Annotated[
        list[str] | None,
        typer.Argument(help=f"Which of {', '.join(DATASETS)}, or a file of golden questions.", show_default=GOLDEN),
    ] = None,
    split: Annotated[Split, typer.Option(help="dev, or test, which is never tuned on.")] = "dev",
    limit: Annotated[
        int | None, typer.Option(help="At most so many questions a set.", show_default="all; 300 imaginary", min=1)
    ] = None,
    system: Annotated[
        list[str] | None, typer.Option(help=f"Only {BASE}, {TUNED}, {BOT} or {QUOTING!r}.", show_default="all")
    ] = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="Also list the bot's replies with something wrong.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    shop: ShopOption = None,
    json: JsonFlag = False,
) -> None:
    """Measure whole replies: the base model, the tuned one, the bot with its checks, and quoting only."""
    settings = Settings()
    sets = _sets(datasets or [GOLDEN], split, limit, data or settings.data)
    wanted = system or [BASE, TUNED, BOT, QUOTING]
    for name in wanted:
        if name not in (BASE, TUNED, BOT, QUOTING):
            raise typer.BadParameter(f"{name!r} is no system; expected {BASE}, {TUNED}, {BOT} or {QUOTING!r}")
    with progress("evaluate answers") as tell:
        results = list(_results(settings, sets, shop or settings.shop, wanted, tell))
    summaries = [summary for dataset, name, judged in results for summary in _summaries(dataset, name, judged)]
    if json:
        print_json([_as_json(summary) for summary in summaries])
        return
    for dataset in sets:
        _print(dataset, [one for one in summaries if one.dataset == dataset])
    if wrong:
        for dataset, name, judged in results:
            if name == (BOT if BOT in wanted else wanted[-1]):
                _print_wrong(dataset, judged)


def _sets(names: Sequence[str], split: Split, limit: int | None, data: Path) -> dict[str, Set]:
    """The questions of each set; one whose files are absent is said so and left out, unless it is the only one."""
    found: dict[str, Set] = {}
    for name in names:
        try:
            found[name] = _questions(name, split, limit, data)
        except (DataMissing, InvalidInput) as missing:
            if len(names) == 1:
                raise
            note(str(missing))
    return found


def _questions(name: str, split: Split, limit: int | None, data: Path) -> Set:
    if name == IMAGINARY:
        count = limit or SHOPS_ASKED
        return [Ordered(example, "") for example in imaginary_examples(count, split=split, seed=SEED)]
    if name in (EPQA, HETPQA):
        if split == "test":
            raise InvalidInput(f"{name} has no test part here; ask for dev.")
        mine = [Ordered(one, "") for one in public_examples(data, split="dev") if one.source == name]
        return evenly(mine, limit)
    if name == BIPIA:
        pages = in_pages(data, imaginary_examples(SHOPS_ASKED, split=split, seed=SEED))
        emails = list(in_emails(data))
        half = len(emails) if limit is None else (limit + 1) // 2
        return [*evenly(emails, half), *islice(pages, half if limit is None else limit - half)]
    if name != GOLDEN and not Path(name).is_file():
        raise typer.BadParameter(f"{name!r} is unknown; expected {', '.join(DATASETS)} or a file of golden questions")
    return evenly(read_golden(GOLDEN_FILE if name == GOLDEN else Path(name), split=split), limit)


def _results(
    settings: Settings, sets: dict[str, Set], shop: str, wanted: Sequence[str], tell: Tell
) -> Iterator[Result]:
    """All systems on all sets; each model is loaded once, and one at a time is held."""
    writes = settings.generator != "none"
    if BASE in wanted and writes and not settings.generator_url:
        with build(settings.model_copy(update={"adapter": NO_ADAPTER})) as shopclerk:
            yield from _asked(shopclerk, sets, shop, [BASE], tell)
    with build(settings) as shopclerk:
        rest = [name for name in (TUNED, BOT, QUOTING) if name in wanted]
        model = shopclerk.chat_model if {TUNED, BOT} & set(rest) else None
        if model is None:
            if {TUNED, BOT} & set(rest):
                note("There is no generator: only quoting is measured.")
            rest = [QUOTING]
        elif TUNED in rest and not is_tuned(model):
            note(f"{settings.generator} has no tuned weights in use: {TUNED!r} is left out.")
            rest.remove(TUNED)
        yield from _asked(shopclerk, sets, shop, rest, tell)


def _asked(
    shopclerk: Shopclerk, sets: dict[str, Set], shop: str, systems: Sequence[str], tell: Tell
) -> Iterator[Result]:
    for dataset, questions in sets.items():
        for name in systems:
            if questions and isinstance(questions[0], GoldenQuestion):
                yield dataset, name, _golden(shopclerk, questions, shop, name, tell)  # type: ignore[arg-type]  # just asked
            else:
                yield dataset, name, _examples(shopclerk, questions, name, tell)  # type: ignore[arg-type]  # the other kind


def _golden(
    shopclerk: Shopclerk, questions: Sequence[GoldenQuestion], shop: str, name: str, tell: Tell
) -> list[Judged]:
    check = Unchecked() if name in (BASE, TUNED) else None
    assistant, history = _assistant(shopclerk, writes=name != QUOTING, check=check)
    assistant.warm(shop)
    return _collected(
        run(questions, assistant=assistant, history=history, shop=shop), len(questions), f"{GOLDEN}, {name}", tell
    )


def _examples(shopclerk: Shopclerk, listed: Sequence[Ordered], name: str, tell: Tell) -> list[JudgedExample]:
    examples = [one.example for one in listed]
    system: AnswerSystem
    if name in (BASE, TUNED):
        model = shopclerk.chat_model
        if model is None:
            note("The generator could not be loaded; see `shopclerk doctor`.")
            return []
        system = ModelAlone(name, model)
    else:
        system = GivenPassages(
            name,
            shopclerk.answerer_with(writes=name != QUOTING),
            examples,
            embedder=shopclerk.embedder,
            reranker=AnswerCueReranker(),
        )
    orders = {one.example.id: one.order for one in listed if one.order}
    system.answer(examples[0])  # loads what the first answer waits for
    return _collected(ask(examples, system, orders=orders), len(examples), f"{examples[0].source}, {name}", tell)


def _collected(judged: Iterator[One], total: int, step: str, tell: Tell) -> list[One]:
    found = []
    for one in judged:
        found.append(one)
        tell(step, len(found), total)
    return found


def _assistant(
    shopclerk: Shopclerk, *, writes: bool = True, check: SentenceCheck | None = None
) -> tuple[Assistant, History]:
    """The shop's assistant with a memory that is thrown away, so that measuring leaves no conversations behind."""
    engine = create_database_engine("sqlite://")
    migrate(engine)
    history = History(engine)
    return shopclerk.assistant_with(history, Handoffs(engine), writes=writes, check=check), history


def _summaries(dataset: str, name: str, judged: list[Judged] | list[JudgedExample]) -> list[Summary]:
    """The figures of one system on one set, for each language that it has."""
    if not judged:
        return []
    if isinstance(judged[0], JudgedExample):
        listed = [one for one in judged if isinstance(one, JudgedExample)]
        spoken: set[str] = {one.example.language for one in listed}
        return [
            summarise_examples(listed, dataset=dataset, system=name, language=language)
            for language in _languages(spoken)
        ]
    golden = [one for one in judged if isinstance(one, Judged)]
    return [
        replace(summarise(golden, system=name, language=language), dataset=dataset)
        for language in _languages({one.question.language for one in golden})
    ]


def _languages(spoken: set[str]) -> list[str]:
    return ["all", *(language for language in LANGUAGES if language in spoken)] if len(spoken) > 1 else ["all"]


def _print(dataset: str, summaries: Sequence[Summary]) -> None:
    if not summaries:
        return
    headings = ["", *(f"{one.system} {one.language}" for one in summaries)]
    rows: list[list[object]] = [["questions", *(one.questions for one in summaries)]]
    measures = [name for name in summaries[0].shares if any(one.shares[name].of for one in summaries)]
    rows += [[name.replace("_", " "), *(counted(one.shares[name]) for one in summaries)] for name in measures]
    gears = sorted({gear for one in summaries for gear in one.gears})
    rows += [[f"gear {gear}", *(one.gears.get(gear, 0) for one in summaries)] for gear in gears]
    lines: dict[str, list[str]] = {
        "overlap with reference, ROUGE-L": [_number(one.overlap, 3) for one in summaries],
        "length, words (zh: characters)": [_number(one.length, 0) for one in summaries],
        "tokens/s": [_number(one.tokens_per_second, 1) for one in summaries],
        "first words ms, p50 / p95": [_spread(one.first_token_ms) for one in summaries],
        "whole reply ms, p50 / p95": [_spread(one.total_ms) for one in summaries],
    }
    rows += [[label, *cells] for label, cells in lines.items() if set(cells) != {NONE}]
    print_table(headings, rows, title=f"Whole replies, {dataset}, {INTERVALS}")


def _number(value: float | None, places: int) -> str:
    return NONE if value is None else f"{value:.{places}f}"


def _spread(values: tuple[float, float]) -> str:
    return f"{values[0]:.0f} / {values[1]:.0f}"


def _print_wrong(dataset: str, judged: list[Judged] | list[JudgedExample]) -> None:
    print(f"\n{dataset}")
    for one, measures in failures(one for one in judged if isinstance(one, Judged)):
        print(f"\n{one.question.id}: {one.question.question}\n  wrong: {', '.join(measures)}")
        print(f"  expected: {one.question.expected} {' '.join('|'.join(fact) for fact in one.question.facts)}")
        print(f"  {one.reply.gear} ({one.reply.reason}): {one.reply.text}")
    for example, measures in failed_examples(one for one in judged if isinstance(one, JudgedExample)):
        print(f"\n{example.example.id}: {example.example.question}\n  wrong: {', '.join(measures)}")
        print(f"  expected: {example.example.kind} {example.example.answer} {' '.join(example.example.facts)}")
        print(f"  {example.answered.gear}: {example.answered.text}")


def _as_json(summary: Summary) -> dict[str, Any]:
    return {
        "dataset": summary.dataset,
        "system": summary.system,
        "language": summary.language,
        "questions": summary.questions,
        **{name: counted_document(share) for name, share in summary.shares.items()},
        "gears": summary.gears,
        "overlap": summary.overlap,
        "length": summary.length,
        "tokens_per_second": summary.tokens_per_second,
        "first_token_ms": {"p50": summary.first_token_ms[0], "p95": summary.first_token_ms[1]},
        "total_ms": {"p50": summary.total_ms[0], "p95": summary.total_ms[1]},
    }
