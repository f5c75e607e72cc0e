"""Fits the weights by which a tuned model's opinion of the passages counts beside the choice, and measures them.

`shopclerk train choice` runs it, on golden questions, questions to imaginary shops and public product questions, all of
the dev part. The likelihood is that of the choice (`bot.answering.choice`), the chance of none by its own odds and the
model's, and the shares of the stretches with a weight for what the model answers from (`bot.answering.hearing`).
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bot.answering.answerable import BEST_FROM, NONE_FROM
from bot.answering.hearing import Heard, HearingWeights, heard
from knowledge.whole_file import replace_text

HELD_BACK = 1.0
"""Ridge, as of the choice."""
CAUTION = 0.5
"""Added to the doubt that is fitted: a wrong guess is worse than the offer of a person. On the dev questions that the
weights were fitted on it refuses 7 more of 341 that have an answer and spares 12 of 158 that have none a guess; as much
again would refuse 19 more for 11."""
SILENT = HearingWeights(answered=0.0, choice=1.0, refusing=0.0, doubt=0.0)


@dataclass(frozen=True)
class HearingCase:
    """One question that was read by choice and model.

    Attributes:
        right: whether each of the readings holds the answer, in their order.
        answerable: whether there is an answer.
    """

    heard: Heard
    right: tuple[bool, ...]
    answerable: bool


@dataclass(frozen=True)
class HearingFigures:
    """What comes of weights.

    Attributes:
        first: answerable questions whose likeliest reading holds the answer, of `answerable`.
        refused_wrongly: answerable questions that are refused at the bot's thresholds.
        refused: unanswerable questions that are, of `unanswerable`.
        auroc: how well the chance of none tells the two sorts apart, whatever the threshold; None without both.
    """

    answerable: int
    first: int
    refused_wrongly: int
    unanswerable: int
    refused: int
    auroc: float | None


def fit_hearing(cases: Sequence[HearingCase]) -> HearingWeights:
    """The weights under which what is right is likeliest, with some caution; none believes the model the wrong way."""
    from scipy.optimize import minimize

    found = minimize(
        lambda weights: -_likelihood(cases, HearingWeights(*weights)),
        [1.0, 1.0, 0.5, 0.0],
        method="L-BFGS-B",
        bounds=[(0, None), (0, None), (0, None), (None, None)],
    )
    fitted = HearingWeights(*(round(float(weight), 3) for weight in found.x))
    return replace(fitted, doubt=round(fitted.doubt + CAUTION, 3))


def hearing_figures(cases: Iterable[HearingCase], weights: HearingWeights) -> HearingFigures:
    """Figures of all cases under weights."""
    from sklearn.metrics import roc_auc_score

    answerable = first = refused_wrongly = unanswerable = refused = 0
    nones: list[tuple[bool, float]] = []
    for case in cases:
        none, chances = _chances(case, weights)
        nones.append((not case.answerable, none))
        silent = none >= NONE_FROM or max(chances) < BEST_FROM
        if case.answerable:
            answerable += 1
            first += case.right[max(range(len(chances)), key=chances.__getitem__)]
            refused_wrongly += silent
        else:
            unanswerable += 1
            refused += silent
    auroc = round(float(roc_auc_score(*zip(*nones, strict=True))), 3) if answerable and unanswerable else None
    return HearingFigures(answerable, first, refused_wrongly, unanswerable, refused, auroc)


def write_hearing(
    weights: HearingWeights, before: HearingFigures, after: HearingFigures, path: Path, *, asked: Mapping[str, int]
) -> None:
    """Keep the weights with how they were made; `asked` has the numbers of questions that the command was given."""
    found = {"choice_alone": asdict(before), "with_the_model": asdict(after)}
    made = {"by": "shopclerk train choice", "asked": dict(asked), **found}
    replace_text(path, json.dumps({"made": made, **asdict(weights)}, indent=1) + "\n")


def _likelihood(cases: Sequence[HearingCase], weights: HearingWeights) -> float:
    moved = (weights.answered, weights.choice - 1, weights.refusing, weights.doubt)
    total = -HELD_BACK * sum(one**2 for one in moved) / 2
    for case in cases:
        none, chances = _chances(case, weights)
        wanted = sum(chance for chance, right in zip(chances, case.right, strict=True) if right)
        wanted = wanted if case.answerable else none
        if wanted > 0:  # a question whose answer was not found teaches nothing
            total += math.log(wanted)
    return total


def _chances(case: HearingCase, weights: HearingWeights) -> tuple[float, list[float]]:
    """That none answers, and that each reading does, in the order in which the choice ranked them."""
    found = case.heard.found
    if case.heard.opinion is None:
        return found.none, [one.chance for one in found.ranked]
    weighed = heard(found, case.heard.opinion, case.heard.sources, weights)
    chance = {(one.passage.chunk.id, one.stretch): one.chance for one in weighed.ranked}
    return weighed.none, [chance[one.passage.chunk.id, one.stretch] for one in found.ranked]
