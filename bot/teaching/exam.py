"""The exam before publication: golden questions and verdicts of staff, answered before and after a change."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.answering.answerer import Answerer
from bot.answering.quantities import quantities
from bot.answering.shop_words import as_shops_say
from bot.answering.stopwatch import Stopwatch
from bot.answering.tuned_text import MARK
from bot.answering.turn import Answer, Turn
from bot.conversation.messages import MessageView
from bot.learning.golden import GoldenQuestion
from bot.learning.judging import judge
from bot.reply import Reply
from bot.teaching.verdicts import VerdictView
from knowledge.documents import Chunk
from knowledge.keywords import tokenize
from knowledge.profile import ShopProfile
from knowledge.search import RERANKED, Searcher
from knowledge.sources.names import stem_of

AGREES_FROM = 0.6
"""Share of the words of an approved answer from which another says the same, its numbers being all there."""
SHOWN_CHARACTERS = 400

_ASKED = ("answered", "facts", "refused")
"""Golden questions of these kinds are answered from the knowledge; small talk and handoffs are not."""

Change = Literal["better", "same", "worse"]


@dataclass(frozen=True)
class ExamQuestion:
    """One question with what its answer is held to: a golden question, or the answer that staff approved."""

    id: str
    text: str
    language: str
    golden: GoldenQuestion | None = None
    expected: str = ""

    @property
    def wanted(self) -> str:
        """What the answer is held to, for people."""
        if self.golden is None:
            return self.expected
        return "; ".join(" | ".join(fact) for fact in self.golden.facts)

    @property
    def ways(self) -> tuple[str, ...]:
        """The texts that search is asked for it, where it stands alone."""
        return tuple(dict.fromkeys((self.text, as_shops_say(self.text, self.language) or self.text)))

    @property
    def history(self) -> tuple[str, ...]:
        """What was said before it."""
        return self.golden.history if self.golden else ()


@dataclass(frozen=True)
class Sat:
    """How one question was answered.

    Attributes:
        right: by the rules of its kind.
        found: the place of a relevant document among the passages, from 1; None where none is relevant or found.
        sources: of the passages, best first.
    """

    right: bool
    found: int | None
    text: str
    gear: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class ExamRow:
    """A question that the change touches, before and after."""

    id: str
    question: str
    language: str
    expected: str
    before: Sat
    after: Sat
    change: Change


@dataclass(frozen=True)
class ExamReport:
    """What the exam said.

    Attributes:
        asked: questions in all.
        touched: those whose search or curated answer the change reaches; the others are answered as before.
        rows: of those, the worse first, and of those alike only the changed answers.
    """

    asked: int
    touched: int
    rows: tuple[ExamRow, ...]
    at: datetime

    @property
    def worse(self) -> tuple[ExamRow, ...]:
        """What speaks against the change."""
        return tuple(row for row in self.rows if row.change == "worse")

    def as_json(self) -> dict[str, Any]:
        """As it is kept and shown."""
        counts = {name: sum(row.change == name for row in self.rows) for name in ("better", "same", "worse")}
        rows = [asdict(row) for row in self.rows]
        return {"asked": self.asked, "touched": self.touched, **counts, "rows": rows, "at": self.at.isoformat()}


@dataclass(frozen=True)
class Side:
    """One of the two states that are compared.

    Attributes:
        answerer: how it answers.
        searcher: how it finds.
        changed: stems of its sources that the other does not have, or has otherwise.
    """

    answerer: Answerer
    searcher: Searcher
    changed: frozenset[str] = frozenset()


def golden_of(questions: Sequence[GoldenQuestion], chunks: Sequence[Chunk]) -> list[ExamQuestion]:
    """The golden questions as exam questions, where they are about this shop: it has most of their sources."""
    known = {stem_of(chunk.source) for chunk in chunks} | {str(chunk.attributes.get("replaces")) for chunk in chunks}
    named = {stem_of(source) for question in questions for source in question.relevant}
    if not named or len(named & known) < len(named) / 2:
        return []
    return [
        ExamQuestion(f"golden {one.id}", one.question, one.language, golden=one)
        for one in questions
        if one.expected in _ASKED and not {"order", "identified", "unidentified", "wrong_identity"} & set(one.tags)
    ]


def judged_of(verdicts: Sequence[VerdictView]) -> list[ExamQuestion]:
    """The staff's verdicts that say what is right, as exam questions."""
    return [
        ExamQuestion(f"judged {one.message_id}", one.asked, one.language, expected=one.expected)
        for one in verdicts
        if one.expected and one.asked
    ]


