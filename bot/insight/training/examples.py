"""MoodExample: a text with what it is known to feel, and the part of the data that it belongs to."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.insight.sentiment.feeling import Aspect, Label

Part = Literal["train", "tune", "dev"]
"""`train` fits weights, `tune` weighs the parts and calibrates, `dev` is only measured on."""

_IN_TWENTY = 20


@dataclass(frozen=True)
class MoodExample:
    """One text.

    Attributes:
        aspects: what it feels about each aspect it speaks of; None where nobody has said.
        source: which set it comes from.
    """

    text: str
    label: Label
    source: str
    part: Part
    aspects: Mapping[Aspect, Label] | None = None


def part_of(text: str, *, one_in: int = 10) -> Part:
    """The part of a text, always the same one.

    Args:
        text: hashed as it is.
        one_in: so many texts have one that is held out, 10 or 5; of 20 texts one is to tune with, the rest of those
            held out to measure.
    """
    place = int(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(), 16) % _IN_TWENTY
    if place % one_in:
        return "train"
    return "tune" if place == _IN_TWENTY // 2 else "dev"
