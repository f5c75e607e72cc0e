"""The conversations behind a figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from bot.conversation.tables import Message
from bot.errors import InvalidInput
from bot.insight.analytics.feelings import ASPECTS
from bot.insight.analytics.filters import Filters, aspects, summaries, turns
from bot.insight.analytics.resolution import CONFIRMED, COUNTED, Resolution, resolution
from bot.insight.analytics.tables import GapQuestion

MOODS = ("negative", "neutral", "positive")
RESOLUTIONS = ("confirmed", *COUNTED, "under_way", "chat")
WEEK_HOURS = 168

_gap_questions = GapQuestion.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_messages = Message.__table__  # type: ignore[attr-defined]  # as above


@dataclass(frozen=True)
class Figure:
    """Which part of the filtered conversations a figure counts; what is left empty lets everything pass.

    Attributes:
        resolution: a Resolution, or `confirmed` for all three confirmed ones.
        mood: conversations with at least one such message; with `aspect`, such a message about it.
        gap: id of a content gap.
        question: key of a question, as in Asked.
        slower_than_ms: conversations with a reply that took longer.

    Raises:
        InvalidInput: a value that is none of the known ones.
    """

    resolution: str = ""
    came_back: bool = False
    week_hour: int | None = None
    mood: str = ""
    thumb: int = 0
    aspect: str = ""
    gap: str = ""
    question: int | None = None
    slower_than_ms: int | None = None

    def __post_init__(self) -> None:
        for name, known in (("resolution", RESOLUTIONS), ("mood", MOODS), ("aspect", ASPECTS)):
            value = getattr(self, name)
            if value and value not in known:
                raise InvalidInput(f"The {name} is {value!r}; expected one of {', '.join(known)}, or none.")
        if self.week_hour is not None and not 0 <= self.week_hour < WEEK_HOURS:
            raise InvalidInput(f"The hour of the week is {self.week_hour}; expected 0 to {WEEK_HOURS - 1}.")


@dataclass(frozen=True)
class Line:
    """One conversation in a list; `question` is the shopper's first message."""

    conversation_id: str
    began_at: datetime
    language: str
    resolution: Resolution
    question: str
    questions: int
    negative: int
    positive: int
    last_thumb: int


@dataclass(frozen=True)
class Behind:
    """A page of the conversations behind a figure, the latest first, and how many there are in all."""

    total: int
    lines: Sequence[Line]


def ids_behind(filters: Filters, figure: Figure, now: datetime) -> Select[Any]:
    """Ids of the conversations that a figure counts, to be asked for in another query."""
    return select(summaries.c.conversation_id).where(
        *filters.on_conversations(), *_conditions(filters, figure, resolution(now))
    )


def behind(
    connection: Connection, filters: Filters, figure: Figure, now: datetime, *, k: int = 20, skip: int = 0
) -> Behind:
    """The conversations that a figure counts.

    Args:
        connection: to the database.
        filters: what the figure is counted from.
        figure: which part of it.
        now: as of when resolutions are told.
        k: how many lines at most.
        skip: how many come before them.
    """
    become = resolution(now)
    conditions = [*filters.on_conversations(), *_conditions(filters, figure, become)]
    total = connection.execute(select(func.count()).select_from(summaries).where(*conditions)).scalar_one()
    rows = connection.execute(
        select(summaries, become.label("become"))
        .where(*conditions)
        .order_by(summaries.c.began_at.desc(), summaries.c.conversation_id)
        .limit(k)
        .offset(skip)
    ).all()
    first = _first_messages(connection, [row.conversation_id for row in rows])
    lines = [
        Line(
            conversation_id=row.conversation_id,
            began_at=row.began_at,
            language=row.language,
            resolution=row.become,
            question=first.get(row.conversation_id, ""),
            questions=row.questions,
            negative=row.negative,
            positive=row.positive,
            last_thumb=row.last_thumb,
        )
        for row in rows
    ]
    return Behind(total, lines)


def _conditions(filters: Filters, figure: Figure, become: ColumnElement[str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if figure.resolution:
        names = CONFIRMED if figure.resolution == "confirmed" else (figure.resolution,)
        found.append(become.in_(names))
    if figure.came_back:
        found += [summaries.c.came_back, become.in_(COUNTED)]
    if figure.week_hour is not None:
        found.append(summaries.c.week_hour == figure.week_hour)
    if figure.aspect:
        felt = select(aspects.c.conversation_id).where(*filters.on_aspects(), aspects.c.aspect == figure.aspect)
        found.append(summaries.c.conversation_id.in_(felt.where(aspects.c[figure.mood] > 0) if figure.mood else felt))
    elif figure.mood:
        found.append(summaries.c[figure.mood] > 0)
    if figure.thumb:
        found.append(summaries.c.thumbs_up > 0 if figure.thumb > 0 else summaries.c.thumbs_down > 0)
    return found + _turn_conditions(filters, figure)


def _turn_conditions(filters: Filters, figure: Figure) -> list[ColumnElement[bool]]:
    among = select(turns.c.conversation_id).where(*filters.on_turns())
    found: list[ColumnElement[bool]] = []
    if figure.gap:
        of_gap = select(_gap_questions.c.message_id).where(_gap_questions.c.gap_id == figure.gap)
        found.append(summaries.c.conversation_id.in_(among.where(turns.c.message_id.in_(of_gap))))
    if figure.question is not None:
        found.append(summaries.c.conversation_id.in_(among.where(turns.c.question_key == figure.question)))
    if figure.slower_than_ms is not None:
        found.append(summaries.c.conversation_id.in_(among.where(turns.c.total_ms > figure.slower_than_ms)))
    return found


def _first_messages(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """What the shopper wrote first, by conversation."""
    rows = connection.execute(
        select(_messages.c.conversation_id, _messages.c.text)
        .where(_messages.c.conversation_id.in_(ids), _messages.c.role == "user")
        .order_by(_messages.c.conversation_id, _messages.c.sequence.desc())
    )
    return {row.conversation_id: row.text for row in rows}  # the last one that is set is the first that was said
