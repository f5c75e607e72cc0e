"""Runs golden conversations through assistants and sums up how right the replies were."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from statistics import median
from uuid import uuid4

from bot.answering.assistant import Assistant
from bot.answering.grounding import Statement, Verdict
from bot.conversation.history import History
from bot.learning.golden import GoldenQuestion
from bot.learning.judging import Judgement, judge
from bot.reply import Reply, TurnTraceValues
from bot.wilson import wilson_interval

LOWER_IS_BETTER = frozenset({"wrong_shown", "refused_wrongly"})


@dataclass(frozen=True)
class Judged:
    """One question, its reply and what was right about it."""

    question: GoldenQuestion
    reply: Reply
    judgement: Judgement


@dataclass(frozen=True)
class Share:
    """How many of how many, with the 95 % interval."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The share; 0 of nothing."""
        return self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound."""
        return wilson_interval(self.count, self.of) if self.of else (0.0, 1.0)


@dataclass(frozen=True)
class Summary:
    """The figures of one system on one set of questions.

    Attributes:
        shares: by measure, as named in Judgement.
        gears: how many replies each gear gave.
        first_token_ms, total_ms: median and 95th percentile.
        tokens_per_second: of the model by itself.
        length: median of the words shown, Chinese by characters.
        overlap: mean ROUGE-L F1 with the reference answers.
    """

    system: str
    language: str
    questions: int
    shares: dict[str, Share]
    gears: dict[str, int]
    first_token_ms: tuple[float, float]
    total_ms: tuple[float, float]
    dataset: str = "golden"
    tokens_per_second: float | None = None
    length: float | None = None
    overlap: float | None = None


class Unchecked:
    """A check that lets every sentence through: the baseline "model without checks"."""

    def check(self, sentence: str, evidence: Sequence[Statement], question: str = "") -> Verdict:  # noqa: ARG002 -- the port has it
        """Yes."""
        return Verdict(True, "", 1.0, 0)


def run(questions: Iterable[GoldenQuestion], *, assistant: Assistant, history: History, shop: str) -> Iterator[Judged]:
    """Ask each question in a conversation of its own, after what its history says was said before."""
    for question in questions:
        conversation = history.start(shop, language=question.language)
        _said_before(history, conversation.id, question)
        last = [chunk for chunk in assistant.reply(conversation.id, question.question) if chunk.reply][-1]
        assert last.reply is not None  # a stream ends with the whole reply
        yield Judged(question, last.reply, judge(question, last.reply))


def summarise(judged: Sequence[Judged], *, system: str, language: str = "all") -> Summary:
    """The figures of all judged replies, or of those to questions in one language."""
    mine = [one for one in judged if language in {"all", one.question.language}]
    shares = {}
    for measure in fields(Judgement):
        values = [getattr(one.judgement, measure.name) for one in mine]
        known = [value for value in values if value is not None]
        shares[measure.name] = Share(sum(known), len(known))
    return Summary(
        system=system,
        language=language,
        questions=len(mine),
        shares=shares,
        gears=dict(Counter(one.reply.gear for one in mine)),
        first_token_ms=spread(one.reply.timings_ms.get("first_token", 0.0) for one in mine),
        total_ms=spread(one.reply.timings_ms.get("total", 0.0) for one in mine),
    )


def failures(judged: Iterable[Judged]) -> Iterator[tuple[Judged, list[str]]]:
    """Replies with something wrong, and which measures say so."""
    for one in judged:
        wrong = [
            measure.name
            for measure in fields(Judgement)
            if (value := getattr(one.judgement, measure.name)) is not None
            and value == (measure.name in LOWER_IS_BETTER)
        ]
        if wrong:
            yield one, wrong


def _said_before(history: History, conversation_id: str, question: GoldenQuestion) -> None:
    asked_id = ""
    for place, text in enumerate(question.history):
        if place % 2 == 0:
            asked_id = history.add_shopper_message(conversation_id, text, language=question.language).id
            continue
        reply = Reply(
            text=text,
            language=question.language,
            outcome="answered",
            gear="extracted",
            citations=(),
            products=(),
            conversation_id=conversation_id,
            message_id=uuid4().hex,
            timings_ms={},
        )
        history.add_reply(reply, reply_to=asked_id, trace=TurnTraceValues(gear="extracted", reason="golden"))


def spread(values: Iterable[float]) -> tuple[float, float]:
    """Median and 95th percentile; zeros of nothing."""
    ordered = sorted(values)
    if not ordered:
        return (0.0, 0.0)
    return (median(ordered), ordered[min(len(ordered) - 1, math.ceil(0.95 * len(ordered)) - 1)])
