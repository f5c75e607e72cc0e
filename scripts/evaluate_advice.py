"""`shopclerk evaluate advice`: shopping conversations and look-up by name, a plain search beside the bot."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bot.bootstrap import Shopclerk, build
from bot.conversation.database import migrate
from bot.conversation.handoff import Handoffs
from bot.conversation.history import History
from bot.learning.answers_evaluation import Share, spread
from bot.learning.shopping import (
    ShoppingTalk,
    ShoppingTurn,
    Shown,
    first_fits,
    foreign_price,
    invented,
    read_shopping,
    right,
)
from bot.settings import Settings
from knowledge.catalog import CatalogProduct
from knowledge.database import create_database_engine
from knowledge.errors import DataMissing
from knowledge.evaluation.datasets import PUBLIC_SETS
from knowledge.evaluation.runner import SetResult, evaluate
from knowledge.filters import SearchFilters
from knowledge.reranking import AnswerCueReranker
from scripts.console import JsonFlag, ShopOption, Tell, note, print_json, print_table, progress
from scripts.figures import INTERVALS, NONE, counted, counted_document

GOLDEN_FILE = Path(__file__).parent.parent / "knowledge" / "golden" / "shopping.jsonl"
CONVERSATIONS, LOOK_UP = "conversations", "abt-buy"
DATASETS = (CONVERSATIONS, LOOK_UP)
BOT, SEARCH = "bot", "plain search"
SEARCHED = 3  # products that a plain search shows
LANGUAGES = ("en", "zh")

Split = Literal["dev", "test"]
Answers = Callable[[ShoppingTalk], Iterator[tuple[Shown, float]]]
"""What is shown to each turn of a conversation, and in how many milliseconds."""

app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Judged:
    """One turn and what was shown to it."""

    talk: ShoppingTalk
    turn: ShoppingTurn
    shown: Shown
    right: bool
    first_fits: bool
    invented: bool
    foreign_price: bool
    milliseconds: float


@app.command(epilog="Example: shopclerk evaluate advice conversations --wrong")
def advice(
    datasets: Annotated[
        list[str] | None, typer.Argument(help=f"Which of {', '.join(DATASETS)}.", show_default="all")
    ] = None,
    split: Annotated[Split, typer.Option(help="Of the conversations: dev, or test, which is never tuned on.")] = "dev",
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="Also list the bot's turns with something wrong.")] = False,
    shop: ShopOption = None,
    json: JsonFlag = False,
) -> None:
    """Measure advice on products in shopping conversations, a plain product search beside it."""
    settings, names = Settings(), datasets or list(DATASETS)
    for name in names:
        if name not in DATASETS:
            raise typer.BadParameter(f"{name!r} is unknown; expected {', '.join(DATASETS)}")
    judged: dict[str, list[Judged]] = {}
    found: SetResult | None = None
    with build(settings) as shopclerk, progress("evaluate advice") as tell:
        if CONVERSATIONS in names:
            judged = _conversations(shopclerk, shop or settings.shop, split, tell)
        if LOOK_UP in names:
            found = _looked_up(shopclerk, data or settings.data, tell, alone=len(names) == 1)
    if json:
        print_json(_as_json(judged, found))
        return
    if judged:
        _print(judged)
    if found:
        rows = [(one.method, *(f"{value:.3f}" for value in one.values.values())) for one in found.methods]
        title = f"{found.title}: {found.questions} names"
        print_table(("method", *found.methods[0].values), rows, title=title)
    if wrong and judged:
        _print_wrong(judged[BOT])


def _conversations(shopclerk: Shopclerk, shop: str, split: Split, tell: Tell) -> dict[str, list[Judged]]:
    talks = read_shopping(GOLDEN_FILE, split=split)
    rows = {row.product_id: row for row in shopclerk.catalog.all(shop, language="en")}
    systems = {BOT: _bot(shopclerk, shop), SEARCH: _search(shopclerk, shop)}
    return {system: _judged(talks, answer, rows, system, tell) for system, answer in systems.items()}


def _looked_up(shopclerk: Shopclerk, data: Path, tell: Tell, *, alone: bool) -> SetResult | None:
    """How often the product that another shop's name means comes first; None where the set is absent and not alone.

    Raises:
        DataMissing: it is absent and alone.
    """
    try:
        measured = PUBLIC_SETS[LOOK_UP](data)
    except DataMissing as missing:
        if alone:
            raise
        note(str(missing))
        return None
    reranker = shopclerk.searcher.reranker or AnswerCueReranker()
    return evaluate(measured, shopclerk.embedder, reranker=reranker, on_progress=tell)


def _bot(shopclerk: Shopclerk, shop: str) -> Answers:
    """The bot without a generator, with a memory that is thrown away."""
    engine = create_database_engine("sqlite://")
    migrate(engine)
    history = History(engine)
    assistant = shopclerk.assistant_with(history, Handoffs(engine), writes=False)
    assistant.warm(shop)

    def answers(talk: ShoppingTalk) -> Iterator[tuple[Shown, float]]:
        conversation = history.start(shop, language=talk.language)
        for turn in talk.turns:
            last = [chunk.reply for chunk in assistant.reply(conversation.id, turn.say) if chunk.reply][-1]
            yield Shown.of(last), last.timings_ms.get("total", 0.0)

    return answers


def _search(shopclerk: Shopclerk, shop: str) -> Answers:
    """What search finds for each message, that before it put in front."""

    def answers(talk: ShoppingTalk) -> Iterator[tuple[Shown, float]]:
        before = ""
        for turn in talk.turns:
            asked = f"{before} {turn.say}".strip()
            found = shopclerk.searcher.search(
                asked, shop=shop, k=SEARCHED, language=talk.language, filters=SearchFilters(kinds=("product",))
            )
            before = turn.say
            ids = dict.fromkeys(str(passage.chunk.attributes.get("product_id", "")) for passage in found)
            yield Shown(tuple(ids)), 0.0

    return answers


def _judged(
    talks: Sequence[ShoppingTalk], answers: Answers, rows: Mapping[str, CatalogProduct], system: str, tell: Tell
) -> list[Judged]:
    judged = []
    for done, talk in enumerate(talks, start=1):
        said = ""
        for turn, (shown, took) in zip(talk.turns, answers(talk), strict=True):
            said = f"{said} {turn.say}"
            judged.append(
                Judged(
                    talk,
                    turn,
                    shown,
                    right(turn, shown, rows),
                    first_fits(turn, shown, rows),
                    invented(shown, rows),
                    foreign_price(said, shown, rows),
                    took,
                )
            )
        tell(system, done, len(talks))
    return judged


def _parts(judged: Mapping[str, list[Judged]]) -> list[tuple[str, str, list[Judged]]]:
    return [(system, language, found) for system, found in judged.items() for language in ("all", *LANGUAGES)]


def _of(judged: Sequence[Judged], language: str) -> list[Judged]:
    return [one for one in judged if language in ("all", one.talk.language)]


def _measures(judged: Sequence[Judged]) -> dict[str, Share]:
    talks: dict[str, list[bool]] = {}
    for one in judged:
        talks.setdefault(one.talk.id, []).append(one.right)
    return {
        "turns right": Share(sum(one.right for one in judged), len(judged)),
        "conversations right throughout": Share(sum(map(all, talks.values())), len(talks)),
        "first product fits": Share(sum(one.first_fits for one in judged), len(judged)),
        "invented product or price on a card": Share(sum(one.invented for one in judged), len(judged)),
        "price in the text that is no row's": Share(sum(one.foreign_price for one in judged), len(judged)),
    }


def _print(judged: Mapping[str, list[Judged]]) -> None:
    parts = _parts(judged)
    measured = [_measures(_of(found, language)) for _, language, found in parts]
    headings = ["", *(f"{system} {language}" for system, language, _ in parts)]
    rows = [[name, *(counted(one[name]) for one in measured)] for name in measured[0]]
    times = [spread(one.milliseconds for one in _of(found, language)) for _, language, found in parts]
    rows.append(["whole reply ms, p50 / p95", *(f"{middle:.0f} / {most:.0f}" for middle, most in times)])
    print_table(headings, rows, title=f"Advice on products, {INTERVALS}")


def _print_wrong(judged: Sequence[Judged]) -> None:
    for one in judged:
        if not one.right or one.invented or one.foreign_price:
            print(f"\n{one.talk.id}: {one.turn.say}\n  {one.shown.reason}: {', '.join(one.shown.product_ids) or NONE}")
            print(f"  {one.shown.text}")


def _as_json(judged: Mapping[str, list[Judged]], found: SetResult | None) -> dict[str, Any]:
    return {
        CONVERSATIONS: [
            _part_json(system, language, _of(all_of, language)) for system, language, all_of in _parts(judged)
        ],
        LOOK_UP: {one.method: dict(one.values) for one in found.methods} if found else None,
    }


def _part_json(system: str, language: str, judged: Sequence[Judged]) -> dict[str, Any]:
    document: dict[str, Any] = {"system": system, "language": language}
    document |= {name.replace(" ", "_"): counted_document(share) for name, share in _measures(judged).items()}
    return document | {"milliseconds": list(spread(one.milliseconds for one in judged))}