def sit_exam(
    questions: Sequence[ExamQuestion],
    before: Side,
    after: Side,
    *,
    shop: str,
    profile: ShopProfile,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> ExamReport:
    """Ask all questions that the change touches on both sides.

    A question is touched when a changed document is among the passages that its search reranks, on either side, or when
    a curated answer answers it on just one side or otherwise.

    Args:
        questions: golden and judged ones.
        before: as things are.
        after: as they would be.
        shop: whose.
        profile: the shop's.
        tell: told how many are done.
    """
    rows, touched = [], 0
    for done, question in enumerate(questions):
        tell(done, len(questions))
        turn = _turn(question, shop, profile)
        if not _touched(turn, before, after):
            continue
        touched += 1
        row = _row(question, turn, before, after)
        if row.change != "same" or row.before.text != row.after.text:
            rows.append(row)
    tell(len(questions), len(questions))
    order = {"worse": 0, "better": 1, "same": 2}
    rows.sort(key=lambda row: order[row.change])
    return ExamReport(len(questions), touched, tuple(rows), datetime.now(UTC))


def _touched(turn: Turn, before: Side, after: Side) -> bool:
    curated = [side.answerer.curated(turn) for side in (before, after)]
    if any(curated):
        texts = [answer.text if answer else "" for answer in curated]
        return texts[0] != texts[1]
    reached = [side for side in (before, after) if side.changed]
    if not reached:
        return False
    asked = before.answerer.standalone(turn)
    ways = {asked, as_shops_say(asked, turn.language) or asked}
    return any(_reaches(side, turn, way) for side in reached for way in ways)


def _reaches(side: Side, turn: Turn, question: str) -> bool:
    ranked = side.searcher.ranked(question, shop=turn.shop, language=turn.language)
    return any(stem_of(passage.chunk.source) in side.changed for passage in ranked[:RERANKED])


def _row(question: ExamQuestion, turn: Turn, before: Side, after: Side) -> ExamRow:
    sat_before, sat_after = (_sat(question, turn, side) for side in (before, after))
    lost = sat_before.found is not None and sat_after.found is None
    # What the change itself brings may be just what was looked for.
    replaced = sat_after.right and any(stem_of(source) in after.changed for source in sat_after.sources)
    change: Change = "same"
    if (sat_before.right and not sat_after.right) or (lost and not replaced):
        change = "worse"
    elif sat_after.right and not sat_before.right:
        change = "better"
    return ExamRow(question.id, question.text, question.language, question.wanted, sat_before, sat_after, change)


def _sat(question: ExamQuestion, turn: Turn, side: Side) -> Sat:
    answer = side.answerer.curated(turn) or _answered(side.answerer, turn)
    relevant = {stem_of(source) for source in question.golden.relevant} if question.golden else set()
    sources = tuple(dict.fromkeys(passage.chunk.source for passage in answer.passages))
    places = [place for place, source in enumerate(sources, start=1) if stem_of(source) in relevant]
    right = _golden_right(question.golden, answer, turn) if question.golden else agrees(question.expected, answer)
    return Sat(right, places[0] if places else None, answer.text[:SHOWN_CHARACTERS], answer.gear, sources)


def _answered(answerer: Answerer, turn: Turn) -> Answer:
    steps = answerer.answer(turn, Stopwatch())
    while True:
        try:
            next(steps)
        except StopIteration as end:
            answer: Answer = end.value
            return answer


def _golden_right(question: GoldenQuestion, answer: Answer, turn: Turn) -> bool:
    judged = judge(question, _reply(answer, turn))
    return (
        judged.facts_right is not False
        and not judged.wrong_shown
        and judged.refused_rightly is not False
        and not judged.refused_wrongly
        and judged.language_right
    )


def agrees(expected: str, answer: Answer) -> bool:
    """Whether an answer says what an approved one says: all of its numbers, and most of its words."""
    if answer.outcome != "answered":
        return False
    wanted, given = MARK.sub("", expected), MARK.sub("", answer.text)
    known = quantities(given)
    if not all(any(number.same(other) for other in known) for number in quantities(wanted)):
        return False
    words, said = set(tokenize(wanted)), set(tokenize(given))
    return len(words & said) >= AGREES_FROM * len(words)


def _reply(answer: Answer, turn: Turn) -> Reply:
    return Reply(
        text=answer.text,
        language=turn.language,
        outcome=answer.outcome,
        gear=answer.gear,
        citations=answer.citations,
        products=answer.products,
        conversation_id="",
        message_id="",
        timings_ms={},
        reason=answer.reason,
    )


def _turn(question: ExamQuestion, shop: str, profile: ShopProfile) -> Turn:
    return Turn(
        conversation_id="",
        message_id="",
        shop=shop,
        text=question.text,
        typed=question.text,
        language=question.language,
        spoken=question.language,
        earlier=tuple(_said_before(question)),
        profile=profile,
    )


def _said_before(question: ExamQuestion) -> Iterator[MessageView]:
    for place, text in enumerate(question.history):
        yield MessageView(
            id=str(place),
            conversation_id="",
            sequence=place + 1,
            role="assistant" if place % 2 else "user",
            text=text,
            language=question.language,
            created_at=datetime.now(UTC),
        )
