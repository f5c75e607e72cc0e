"""Hearing: what a tuned model makes of the passages, weighed together with the choice among them.

The choice knows how the shop's pages and questions fit by their words and meanings; the model has read both. Its word
raises the chance of the stretch that it answers from, and how near it was to a refusal moves the chance that none
answers, by weights fitted on dev questions (`shopclerk train choice` does it; they lie in `hearing.json`).
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from bot.answering.extraction import Reading, Readings

WEIGHTS = Path(__file__).parent / "hearing.json"
RAREST = 0.001
"""Probabilities nearer to 0 or 1 are not told apart: an engine may look at the likeliest tokens only."""


@dataclass(frozen=True)
class Opinion:
    """What a model makes of its sources, known once its first sentence is complete.

    Attributes:
        source: place of the one that it answers from; None: of none.
        refusing: the probability, 0 to 1, with which it would say that they do not hold the answer, whatever it said;
            None: it told none.
    """

    source: int | None = None
    refusing: float | None = None


Hear = Callable[[Opinion], bool]
"""Takes the opinion, and says whether the model's words are wanted."""


@dataclass(frozen=True)
class Heard:
    """A question's readings, and what the model makes of them.

    Attributes:
        sources: the readings that it was shown, in its order.
        opinion: None where it gave none, or there is no model whose opinion counts.
    """

    found: Readings
    sources: tuple[Reading, ...]
    opinion: Opinion | None


@dataclass(frozen=True)
class HearingWeights:
    """Added to utilities.

    Attributes:
        answered: to that of the stretch that the model answers from.
        refusing: to that of none, times the logarithm of the odds with which the model would refuse.
        doubt: to that of none, wherever the model was heard.
    """

    answered: float
    refusing: float
    doubt: float


@cache
def hearing_weights() -> HearingWeights:
    """The fitted ones."""
    read = json.loads(WEIGHTS.read_text("utf-8"))
    return HearingWeights(float(read["answered"]), float(read["refusing"]), float(read["doubt"]))


def heard(
    found: Readings, opinion: Opinion, sources: Sequence[Reading], weights: HearingWeights | None = None
) -> Readings:
    """The readings with the chances that they have once the model was heard.

    Args:
        found: as the choice weighs them.
        opinion: of the model.
        sources: the readings it was shown, in its order.
        weights: None: the fitted ones.
    """
    weights = weights or hearing_weights()
    named = sources[opinion.source] if opinion.source is not None else None
    none = found.none * math.exp(_doubt(opinion, weights))
    each = [one.chance * (math.exp(weights.answered) if one is named else 1.0) for one in found.ranked]
    total = none + sum(each)
    ranked = [replace(one, chance=chance / total) for one, chance in zip(found.ranked, each, strict=True)]
    ranked.sort(key=lambda one: -one.chance)
    return replace(found, ranked=tuple(ranked), none=none / total)


def _doubt(opinion: Opinion, weights: HearingWeights) -> float:
    """What is added to the utility of none."""
    if opinion.refusing is None:
        return 0.0
    chance = min(max(opinion.refusing, RAREST), 1 - RAREST)
    return weights.refusing * math.log(chance / (1 - chance)) + weights.doubt
