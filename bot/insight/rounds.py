"""InsightRounds: the thread that keeps figures, alerts and content gaps up to date while the server runs."""

import logging
import threading
from collections.abc import Callable
from time import monotonic

from bot.insight.alerts.watch import AlertWatch
from bot.insight.alerts.webhook import Webhook
from bot.insight.analytics.gap_finding import GapFinder
from bot.insight.analytics.keeping import SummaryKeeper

log = logging.getLogger(__name__)

LEAST_PAUSE_SECONDS = 10.0
LARGEST_SHARE = 0.05
"""A round is followed by a pause at least so long that rounds take no more than this share of the time."""

GAPS_EVERY_SECONDS = 300.0


class InsightRounds:
    """Does a round, rests, and does the next, until it is stopped; a round that fails is logged and tried again.

    Args:
        keeper: brings summaries up to date, first of all after a start.
        watch: raises alerts.
        webhook: sends them.
        gaps: makes the finder of content gaps when it is first needed, for its embedder takes a while to load.
    """

    def __init__(
        self, keeper: SummaryKeeper, watch: AlertWatch, webhook: Webhook, gaps: Callable[[], GapFinder]
    ) -> None:
        self._keeper, self._watch, self._webhook, self._gaps = keeper, watch, webhook, gaps
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._gaps_at = -GAPS_EVERY_SECONDS

    def start(self) -> None:
        """Begin in a thread of its own; once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="insight", daemon=True)
            self._thread.start()

    def stop(self, timeout_seconds: float = 5.0) -> None:
        """End after the batch that is under way."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    def once(self) -> None:
        """One round."""
        self._keeper.catch_up(stop=self._stopping.is_set)
        self._watch.check()
        self._webhook.deliver()
        if monotonic() - self._gaps_at >= GAPS_EVERY_SECONDS:
            self._gaps().refresh(stop=self._stopping.is_set)
            self._gaps_at = monotonic()

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = monotonic()
            try:
                self.once()
            except Exception:  # shoppers are answered whatever becomes of the figures
                if not self._stopping.is_set():
                    log.exception("A round of the figures failed; the next one catches up")
            seconds = monotonic() - began
            self._stopping.wait(max(LEAST_PAUSE_SECONDS, seconds / LARGEST_SHARE - seconds))
