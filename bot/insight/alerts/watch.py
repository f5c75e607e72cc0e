"""AlertWatch: finds what has become clearly worse than usual, keeps it, and says it once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import uuid4

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.insight.alerts.counting import compare
from bot.insight.alerts.rules import COOL_DOWN, ENDED_ABOVE, RULES, Comparison, Kind, Rule
from bot.insight.alerts.tables import Alert
from bot.insight.analytics.filters import summaries

_alerts = Alert.__table__  # type: ignore[attr-defined]  # SQLModel adds it


@dataclass(frozen=True)
class AlertView:
    """One alert as others see it; `subject` is a product's id where it is about one, `ended_at` None while it lasts."""

    id: str
    shop: str
    kind: Kind
    subject: str
    comparison: Comparison
    raised_at: datetime
    ended_at: datetime | None

    @property
    def rule(self) -> Rule:
        """The rule that it broke."""
        return next(rule for rule in RULES if rule.kind == self.kind)


class AlertWatch:
    """Checks the rules and remembers in the database what was told, so that a restart tells nothing twice.

    Args:
        engine: the migrated database.
        now: the present time.
    """

    def __init__(self, engine: Engine, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def check(self) -> Sequence[AlertView]:
        """Compare all shops by all rules; the alerts that are new."""
        now = self._now()
        with self._engine.begin() as connection:
            shops = connection.execute(select(summaries.c.shop).distinct()).scalars().all()
            return [alert for shop in shops for rule in RULES for alert in self._check(connection, shop, rule, now)]

    def recent(self, shop: str, *, days: int = 14) -> Sequence[AlertView]:
        """A shop's alerts that last or were raised in the last days, those that last first, then the newest."""
        since = self._now() - timedelta(days=days)
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(_alerts)
                .where(_alerts.c.shop == shop, (_alerts.c.raised_at >= since) | _alerts.c.ended_at.is_(None))
                .order_by(_alerts.c.ended_at.is_not(None), _alerts.c.raised_at.desc(), _alerts.c.id)
            ).all()
        return [view(row) for row in rows]

    def lasting(self) -> Mapping[tuple[str, str], int]:
        """How many alerts last, by shop and kind."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(_alerts.c.shop, _alerts.c.kind, func.count().label("n"))
                .where(_alerts.c.ended_at.is_(None))
                .group_by(_alerts.c.shop, _alerts.c.kind)
            )
            return {(row.shop, row.kind): row.n for row in rows}

    def _check(self, connection: Connection, shop: str, rule: Rule, now: datetime) -> list[AlertView]:
        found = compare(connection, shop, rule, now)
        _end_passed(connection, shop, rule, found, now)
        tested = sum(one.recent_total >= rule.least_total for one in found.values())
        broken = {subject: one for subject, one in found.items() if rule.broken_by(one, tested=tested)}
        return [
            alert
            for subject, one in sorted(broken.items())
            if not _told(connection, shop, rule, subject, now)
            and (alert := _raise(connection, shop, rule, subject, one, now)) is not None
        ]


def view(row: object) -> AlertView:
    """An alert's row as others see it."""
    alert = cast(Alert, row)
    comparison = Comparison(alert.recent_count, alert.recent_total, alert.usual_count, alert.usual_total)
    return AlertView(
        alert.id, alert.shop, cast(Kind, alert.kind), alert.subject, comparison, alert.raised_at, alert.ended_at
    )


def _end_passed(connection: Connection, shop: str, rule: Rule, found: Mapping[str, Comparison], now: datetime) -> None:
    """Mark as over what chance alone would explain by now."""
    lasting = connection.execute(
        select(_alerts.c.id, _alerts.c.subject).where(
            _alerts.c.shop == shop, _alerts.c.kind == rule.kind, _alerts.c.ended_at.is_(None)
        )
    ).all()
    nothing = Comparison(0, 0, 0, 0)
    passed = [row.id for row in lasting if found.get(row.subject, nothing).p_value >= ENDED_ABOVE]
    if passed:
        connection.execute(update(_alerts).where(_alerts.c.id.in_(passed)).values(ended_at=now))


def _told(connection: Connection, shop: str, rule: Rule, subject: str, now: datetime) -> bool:
    """Whether it lasts or was told within the cool-down."""
    query = select(_alerts.c.id).where(
        _alerts.c.shop == shop,
        _alerts.c.kind == rule.kind,
        _alerts.c.subject == subject,
        _alerts.c.ended_at.is_(None) | (_alerts.c.raised_at > now - COOL_DOWN),
    )
    return connection.execute(query.limit(1)).first() is not None


def _raise(
    connection: Connection, shop: str, rule: Rule, subject: str, one: Comparison, now: datetime
) -> AlertView | None:
    """Keep a new alert; None where another process was first."""
    row = Alert(
        id=uuid4().hex,
        shop=shop,
        kind=rule.kind,
        subject=subject,
        slot=int(now.timestamp() // COOL_DOWN.total_seconds()),
        raised_at=now,
        recent_count=one.recent_count,
        recent_total=one.recent_total,
        usual_count=one.usual_count,
        usual_total=one.usual_total,
        p_value=one.p_value,
    )
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    upsert = dialect.insert(Alert).values(**row.model_dump()).on_conflict_do_nothing()
    made = connection.execute(upsert.returning(_alerts.c.id)).first()
    return view(row) if made is not None else None
