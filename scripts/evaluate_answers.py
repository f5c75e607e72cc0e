"""`shopclerk evaluate answers`: whole replies on the golden conversations, the baselines beside them."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.answering.assistant import Assistant
from bot.answering.grounding import SentenceCheck
from bot.bootstrap import Shopclerk, build
from bot.conversation.database import migrate
from bot.conversation.handoff import Handoffs
from bot.conversation.history import History
from bot.learning.answers_evaluation import Judged, Summary, Unchecked, failures, run, summarise
from bot.learning.golden import GoldenQuestion, evenly, read_golden
from bot.learning.judging import Judgement
from bot.settings import Settings
from knowledge.database import create_database_engine
from scripts.console import JsonFlag, ShopOption, Tell, note, print_json, print_table, progress

GOLDEN = Path(__file__).parent.parent / "knowledge" / "golden" / "questions.jsonl"
LANGUAGES = ("all", "en", "zh")

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk evaluate answers --split dev --limit 40")
def answers(
    dataset: Annotated[Path, typer.Argument(help="Golden questions.", show_default="of the demo shop")] = GOLDEN,
    split: Annotated[str, typer.Option(help="dev, or test, which is never tuned on.")] = "dev",
    limit: Annotated[int | None, typer.Option(help="At most so many, evenly chosen.", show_default="all")] = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="Also list the replies with something wrong.")] = False,
    shop: ShopOption = None,
    json: JsonFlag = False,
) -> None:
    """Measure whole replies: the bot as it is, quoting only, and the model without checks."""
    settings = Settings()
    questions = evenly(read_golden(dataset, split=split), limit)
    with build(settings) as shopclerk, progress("evaluate answers") as tell:
        systems = {"quoting only": _assistant(shopclerk, writes=False), "bot": _assistant(shopclerk)}
        if shopclerk.chat_model is None:
            note("There is no generator: the bot quotes only, and the model without checks is left out.")
        else:
            systems["model unchecked"] = _assistant(shopclerk, check=Unchecked())
        results = {
            name: _asked(*system, questions, shop or settings.shop, name, tell) for name, system in systems.items()
        }
    summaries = [summarise(judged, system=name, language=one) for name, judged in results.items() for one in LANGUAGES]
    if json:
        print_json([_as_json(summary) for summary in summaries])
        return
    _print(summaries)
    if wrong:
        _print_wrong(results["bot"])


def _assistant(
    shopclerk: Shopclerk, *, writes: bool = True, check: SentenceCheck | None = None
) -> tuple[Assistant, History]:
    """The shop's assistant with a memory that is thrown away, so that measuring leaves no conversations behind."""
    engine = create_database_engine("sqlite://")
    migrate(engine)
    history = History(engine)
    return shopclerk.assistant_with(history, Handoffs(engine), writes=writes, check=check), history


def _asked(
    assistant: Assistant, history: History, questions: Sequence[GoldenQuestion], shop: str, name: str, tell: Tell
) -> list[Judged]:
    assistant.warm(shop)
    judged = []
    for one in run(questions, assistant=assistant, history=history, shop=shop):
        judged.append(one)
        tell(name, len(judged), len(questions))
    return judged


def _print(summaries: Sequence[Summary]) -> None:
    headings = ["", *(f"{one.system} {one.language}" for one in summaries)]
    rows: list[list[object]] = [["questions", *(one.questions for one in summaries)]]
    rows += [
        [measure.name.replace("_", " "), *(_share(one, measure.name) for one in summaries)]
        for measure in fields(Judgement)
    ]
    gears = sorted({gear for one in summaries for gear in one.gears})
    rows += [[f"gear {gear}", *(one.gears.get(gear, 0) for one in summaries)] for gear in gears]
    rows.append(
        [
            "first words ms, p50 / p95",
            *(f"{one.first_token_ms[0]:.0f} / {one.first_token_ms[1]:.0f}" for one in summaries),
        ]
    )
    rows.append(["whole reply ms, p50 / p95", *(f"{one.total_ms[0]:.0f} / {one.total_ms[1]:.0f}" for one in summaries)])
    print_table(headings, rows, title="Whole replies, with 95 % intervals")


def _share(summary: Summary, measure: str) -> str:
    share = summary.shares[measure]
    if not share.of:
        return "–"
    low, high = share.interval
    return f"{share.count}/{share.of} ({low:.2f}–{high:.2f})"


def _print_wrong(judged: Sequence[Judged]) -> None:
    for one, measures in failures(judged):
        print(f"\n{one.question.id}: {one.question.question}\n  wrong: {', '.join(measures)}")
        print(f"  expected: {one.question.expected} {' '.join('|'.join(fact) for fact in one.question.facts)}")
        print(f"  {one.reply.gear} ({one.reply.reason}): {one.reply.text}")


def _as_json(summary: Summary) -> dict[str, Any]:
    return {
        "system": summary.system,
        "language": summary.language,
        "questions": summary.questions,
        **{
            name: {"count": share.count, "of": share.of, "value": share.value, "interval": share.interval}
            for name, share in summary.shares.items()
        },
        "gears": summary.gears,
        "first_token_ms": {"p50": summary.first_token_ms[0], "p95": summary.first_token_ms[1]},
        "total_ms": {"p50": summary.total_ms[0], "p95": summary.total_ms[1]},
    }
