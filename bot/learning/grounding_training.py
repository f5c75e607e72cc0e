"""Fits the grounding check's weights on true statements and planted errors."""

from collections.abc import Callable, Sequence

import numpy as np

from bot.answering.grounding import GroundingCheck
from bot.answering.grounding.check import NEVER
from bot.answering.grounding.signs import SIGNS
from bot.answering.grounding.weighing import Weights
from bot.learning.grounding_evaluation import Claim

ROUNDS = 5  # of choosing each claim's best place by the weights, and fitting them again
STEPS = 2500
STEP = 0.05
SHRINK = 1e-4  # of the squared weights
FALSE_PASSED = 0.04  # of the planted errors, at most, at the score from which a sentence may be shown
LOWEST_PASS = 0.5


def fit_weights(
    claims: Sequence[Claim], check: GroundingCheck, *, on_progress: Callable[[int, int], None] = lambda *_: None
) -> dict[str, Weights]:
    """Weights for each language of the claims.

    A claim stands at whichever place of its evidence speaks least against it, so that places and weights are found in
    turn, as with instances in bags (Andrews et al. 2003, "Support Vector Machines for Multiple-Instance Learning").
    True and false claims weigh alike in sum, and so do the kinds of either; no sign may speak for a claim.

    Args:
        claims: true and false, in every language that is fitted.
        check: reads the claims; its own weights are where the search begins.
        on_progress: told how many claims were read, and of how many.
    """
    rows = []
    for place, claim in enumerate(claims):
        rows.append(check.rows(claim.text, claim.evidence, claim.question))
        on_progress(place + 1, len(claims))
    fitted = {}
    for language in sorted({claim.language for claim in claims}):
        mine = [
            (claim, row) for claim, row in zip(claims, rows, strict=True) if claim.language == language and len(row)
        ]
        fitted[language] = _fit([claim for claim, _ in mine], [row for _, row in mine])
    return fitted


def _fit(claims: Sequence[Claim], rows: Sequence[np.ndarray]) -> Weights:
    truths = np.array([claim.true for claim in claims])
    share = _shares(claims)
    weights, bias = np.full(len(SIGNS), -2.0), 3.0
    for _ in range(ROUNDS):
        best = np.array([row[int((row @ weights).argmax())] for row in rows])
        weights, bias = _logistic(best, truths, share, weights, bias)
    scores = np.array([_score(row, weights, bias) for row in rows])
    passes_from = max(LOWEST_PASS, float(np.quantile(scores[~truths], 1 - FALSE_PASSED)))
    return Weights(bias, tuple(float(weight) for weight in weights), passes_from)


def _score(rows: np.ndarray, weights: np.ndarray, bias: float) -> float:
    """Of the best place without a sign that is enough."""
    allowed = rows[~rows[:, [SIGNS.index(name) for name in NEVER]].any(axis=1)]
    return float(1 / (1 + np.exp(-(bias + (allowed @ weights).max())))) if len(allowed) else 0.0


def _shares(claims: Sequence[Claim]) -> np.ndarray:
    """The weight of each claim: a half of all for the true and the false, in equal parts for their kinds, (n,)."""
    kinds = [(claim.true, claim.kind) for claim in claims]
    number = {kind: kinds.count(kind) for kind in set(kinds)}
    many = {truth: sum(kind[0] == truth for kind in number) for truth in (True, False)}
    return np.array([0.5 / (many[kind[0]] * number[kind]) for kind in kinds])


def _logistic(
    rows: np.ndarray, truths: np.ndarray, share: np.ndarray, weights: np.ndarray, bias: float
) -> tuple[np.ndarray, float]:
    """Weighted logistic regression with weights at or below 0, by projected Adam (Kingma and Ba 2015).

    Args:
        rows: (n, n_signs).
        truths: (n,), bool.
        share: (n,), sums to 1.
        weights: (n_signs,), where the search begins.
        bias: where the bias begins.
    """
    at = np.append(weights, bias)
    wide = np.column_stack([rows, np.ones(len(rows))])
    mean, square = np.zeros_like(at), np.zeros_like(at)
    for step in range(1, STEPS + 1):
        likely = 1 / (1 + np.exp(-np.clip(wide @ at, -30, 30)))
        slope = wide.T @ (share * (likely - truths)) + np.append(2 * SHRINK * at[:-1], 0.0)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        at = at - STEP * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-9)
        at[:-1] = np.minimum(at[:-1], 0.0)
    return at[:-1], float(at[-1])
