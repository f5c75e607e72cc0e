"""One measured figure with its unit and goal, and the statistics that figures are made of."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """One figure of a benchmark.

    Attributes:
        what: what was measured, on what.
        goal: what it should be, in words; empty when there is none.
    """

    what: str
    value: float
    unit: str
    goal: str = ""


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that one in twenty exceeds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
