"""What can occur in a conversation, as bits of a number, so that a filter is one comparison."""

from collections.abc import Iterable, Sequence

OUTCOMES = ("answered", "refused", "handed_off")
GEARS = ("curated", "facts", "generated", "extracted", "none")
MOODS = ("negative", "neutral", "positive")
RATINGS = ("down", "up")


def bits(values: Iterable[str | None], names: Sequence[str]) -> int:
    """A number with a bit for each name that is among the values."""
    found = set(values)
    return sum(1 << place for place, name in enumerate(names) if name in found)


def names_of(number: int, names: Sequence[str]) -> list[str]:
    """The names whose bits are set."""
    return [name for place, name in enumerate(names) if number >> place & 1]
