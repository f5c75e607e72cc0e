"""Weights: how much each sign counts against a sentence, a logistic regression for each language."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from bot.answering.grounding.signs import SIGNS

WEIGHTS = Path(str(files("bot.answering.grounding") / "weights.json"))


@dataclass(frozen=True)
class Weights:
    """Of one language.

    Attributes:
        bias: log odds of a sentence without any sign.
        signs: in the order of SIGNS, all at or below 0.
        passes_from: the score from which a sentence may be shown.
    """

    bias: float
    signs: tuple[float, ...]
    passes_from: float

    def score(self, row: Sequence[float]) -> float:
        """How surely the evidence holds a sentence with these signs, 0 to 1."""
        total = self.bias + sum(weight * sign for weight, sign in zip(self.signs, row, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def heaviest(self, row: Sequence[float]) -> str:
        """The sign that speaks most against the sentence."""
        parts = [weight * sign for weight, sign in zip(self.signs, row, strict=True)]
        return SIGNS[parts.index(min(parts))]


@cache
def shipped_weights() -> Mapping[str, Weights]:
    """The weights that come with the program, read once."""
    return read_weights()


def read_weights() -> Mapping[str, Weights]:
    """Those in `weights.json`, by language."""
    read: dict[str, dict[str, float | dict[str, float]]] = json.loads(WEIGHTS.read_text("utf-8"))
    return {language: _weights(one) for language, one in read.items()}


def write_weights(weights: Mapping[str, Weights]) -> None:
    """Ship other weights: the next start uses them."""
    document = {
        language: {
            "bias": round(one.bias, 3),
            "passes_from": round(one.passes_from, 3),
            "signs": {name: round(weight, 3) for name, weight in zip(SIGNS, one.signs, strict=True)},
        }
        for language, one in weights.items()
    }
    WEIGHTS.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def _weights(read: Mapping[str, float | Mapping[str, float]]) -> Weights:
    signs, bias, passes_from = read["signs"], read["bias"], read["passes_from"]
    assert isinstance(signs, dict)  # the shape that `write_weights` gives the file
    return Weights(float(bias), tuple(float(signs[name]) for name in SIGNS), float(passes_from))  # type: ignore[arg-type]  # likewise
