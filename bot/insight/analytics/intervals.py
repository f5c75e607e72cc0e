"""Shares with the interval that a sample of their size leaves open."""

import math
from dataclasses import dataclass

_Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """`count` of `total`, with its 95 % interval by Wilson's score method; 0 to 1.

    The method keeps its promise for small samples and shares near 0 or 1 (Wilson 1927; Brown, Cai and DasGupta 2001).
    """

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The lower and upper end; None of nothing."""
        if not self.total:
            return None
        share, z2 = self.count / self.total, _Z_95**2 / self.total
        centre = (share + z2 / 2) / (1 + z2)
        half = _Z_95 * math.sqrt(share * (1 - share) / self.total + z2 / self.total / 4) / (1 + z2)
        return max(0.0, centre - half), min(1.0, centre + half)
