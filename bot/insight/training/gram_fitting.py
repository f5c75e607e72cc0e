"""Fits the n-grams' weights: labels on all examples by TF-IDF, aspects on our own messages.

Method: logistic regression; for aspects on n-grams scaled by their log-count ratios, Wang and Manning, "Baselines and
Bigrams" (2012): ratio and weight are one number afterwards.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.insight.sentiment.feeling import ASPECTS, LABELS
from bot.insight.sentiment.grams import BITS, grams
from bot.insight.sentiment.weights import ASPECT_BITS
from bot.insight.training.examples import MoodExample

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

STRENGTH = 6.0
ASPECT_STRENGTH = 4.0


def gram_matrix(texts: Sequence[str], *, bits: int = BITS) -> "csr_matrix":
    """N-grams of texts, (n_texts, 2 ** bits), each row of unit length."""
    from scipy.sparse import csr_matrix

    found = [np.unique(grams(text) & ((1 << bits) - 1)) for text in texts]
    sizes = np.array([len(one) for one in found])
    values = np.repeat(1.0 / np.sqrt(np.maximum(sizes, 1)), sizes)
    rows = np.concatenate([[0], np.cumsum(sizes)])
    return csr_matrix((values, np.concatenate(found), rows), shape=(len(texts), 1 << bits))


def fit_grams(examples: Sequence[MoodExample]) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the labels, (2 ** 20, 3), without a constant, which the blend has; and rarities, (2 ** 20,)."""
    from scipy.sparse import diags

    matrix = gram_matrix([example.text for example in examples])
    often = np.asarray(matrix.astype(bool).sum(axis=0)).ravel()
    rarity = (np.log((1 + len(examples)) / (1 + often)) + 1).astype(np.float32)
    scaled = matrix @ diags(rarity)
    lengths = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    scaled = diags(1 / np.maximum(lengths, 1e-9)) @ scaled
    labels = np.array([LABELS.index(example.label) for example in examples])
    weights = [_model(STRENGTH).fit(scaled, labels == number).coef_[0] * rarity for number in range(len(LABELS))]
    return np.stack(weights, axis=1).astype(np.float32), rarity


def fit_aspect_grams(examples: Sequence[MoodExample]) -> np.ndarray:
    """Weights of the aspects, (2 ** 16, 8), on the examples whose aspects are known."""
    known = [example for example in examples if example.aspects is not None]
    matrix = gram_matrix([example.text for example in known], bits=ASPECT_BITS)
    spoken = np.array([[aspect in (example.aspects or {}) for aspect in ASPECTS] for example in known])
    return np.stack([_fitted(matrix, spoken[:, number], ASPECT_STRENGTH) for number in range(len(ASPECTS))], axis=1)


def _fitted(matrix: "csr_matrix", wanted: np.ndarray, strength: float) -> np.ndarray:
    """Weights of one yes or no, (n_columns,)."""
    from scipy.sparse import diags

    ratios = _ratios(matrix, wanted)
    model = _model(strength).fit(matrix @ diags(ratios), wanted)
    return np.asarray(model.coef_[0] * ratios, dtype=np.float32)


def _model(strength: float) -> "LogisticRegression":
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, solver="liblinear", dual=True, max_iter=200, class_weight="balanced")


def _ratios(matrix: "csr_matrix", wanted: np.ndarray) -> np.ndarray:
    """By column the logarithm of how much more often it is in the wanted rows."""
    present = matrix.astype(bool).astype(np.float64)
    within = 1.0 + np.asarray(present[wanted].sum(axis=0)).ravel()
    without = 1.0 + np.asarray(present[~wanted].sum(axis=0)).ravel()
    return np.asarray(np.log((within / within.sum()) / (without / without.sum())))
