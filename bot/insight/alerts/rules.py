"""When something counts as clearly worse than usual: two shares of conversations, compared by a stated test."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Kind = Literal["mood", "product_mood", "handoff", "refusal"]

ENDED_ABOVE = 0.05
"""A worsening has passed once chance alone explains the difference this well."""

COOL_DOWN = timedelta(hours=24)
"""How long the same thing is not told again."""


@dataclass(frozen=True)
class Rule:
    """Compares the share of conversations in the last hours with that of the days before them.

    Conversations are counted, not messages: one angry shopper writes ten messages, and a test of shares wants each
    case to be independent of the others.

    Attributes:
        recent: how far back the recent conversations began.
        usual: how far back before those the usual ones began.
        least_total: recent conversations below which nothing is told; the same of usual ones.
        least_count: recent conversations that show it, below which nothing is told.
        least_times: how many times the usual share the recent one must be.
        p_below: how unlikely such a rise must be by chance (divided by the number of products where each is tested).
    """

    kind: Kind
    recent: timedelta
    usual: timedelta = timedelta(days=28)
    least_total: int = 30
    least_count: int = 8
    least_times: float = 1.5
    p_below: float = 0.001

    def broken_by(self, comparison: "Comparison", *, tested: int = 1) -> bool:
        """Whether the comparison is to be told, as one of `tested` of its kind."""
        recent, usual = comparison.recent_share, comparison.usual_share
        enough = (
            min(comparison.recent_total, comparison.usual_total) >= self.least_total
            and comparison.recent_count >= self.least_count
        )
        return enough and recent >= self.least_times * usual and comparison.p_value < self.p_below / max(tested, 1)


RULES: Sequence[Rule] = (
    Rule("mood", timedelta(hours=6)),
    Rule("product_mood", timedelta(days=3), least_total=15, least_count=6, least_times=1.75),
    Rule("handoff", timedelta(hours=24)),
    Rule("refusal", timedelta(hours=24)),
)


@dataclass(frozen=True)
class Comparison:
    """`recent_count` of `recent_total` conversations, beside `usual_count` of `usual_total` before them."""

    recent_count: int
    recent_total: int
    usual_count: int
    usual_total: int

    @property
    def recent_share(self) -> float:
        """0 to 1; 0 of nothing."""
        return self.recent_count / self.recent_total if self.recent_total else 0.0

    @property
    def usual_share(self) -> float:
        """0 to 1; 0 of nothing."""
        return self.usual_count / self.usual_total if self.usual_total else 0.0

    @property
    def p_value(self) -> float:
        """The chance of a rise as great if nothing had changed: one-sided two-proportion z-test, pooled."""
        if not self.recent_total or not self.usual_total:
            return 1.0
        pooled = (self.recent_count + self.usual_count) / (self.recent_total + self.usual_total)
        spread = math.sqrt(pooled * (1 - pooled) * (1 / self.recent_total + 1 / self.usual_total))
        if spread == 0:
            return 1.0
        return 0.5 * math.erfc((self.recent_share - self.usual_share) / spread / math.sqrt(2))
