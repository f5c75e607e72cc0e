"""Feeling: what one text feels, as a whole and about each aspect that it speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Label = Literal["negative", "neutral", "positive"]
LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")

Aspect = Literal["quality", "size_fit", "price", "delivery", "packaging", "returns", "service", "website"]
ASPECTS: tuple[Aspect, ...] = (
    "quality",
    "size_fit",
    "price",
    "delivery",
    "packaging",
    "returns",
    "service",
    "website",
)


@dataclass(frozen=True)
class AspectFeeling:
    """What a text feels about one aspect; `clause` holds its own words about it, `score` the label's chance."""

    aspect: Aspect
    label: Label
    score: float
    clause: str


@dataclass(frozen=True)
class Feeling:
    """What one text feels.

    Attributes:
        score: chance of the label, 0 to 1.
        scores: chances of all labels; they sum to 1.
        language: ISO 639-1, None when nothing in the text tells.
        aspects: those it speaks of, also in a neutral question, the surest first.
    """

    label: Label
    score: float
    scores: Mapping[Label, float]
    language: str | None
    aspects: tuple[AspectFeeling, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The document of `shopclerk sentiment`."""
        return {
            "label": self.label,
            "score": round(self.score, 4),
            "scores": {label: round(score, 4) for label, score in self.scores.items()},
            "language": self.language,
            "aspects": {
                one.aspect: {"label": one.label, "score": round(one.score, 4), "clause": one.clause}
                for one in self.aspects
            },
        }
