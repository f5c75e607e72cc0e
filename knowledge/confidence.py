"""Confidence: what a passage's scores say about the chance that it answers, 0 to 1.

The coefficients lie in `confidence.json`; `shopclerk evaluate retrieval golden --calibrate` fits them again on the
dev split of the golden questions.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

COEFFICIENTS = Path(__file__).parent / "confidence.json"
STEPS = 50
RIDGE = 1e-2  # keeps the fit finite where the classes can be told apart without a fault


def confidence(dense: np.ndarray, keyword: np.ndarray, *, language: str) -> np.ndarray:
    """Logistic of the two scores, (n,), comparable between questions.

    Args:
        dense: similarities, (n,).
        keyword: shares of the question's words, (n,).
        language: of the question; similarities mean different things in the two.
    """
    return _logistic(_features(dense, keyword) @ _coefficients()[language])


def fit(dense: np.ndarray, keyword: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Coefficients (constant, dense, keyword) by Newton's method.

    Args:
        dense: similarities, (n,).
        keyword: shares of words, (n,).
        answers: whether the passage answers the question, (n,).
    """
    features = _features(dense, keyword)
    weights = np.zeros(features.shape[1])
    for _ in range(STEPS):
        chance = _logistic(features @ weights)
        slope = features.T @ (answers - chance) - RIDGE * weights
        curvature = (features * (chance * (1 - chance))[:, None]).T @ features + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curvature, slope)
    return weights


def _features(dense: np.ndarray, keyword: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(dense)), dense, keyword])  # (n, 3)


def _logistic(x: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


@cache
def _coefficients() -> dict[str, np.ndarray]:
    return {language: np.array(values) for language, values in json.loads(COEFFICIENTS.read_text("utf-8")).items()}
