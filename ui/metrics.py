"""What the server counts for Prometheus."""

import logging
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.reply import Reply

log = logging.getLogger(__name__)

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60)


class Metrics:
    """Counters of one server; each server has its own registry."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        name = "shopclerk_"
        self.conversations = Counter(name + "conversations", "Conversations started.", registry=self._registry)
        self.turns = Counter(
            name + "turns", "Turns answered.", ("gear", "outcome", "language"), registry=self._registry
        )
        self.stopped = Counter(name + "turns_stopped", "Turns left by the shopper.", registry=self._registry)
        self.problems = Counter(name + "problems", "Turns that ended in an error.", ("code",), registry=self._registry)
        self.running = Gauge(name + "turns_running", "Turns under way or waiting.", registry=self._registry)
        self.queued = Gauge(name + "queue_position", "Last queue position told to a shopper.", registry=self._registry)
        self.ratings = Counter(name + "ratings", "Thumbs.", ("rating",), registry=self._registry)
        self.handoffs = Counter(name + "handoffs", "Times a person was asked for.", registry=self._registry)
        self.first_text_seconds = Histogram(
            name + "first_text_seconds", "Until the first words.", buckets=_SECONDS, registry=self._registry
        )
        self.turn_seconds = Histogram(
            name + "turn_seconds", "Until the whole answer.", ("gear",), buckets=_SECONDS, registry=self._registry
        )
        self.stage_seconds = Histogram(
            name + "stage_seconds", "One stage of a turn.", ("stage",), buckets=_SECONDS, registry=self._registry
        )

    def count_reply(self, reply: Reply, seconds: float) -> None:
        """Count one whole answer."""
        self.turns.labels(reply.gear, reply.outcome, reply.language).inc()
        self.turn_seconds.labels(reply.gear).observe(seconds)
        for stage, ms in reply.timings_ms.items():
            self.stage_seconds.labels(stage).observe(ms / 1000)

    def tell_alerts(self, lasting: Callable[[], Mapping[tuple[str, str], int]]) -> None:
        """Show how many alerts last, by shop and kind, as of when Prometheus asks."""
        self._registry.register(_Alerts(lasting))

    def as_text(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self._registry)


class _Alerts(Collector):
    """Asks for the alerts when the page is read, so that it shows what every process of the installation found."""

    def __init__(self, lasting: Callable[[], Mapping[tuple[str, str], int]]) -> None:
        self._lasting = lasting

    def describe(self) -> Iterator[GaugeMetricFamily]:
        yield self._family()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = self._family()
        try:
            lasting = self._lasting()
        except Exception:  # without its database the page still tells all else, when it is wanted most
            log.exception("The alerts could not be read")
            return
        for (shop, kind), count in sorted(lasting.items()):
            family.add_metric((shop, kind), count)
        yield family

    def _family(self) -> GaugeMetricFamily:
        return GaugeMetricFamily("shopclerk_alerts", "Alerts that last.", labels=("shop", "kind"))
