"""Rules: whether a shop's policy lets a change happen, and if not, which rule says no."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal:
    """A change that is not made.

    Attributes:
        rule: which rule says no; one of `RULES`.
        values: what the sentence about it needs, as texts: numbers, days (ISO 8601), items, states.
    """

    rule: str
    values: Mapping[str, str] = field(default_factory=dict)
