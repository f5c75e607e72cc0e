"""Webhook: tells another program of new alerts by HTTP, again where it did not answer, each once."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import Engine, or_, select, update

from bot.insight.alerts.saying import sentence
from bot.insight.alerts.tables import Alert
from bot.insight.alerts.watch import AlertView, view

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10.0
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
TOO_OLD = timedelta(hours=24)
"""What could not be told for so long is news no more."""

_alerts = Alert.__table__  # type: ignore[attr-defined]  # SQLModel adds it


class Webhook:
    """Sends alerts as JSON by POST; a failure is logged and tried again later, twice as long each time.

    An alert's id goes along as `Idempotency-Key`: if the answer to a taken request is lost, the same alert comes
    again under the same key.

    Args:
        engine: the migrated database.
        url: where to send them; empty: nowhere.
        title: a product's title by shop and id, empty when unknown.
        now: the present time.
    """

    def __init__(
        self,
        engine: Engine,
        url: str,
        *,
        title: Callable[[str, str], str] = lambda _shop, _product: "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine, self._url, self._title, self._now = engine, url, title, now

    def deliver(self) -> int:
        """Send what waits; how many were taken."""
        if not self._url:
            return 0
        with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
            return sum(self._send(client, alert) for alert in self._claimed())

    def _claimed(self) -> list[AlertView]:
        """Alerts that wait and that no other process has just taken on."""
        now = self._now()
        with self._engine.begin() as connection:
            waiting = connection.execute(
                select(_alerts)
                .where(
                    _alerts.c.delivered_at.is_(None),
                    _alerts.c.raised_at > now - TOO_OLD,
                    or_(_alerts.c.next_attempt_at.is_(None), _alerts.c.next_attempt_at <= now),
                )
                .order_by(_alerts.c.raised_at, _alerts.c.id)
            ).all()
            return [
                view(row)
                for row in waiting
                if connection.execute(
                    update(_alerts)
                    .where(_alerts.c.id == row.id, _alerts.c.attempts == row.attempts)
                    .values(attempts=row.attempts + 1, next_attempt_at=now + _pause(row.attempts))
                ).rowcount
                == 1
            ]

    def _send(self, client: httpx.Client, alert: AlertView) -> bool:
        try:
            answer = client.post(self._url, json=self._document(alert), headers={"Idempotency-Key": alert.id})
            answer.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("The alert webhook did not take alert %s (%s); it will be tried again.", alert.id, error)
            return False
        with self._engine.begin() as connection:
            connection.execute(update(_alerts).where(_alerts.c.id == alert.id).values(delivered_at=self._now()))
        return True

    def _document(self, alert: AlertView) -> dict[str, Any]:
        subject = self._title(alert.shop, alert.subject) if alert.subject else ""
        sentences = {language: sentence(alert, language, subject=subject) for language in ("en", "zh")}
        one = alert.comparison
        return {
            "id": alert.id,
            "shop": alert.shop,
            "kind": alert.kind,
            "product_id": alert.subject or None,
            "text": f"{sentences['en']}\n{sentences['zh']}",
            "sentences": sentences,
            "recent": {"count": one.recent_count, "total": one.recent_total, "share": round(one.recent_share, 4)},
            "usual": {"count": one.usual_count, "total": one.usual_total, "share": round(one.usual_share, 4)},
            "p_value": one.p_value,
            "raised_at": alert.raised_at.isoformat(),
        }


def _pause(attempts: int) -> timedelta:
    pause: timedelta = FIRST_PAUSE * 2 ** min(attempts, 20)
    return min(pause, LONGEST_PAUSE)
