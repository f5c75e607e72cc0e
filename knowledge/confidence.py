"""Confidence: what a passage's scores say about the chance that it answers, 0 to 1."""

import numpy as np

INTERCEPT, DENSE, KEYWORD = -4.0, 7.0, 2.0


def confidence(dense: np.ndarray, keyword: np.ndarray) -> np.ndarray:
    """Logistic of the scores, (n,), comparable between questions."""
    return 1.0 / (1.0 + np.exp(-(INTERCEPT + DENSE * dense + KEYWORD * keyword)))
