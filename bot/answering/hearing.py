"""Hearing: what a tuned model makes of the passages, weighed together with the choice among them.

The choice knows how the shop's pages and questions fit by their words and meanings; the model has read both. Its word
raises the chance of the stretch that it answers from, and how near it was to a refusal moves the chance that none
answers, by weights that `shopclerk train choice` fits on dev questions; `hearing.json` has them and says of what they
were made.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
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
    """How far the model is believed.

    Attributes:
        answered: added to the utility of the stretch that the model answers from, beside those of the other stretches.
        choice: the log odds of none, as the choice has them, count so many times
        refusing: and those with which the model would refuse so many times
        doubt: and this is added.
    """

    answered: float
    choice: float
    refusing: float
    doubt: float


@cache
def hearing_weights() -> HearingWeights:
    """Those in `hearing.json`."""
    read = json.loads(WEIGHTS.read_text("utf-8"))
    return HearingWeights(*(float(read[field.name]) for field in fields(HearingWeights)))


def heard(
    found: Readings, opinion: Opinion, sources: Sequence[Reading], weights: HearingWeights | None = None
) -> Readings:
    """The readings with the chances that they have once the model was heard.

    Args:
        found: as the choice weighs them.
        opinion: of the model.
        sources: the readings it was shown, in its order.
        weights: None: those in use.
    """
    weights = weights or hearing_weights()
    named = sources[opinion.source] if opinion.source is not None else None
    none = found.none if opinion.refusing is None else _none(found.none, opinion.refusing, weights)
    each = [one.chance * (math.exp(weights.answered) if one is named else 1.0) for one in found.ranked]
    share = (1 - none) / (sum(each) or 1.0)
    ranked = [replace(one, chance=chance * share) for one, chance in zip(found.ranked, each, strict=True)]
    ranked.sort(key=lambda one: -one.chance)
    return replace(found, ranked=tuple(ranked), none=none)


def _none(none: float, refusing: float, weights: HearingWeights) -> float:
    """The chance that nothing answers, from what the choice and the model make of it."""
    odds = weights.choice * log_odds(none) + weights.refusing * log_odds(refusing) + weights.doubt
    return 1 / (1 + math.exp(-odds))


def log_odds(chance: float) -> float:
    """Of a probability that is kept from 0 and 1."""
    kept = min(max(chance, RAREST), 1 - RAREST)
    return math.log(kept / (1 - kept))
