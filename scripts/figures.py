"""How measured figures stand in tables and JSON documents: with what they are of, and with their 95 % intervals."""

from typing import Any

from bot.learning.answers_evaluation import Share

NONE = "–"
INTERVALS = "with 95 % intervals"
"""Ends the titles of tables of such figures."""


def counted(share: Share) -> str:
    """So many of so many, and the interval of their share; a dash where a measure applied to nothing."""
    if not share.of:
        return NONE
    low, high = share.interval
    return f"{share.count}/{share.of} ({low:.2f}–{high:.2f})"


def counted_document(share: Share) -> dict[str, Any]:
    """The same for programs."""
    return {"count": share.count, "of": share.of, "value": share.value, "interval": share.interval}


def estimated(value: float, interval: tuple[float, float]) -> str:
    """A figure that is no count."""
    return f"{value:.3f} ({interval[0]:.3f}–{interval[1]:.3f})"


def estimated_document(value: float, interval: tuple[float, float]) -> dict[str, Any]:
    """The same for programs."""
    return {"value": value, "interval": interval}
