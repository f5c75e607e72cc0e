"""InsightRounds: keeps figures, alerts and content gaps up to date while the server runs."""

from collections.abc import Callable
from time import monotonic

from bot.insight.alerts.watch import AlertWatch
from bot.insight.alerts.webhook import Webhook
from bot.insight.analytics.gap_finding import GapFinder
from bot.insight.analytics.keeping import SummaryKeeper
from bot.rounds import Rounds

LEAST_PAUSE_SECONDS = 10.0
LARGEST_SHARE = 0.05
"""A round is followed by a pause at least so long that rounds take no more than this share of the time."""

GAPS_EVERY_SECONDS = 300.0


class InsightRounds:
    """Does it over and over, in a thread of its own; `close` it at the end.

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
        self._gaps_at = -GAPS_EVERY_SECONDS
        self._rounds = Rounds("insight", self.once, rest_seconds=_pause_after, trouble_seconds=LEAST_PAUSE_SECONDS)

    def start(self) -> None:
        """Begin; once."""
        self._rounds.start()

    def close(self) -> None:
        """End after the batch that is under way."""
        self._rounds.close(5)

    def once(self) -> None:
        """One round."""
        self._keeper.catch_up(stop=self._rounds.closing.is_set)
        self._watch.check()
        self._webhook.deliver()
        if monotonic() - self._gaps_at >= GAPS_EVERY_SECONDS:
            self._gaps().refresh(stop=self._rounds.closing.is_set)
            self._gaps_at = monotonic()


def _pause_after(seconds: float) -> float:
    return max(LEAST_PAUSE_SECONDS, seconds / LARGEST_SHARE - seconds)
