"""Content gaps as they are shown: what shoppers ask and the shop's pages do not answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, case, func, select

from bot.conversation.tables import Message
from bot.insight.analytics.filters import Filters, turns
from bot.insight.analytics.tables import ContentGap, GapQuestion

_gaps, _open = ContentGap.__table__, GapQuestion.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_messages = Message.__table__  # type: ignore[attr-defined]  # as above


@dataclass(frozen=True)
class NearPage:
    """A page that search found near; `title` is empty where the source holds several.

    Attributes:
        count: for how many of the questions.
        score: the best it had, 0 to 1.
    """

    source: str
    title: str
    count: int
    score: float


@dataclass(frozen=True)
class Gap:
    """Questions of one kind that were left open.

    Attributes:
        question: the most typical one, as a shopper wrote it; empty once that was erased.
        count: questions that pass the filters; `unanswered` and `rated_bad` of these.
        by_day: the same, for the days that have any.
    """

    id: str
    question: str
    keywords: tuple[str, ...]
    pages: tuple[NearPage, ...]
    count: int
    unanswered: int
    rated_bad: int
    by_day: Mapping[date, int]


def content_gaps(connection: Connection, filters: Filters, k: int = 10) -> Sequence[Gap]:
    """The gaps with the most open questions among the filtered replies, the greatest first."""
    daily: dict[str, dict[date, int]] = {}
    totals: dict[str, tuple[int, int, int]] = {}
    rows = connection.execute(
        select(
            _open.c.gap_id,
            turns.c.day,
            func.count().label("n"),
            func.sum(case((turns.c.outcome == "refused", 1), else_=0)).label("unanswered"),
            func.sum(case((turns.c.rating < 0, 1), else_=0)).label("rated_bad"),
        )
        .select_from(_open.join(turns, turns.c.message_id == _open.c.message_id))
        .where(_open.c.shop == filters.shop, _open.c.gap_id != "", *filters.on_turns(by_range=False))
        .group_by(_open.c.gap_id, turns.c.day)
        .order_by(_open.c.gap_id, turns.c.day)
    )
    for row in rows:
        daily.setdefault(row.gap_id, {})[row.day] = row.n
        before = totals.get(row.gap_id, (0, 0, 0))
        totals[row.gap_id] = (before[0] + row.n, before[1] + int(row.unanswered), before[2] + int(row.rated_bad))
    best = sorted(totals, key=lambda gap: (-totals[gap][0], gap))[:k]
    named = {
        row.id: row
        for row in connection.execute(
            select(_gaps, _messages.c.text)
            .select_from(_gaps.outerjoin(_messages, _messages.c.id == _gaps.c.question_id))
            .where(_gaps.c.id.in_(best))
        )
    }
    return [
        Gap(
            gap,
            named[gap].text or "",
            tuple(named[gap].keywords),
            tuple(NearPage(**page) for page in named[gap].pages),
            *totals[gap],
            daily[gap],
        )
        for gap in best
        if gap in named
    ]


def single_open_questions(connection: Connection, filters: Filters) -> int:
    """Open questions that are like no other and so in no gap."""
    query = (
        select(func.count())
        .select_from(_open.join(turns, turns.c.message_id == _open.c.message_id))
        .where(_open.c.shop == filters.shop, _open.c.gap_id == "", *filters.on_turns(by_range=False))
    )
    return int(connection.execute(query).scalar_one())
