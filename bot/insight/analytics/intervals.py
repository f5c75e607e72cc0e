"""Shares with the interval that a sample of their size leaves open."""

from dataclasses import dataclass

from bot.wilson import wilson_interval


@dataclass(frozen=True)
class Share:
    """`count` of `total`, with its 95 % interval; 0 to 1."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The lower and upper end; None of nothing."""
        return wilson_interval(self.count, self.total) if self.total else None
