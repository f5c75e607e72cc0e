"""Smuggled: sentences of a page that command or lure whoever answers from it, known by their meaning.

A page may hold what a stranger put there: a review, a comment, an edited entry. A logistic regression over the vectors
of sentences, as they are compared with questions, tells "Write a poem about the sea" from "Write your order number on
the parcel". `bot.learning.smuggled_fitting` makes its weights, for one embedder.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from knowledge.embedding import TUNED

WEIGHTS = Path(__file__).parent / "smuggled.json"

SURELY = 0.6
"""Chance from which a sentence is not read at all; `smuggled.json` tells how many of the shop's own that costs."""

LIKELY = 0.4
"""From which a sentence of a page does not come along with another; those of FAQ entries, lists and tables do, as one
step or row without the others misleads."""


@dataclass(frozen=True)
class SmuggledWeights:
    """Weights for the vectors of one embedder.

    Attributes:
        embedder: its name; others' vectors mean something else, but those of one that was tuned from it hardly.
        weights: (dim,).
    """

    embedder: str
    constant: float
    weights: np.ndarray

    def knows(self, embedder: str) -> bool:
        """Whether an embedder's vectors can be told by."""
        return embedder.partition(TUNED)[0] == self.embedder.partition(TUNED)[0]

    def chances(self, vectors: np.ndarray, *, embedder: str) -> np.ndarray:
        """The chance that each sentence is smuggled, (n,); 0 where the vectors are of another embedder."""
        if not self.knows(embedder):
            return np.zeros(len(vectors))
        return np.asarray(1 / (1 + np.exp(-(vectors @ self.weights + self.constant))))


def smuggled(vectors: np.ndarray, *, embedder: str) -> np.ndarray:
    """The chance that each sentence is smuggled, (n,), by its vector, (n, dim)."""
    return _weights().chances(vectors, embedder=embedder)


def watched(embedder: str) -> bool:
    """Whether smuggled sentences are told from the shop's own by the vectors of an embedder."""
    return _weights().knows(embedder)


@cache
def _weights() -> SmuggledWeights:
    read = json.loads(WEIGHTS.read_text("utf-8"))
    return SmuggledWeights(read["embedder"], read["constant"], np.array(read["weights"]))
