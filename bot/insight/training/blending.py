"""Weighs the parts' verdicts against each other, calibrated, and sets the bars for aspects, on what is to tune with."""

from collections.abc import Mapping, Sequence

import numpy as np

from bot.insight.sentiment.classifier import Read
from bot.insight.sentiment.feeling import ASPECTS, LABELS
from bot.insight.sentiment.weights import Blend
from bot.insight.training.examples import MoodExample
from knowledge.embedding import mostly_han

STRENGTH = 0.1
SHARES: Mapping[str, float] = {"zh_reviews": 0.35}
"""How much of an example counts: the many reviews would outweigh what shoppers type."""

_BARS = np.arange(-3.0, 3.01, 0.1)


def fit_blends(examples: Sequence[MoodExample], read: Read) -> dict[str, Blend]:
    """The blend of each kind of script."""
    han = np.array([mostly_han(example.text) for example in examples])
    return {kind: _fitted(examples, read.parts, rows) for kind, rows in (("han", han), ("latin", ~han))}


def fit_bars(examples: Sequence[MoodExample], logits: np.ndarray) -> np.ndarray:
    """By aspect the logit that parts texts that speak of it from others best (F1), (8,).

    Args:
        examples: with known aspects.
        logits: (n_examples, 8).
    """
    spoken = np.array([[aspect in (example.aspects or {}) for aspect in ASPECTS] for example in examples])
    return np.array([_bar(logits[:, number], spoken[:, number]) for number in range(len(ASPECTS))], dtype=np.float32)


def _fitted(examples: Sequence[MoodExample], parts: np.ndarray, rows: np.ndarray) -> Blend:
    from sklearn.linear_model import LogisticRegression

    labels = np.array([LABELS.index(example.label) for example in examples])[rows]
    shares = np.array([SHARES.get(example.source, 1.0) for example in examples])[rows]
    spread = parts[rows].std(axis=0) + 1e-3
    model = LogisticRegression(C=STRENGTH, max_iter=3000, class_weight="balanced")
    model.fit(parts[rows] / spread, labels, sample_weight=shares)
    weight = np.zeros((parts.shape[1], len(LABELS)), dtype=np.float32)
    constant = np.full(len(LABELS), -20.0, dtype=np.float32)  # of a label that no example has
    weight[:, model.classes_] = (model.coef_ / spread).T
    constant[model.classes_] = model.intercept_
    return Blend(weight, constant)


def _bar(logits: np.ndarray, spoken: np.ndarray) -> float:
    def f1(bar: float) -> float:
        said = logits > bar
        return float(2 * (said & spoken).sum() / max(1, said.sum() + spoken.sum()))

    best = max(f1(bar) for bar in _BARS)
    return float(np.median([bar for bar in _BARS if f1(bar) >= best - 1e-9]))
