"""Fits the grounding check's weights on true statements and planted errors."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bot.answering.grounding import GroundingCheck
from bot.answering.grounding.check import NEVER
from bot.answering.grounding.signs import SIGNS
from bot.answering.grounding.weighing import UNSPLIT, Weights
from bot.learning.grounding_evaluation import Claim

ROUNDS = 3  # of choosing each claim's best place by the trees, and growing them again
TREES = 120
DEPTH = 4
STEP = 0.12
LEAF = 12  # rows at least
SHARE_OF_SIGNS = 0.4  # that a split may choose from
STEEPEST = 4.0  # of the residuals, so that a surprise does not move a whole leaf
FALSE_PASSED = 0.03  # of the planted errors, at most, at the score from which a sentence may be shown
SEED = 20261122


@dataclass(frozen=True)
class _Read:
    """A claim with the signs of each of its parts at each place, (n_places, n_signs) for each part."""

    claim: Claim
    parts: tuple[np.ndarray, ...]


def fit_weights(
    claims: Sequence[Claim],
    held_out: Sequence[Claim],
    check: GroundingCheck,
    *,
    on_progress: Callable[[int, int], None] = lambda *_: None,
) -> dict[str, Weights]:
    """Weights for each language of the claims.

    A claim stands at whichever place of its evidence speaks least against it, so that places and trees are found in
    turn, as with instances in bags (Andrews et al. 2003, "Support Vector Machines for Multiple-Instance Learning").
    The trees are LogitBoost's (Friedman, Hastie and Tibshirani 2000, "Additive Logistic Regression"), with the
    constraint that no sign speaks for a claim. True and false claims weigh alike in sum, and so do the kinds of either.

    Args:
        claims: true and false, in every language that is fitted.
        held_out: others, by which the score is chosen from which a sentence passes.
        check: reads the claims.
        on_progress: told how many claims were read, and of how many.
    """
    read = []
    for place, claim in enumerate([*claims, *held_out]):
        read.append(_Read(claim, tuple(check.rows(claim.text, claim.evidence, claim.question))))
        on_progress(place + 1, len(claims) + len(held_out))
    fitted = {}
    for language in sorted({claim.language for claim in claims}):
        mine, others = (
            [one for one in part if one.claim.language == language and all(map(len, one.parts))]
            for part in (read[: len(claims)], read[len(claims) :])
        )
        grown = _grown(mine)
        false = [_score(grown, one) for one in others if not one.claim.true]
        fitted[language] = replace(grown, passes_from=float(np.quantile(false, 1 - FALSE_PASSED)))
    return fitted


def _grown(read: Sequence[_Read]) -> Weights:
    truths = np.array([one.claim.true for one in read])
    share = _shares([one.claim for one in read])
    best = np.array([_decisive(one, lambda rows: -rows.sum(axis=1)) for one in read])
    weights = _boosted(best, truths, share)
    for _ in range(ROUNDS - 1):
        best = np.array([_decisive(one, weights.scores) for one in read])
        weights = _boosted(best, truths, share)
    return weights


def _decisive(one: _Read, scored: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The row of the part that scores lowest, at the place where it scores highest, (n_signs,)."""
    sizes = np.cumsum([len(rows) for rows in one.parts])[:-1]
    scores = np.split(scored(np.concatenate(one.parts)), sizes)
    part = int(np.argmin([mine.max() for mine in scores]))
    return np.asarray(one.parts[part][int(scores[part].argmax())])


def _score(weights: Weights, one: _Read) -> float:
    """Of the lowest part at its best place without a sign that is enough."""
    never = [SIGNS.index(name) for name in NEVER]
    allowed = [rows[(rows[:, never] < 1).all(axis=1)] for rows in one.parts]
    return min(float(weights.scores(rows).max()) if len(rows) else 0.0 for rows in allowed)


def _shares(claims: Sequence[Claim]) -> np.ndarray:
    """The weight of each claim: a half of all for the true and the false, in equal parts for their kinds, (n,)."""
    number = Counter((claim.true, claim.kind) for claim in claims)
    many = Counter(truth for truth, _ in number)
    return np.array([0.5 / (many[claim.true] * number[claim.true, claim.kind]) for claim in claims])


def _boosted(rows: np.ndarray, truths: np.ndarray, share: np.ndarray) -> Weights:
    """Trees grown one after the other, each on what those before it left over.

    Args:
        rows: (n, n_signs).
        truths: (n,), bool.
        share: (n,), sums to 1.
    """
    from sklearn.tree import DecisionTreeRegressor

    odds = np.zeros(len(rows))
    trees = []
    for number in range(TREES):
        likely = 1 / (1 + np.exp(-odds))
        slope = np.maximum(likely * (1 - likely), 1e-6)
        tree = DecisionTreeRegressor(
            max_depth=DEPTH, min_samples_leaf=min(LEAF, max(1, len(rows) // 20)), max_features=SHARE_OF_SIGNS,
            monotonic_cst=[-1] * rows.shape[1], random_state=SEED + number,
        )  # fmt: skip
        left_over = np.clip((truths - likely) / slope, -STEEPEST, STEEPEST)
        tree.fit(rows, left_over, sample_weight=share * slope)
        odds += STEP * tree.predict(rows)
        trees.append(_whole(tree.tree_))
    signs, bounds, leaves = (np.array(part) for part in zip(*trees, strict=True))
    return Weights(0.0, signs, bounds, STEP * leaves, passes_from=0.5)


def _whole(tree: Any) -> tuple[list[int], list[float], list[float]]:
    """The splits and leaves of scikit-learn's tree, filled up to DEPTH: (signs, bounds, leaves)."""
    signs: list[int] = []
    bounds: list[float] = []
    level = [0]
    for _ in range(DEPTH):
        following = []
        for node in level:
            left, right = tree.children_left[node], tree.children_right[node]
            split = left >= 0
            signs.append(int(tree.feature[node]) if split else 0)
            bounds.append(float(tree.threshold[node]) if split else UNSPLIT)
            following += [left, right] if split else [node, node]
        level = following
    return signs, bounds, [float(tree.value[node].item()) for node in level]
