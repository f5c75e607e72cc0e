"""What shoppers ask most, and when they come."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from bot.conversation.tables import Message
from bot.insight.analytics.filters import Filters, summaries, turns

_messages = Message.__table__  # type: ignore[attr-defined]  # SQLModel adds it


@dataclass(frozen=True)
class Asked:
    """One question and how it fared.

    Attributes:
        text: as one shopper wrote it; others differ from it in case, spaces and punctuation only.
        key: finds the conversations behind it.
        count: how often it was asked; `unanswered` and `rated_bad` of these.
    """

    text: str
    key: int
    count: int
    unanswered: int
    rated_bad: int


def top_questions(connection: Connection, filters: Filters, k: int = 10) -> Sequence[Asked]:
    """The questions asked most often, the first first."""
    found = (
        select(
            turns.c.question_key,
            func.count().label("n"),
            func.sum(case((turns.c.outcome == "refused", 1), else_=0)).label("unanswered"),
            func.sum(case((turns.c.rating < 0, 1), else_=0)).label("rated_bad"),
            func.min(turns.c.question_id).label("question_id"),
        )
        .where(*filters.on_turns())
        .group_by(turns.c.question_key)
        .order_by(func.count().desc(), turns.c.question_key)
        .limit(k)
        .subquery()
    )
    rows = connection.execute(
        select(found, _messages.c.text)
        .join(_messages, _messages.c.id == found.c.question_id)
        .order_by(found.c.n.desc(), found.c.question_key)
    )
    return [Asked(row.text, row.question_key, row.n, int(row.unanswered), int(row.rated_bad)) for row in rows]


def gears_and_outcomes(connection: Connection, filters: Filters) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Replies by gear and by outcome, the most frequent first."""
    rows = connection.execute(
        select(turns.c.gear, turns.c.outcome, func.count().label("n"))
        .where(*filters.on_turns())
        .group_by(turns.c.gear, turns.c.outcome)
    )
    gears: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for row in rows:
        gears[row.gear] += row.n
        outcomes[row.outcome] += row.n
    return dict(gears.most_common()), dict(outcomes.most_common())


def week_hours(connection: Connection, filters: Filters) -> Mapping[int, int]:
    """Conversations by the hour of the week that they began in; hour 0 is Monday midnight on the shop's clock."""
    rows = connection.execute(
        select(summaries.c.week_hour, func.count().label("n"))
        .where(*filters.on_conversations())
        .group_by(summaries.c.week_hour)
        .order_by(summaries.c.week_hour)
    )
    return {row.week_hour: row.n for row in rows}
