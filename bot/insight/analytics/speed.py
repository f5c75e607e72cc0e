"""How long shoppers wait: half of the replies, and 95 of 100, within how many ms; reckoned by the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Row, Select, String, case, cast, func, literal, select, union_all

from bot.insight.analytics.filters import Filters, turns


@dataclass(frozen=True)
class Waits:
    """Of `replies` replies: half within `p50_ms`, 95 of 100 within `p95_ms`; to within 2.5 %."""

    replies: int
    p50_ms: int
    p95_ms: int


@dataclass(frozen=True)
class Speed:
    """Time to one point of a reply: in sum and by day."""

    overall: Waits | None
    by_day: Mapping[date, Waits]


def first_token(connection: Connection, filters: Filters) -> Speed:
    """Until the first words are shown."""
    return _speed(connection, filters, turns.c.first_token_ms)


def whole_reply(connection: Connection, filters: Filters) -> Speed:
    """Until the reply is complete."""
    return _speed(connection, filters, turns.c.total_ms)


def _speed(connection: Connection, filters: Filters, time: ColumnElement[int | None]) -> Speed:
    """Quantiles of the counted distribution: replies are grouped by time once, and only the groups are sorted."""
    counted = (
        select(turns.c.day, time.label("ms"), func.count().label("n"))
        .where(*filters.on_turns(), time.is_not(None))
        .group_by(turns.c.day, time)
        .cte("counted")
    )
    groups = {"all": literal(""), "day": cast(counted.c.day, String)}
    rows = connection.execute(union_all(*(_quantiles(counted, what, group) for what, group in groups.items()))).all()
    every = [row for row in rows if row.replies]
    return Speed(
        overall=next((_waits(row) for row in every if row.what == "all"), None),
        by_day={
            date.fromisoformat(row.member): _waits(row)
            for row in sorted(every, key=lambda row: str(row.member))
            if row.what == "day"
        },
    )


def _quantiles(counted: CTE, what: str, group: ColumnElement[str]) -> Select[Any]:
    """Per member of a group: the shortest time within which half, and 95 of 100, of its replies are."""
    steps = (
        select(group.label("member"), counted.c.ms, func.sum(counted.c.n).label("n"))
        .group_by(group, counted.c.ms)
        .subquery()
    )
    running = select(
        steps.c.member,
        steps.c.ms,
        func.sum(steps.c.n).over(partition_by=steps.c.member, order_by=steps.c.ms).label("upto"),
        func.sum(steps.c.n).over(partition_by=steps.c.member).label("total"),
    ).subquery()
    return select(
        literal(what).label("what"),
        running.c.member,
        func.max(running.c.total).label("replies"),
        func.min(case((running.c.upto >= 0.5 * running.c.total, running.c.ms))).label("p50_ms"),
        func.min(case((running.c.upto >= 0.95 * running.c.total, running.c.ms))).label("p95_ms"),
    ).group_by(running.c.member)


def _waits(row: Row[Any]) -> Waits:
    return Waits(int(row.replies), int(row.p50_ms), int(row.p95_ms))
