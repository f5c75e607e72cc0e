"""Figures: how well scores and verdicts tell true from false, with 95 % intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 1000
SEED = 20261122
FALSE_ALLOWED = (0.01, 0.02, 0.03)
TAIL = 2.5  # percent on each side of a 95 % interval

Interval = tuple[float, float]


@dataclass(frozen=True)
class Cut:
    """What a score lets through from which claims are shown.

    Attributes:
        false_allowed: share of the false claims that may score as much.
        score: the lowest, in thousandths, that no more of them reach.
        true_passed: share of the true claims that reach it.
    """

    false_allowed: float
    score: float
    true_passed: float


@dataclass(frozen=True)
class Figures:
    """Of one scorer on one set.

    Attributes:
        auroc: chance that a true claim scores higher than a false one, ties counting half.
        balanced_accuracy: mean of the share of true claims passed and of false ones turned down.
        true_passed, false_passed: the shares.
        cuts: for each of FALSE_ALLOWED.
    """

    auroc: float
    auroc_interval: Interval
    balanced_accuracy: float
    balanced_accuracy_interval: Interval
    true_passed: float
    false_passed: float
    cuts: tuple[Cut, ...]


def figures(
    *, truths: np.ndarray, scores: np.ndarray, passed: np.ndarray, groups: Sequence[str], draws: int = DRAWS
) -> Figures:
    """Figures with percentile intervals of a bootstrap that draws whole groups (Efron and Tibshirani 1993, ch. 13).

    Claims of one group are made from one answer and stand or fall together, so that drawing single claims would
    make the intervals too narrow.

    Args:
        truths: (n,), bool, of both kinds.
        scores: (n,), higher for true.
        passed: (n,), bool.
        groups: (n,), the answer that each claim was made from.
        draws: how many samples the intervals are taken from; deterministic.
    """
    names, members = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(scores, kind="stable")
    truths, scores, passed, members = truths[order], scores[order], passed[order], members[order]
    once = np.ones(len(scores))
    chance = np.random.default_rng(SEED)
    aurocs, balances = [], []
    for _ in range(draws):
        counts = np.bincount(chance.integers(0, len(names), len(names)), minlength=len(names))[members].astype(float)
        if counts[truths].sum() and counts[~truths].sum():
            aurocs.append(_auroc(truths, scores, counts))
            balances.append(_balanced(truths, passed, counts))
    return Figures(
        auroc=_auroc(truths, scores, once),
        auroc_interval=_interval(aurocs),
        balanced_accuracy=_balanced(truths, passed, once),
        balanced_accuracy_interval=_interval(balances),
        true_passed=float(passed[truths].mean()),
        false_passed=float(passed[~truths].mean()),
        cuts=tuple(_cut(scores[truths], scores[~truths], share) for share in FALSE_ALLOWED),
    )


def _cut(true: np.ndarray, false: np.ndarray, share: float) -> Cut:
    highest = np.sort(false)[::-1][int(share * len(false))]  # of those that must not pass
    score = (np.floor(highest * 1000) + 1) / 1000
    return Cut(share, float(score), float((true >= score).mean()))


def _auroc(truths: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> float:
    """Of weighted claims sorted by score."""
    starts = np.flatnonzero(np.r_[True, scores[1:] != scores[:-1]])
    true = np.add.reduceat(np.where(truths, weights, 0.0), starts)
    false = np.add.reduceat(np.where(truths, 0.0, weights), starts)
    below = np.cumsum(false) - false
    return float((true * (below + false / 2)).sum() / (true.sum() * false.sum()))


def _balanced(truths: np.ndarray, passed: np.ndarray, weights: np.ndarray) -> float:
    kept = weights[truths & passed].sum() / weights[truths].sum()
    stopped = weights[~truths & ~passed].sum() / weights[~truths].sum()
    return float((kept + stopped) / 2)


def _interval(values: Sequence[float]) -> Interval:
    if not values:
        return (0.0, 1.0)
    low, high = np.percentile(values, [TAIL, 100 - TAIL])
    return (float(low), float(high))
