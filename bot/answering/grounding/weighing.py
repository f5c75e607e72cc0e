"""Weights: how much the signs count against a sentence, boosted trees for each language."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from bot.answering.grounding.signs import SIGNS
from knowledge.whole_file import replace_text

WEIGHTS = Path(str(files("bot.answering.grounding") / "weights.json"))
UNSPLIT = 9.0  # above every sign: the threshold of a split that sends all to one side


@dataclass(frozen=True, eq=False)
class Weights:
    """Of one language: whole binary trees, each node's children at twice its place and one or two further.

    Attributes:
        bias: log odds that each tree adds to.
        signs: which sign each split asks, (n_trees, 2 ** depth - 1), int.
        bounds: a sign above it leads to the right, (n_trees, 2 ** depth - 1).
        leaves: what is added, (n_trees, 2 ** depth).
        passes_from: the score from which a sentence may be shown.
    """

    bias: float
    signs: np.ndarray
    bounds: np.ndarray
    leaves: np.ndarray
    passes_from: float

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """How surely the evidence holds sentences with these signs, (n_rows,), 0 to 1.

        Args:
            rows: (n_rows, n_signs).
        """
        trees = np.arange(len(self.leaves))
        node = np.zeros((len(rows), len(trees)), dtype=np.intp)
        for _ in range(self.leaves.shape[1].bit_length() - 1):
            above = np.take_along_axis(rows, self.signs[trees, node], axis=1) > self.bounds[trees, node]
            node = 2 * node + 1 + above
        odds = self.bias + self.leaves[trees, node - self.signs.shape[1]].sum(axis=1)
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    def heaviest(self, row: Sequence[float]) -> str:
        """The sign without which the sentence would score highest."""
        without = np.tile(np.asarray(row), (len(SIGNS), 1))
        np.fill_diagonal(without, 0.0)
        return SIGNS[int(self.scores(without).argmax())]


@cache
def shipped_weights() -> Mapping[str, Weights]:
    """The weights that come with the program, read once."""
    return read_weights()


def read_weights() -> Mapping[str, Weights]:
    """Those in `weights.json`, by language."""
    read: dict[str, dict[str, Any]] = json.loads(WEIGHTS.read_text("utf-8"))
    return {language: _weights(one) for language, one in read.items()}


def write_weights(weights: Mapping[str, Weights]) -> None:
    """Ship other weights: the next start uses them."""
    document = {language: _document(one) for language, one in weights.items()}
    replace_text(WEIGHTS, json.dumps(document, separators=(",", ":")).replace('{"asks"', '\n{"asks"') + "\n")


def _weights(read: Mapping[str, Any]) -> Weights:
    trees = read["trees"]
    return Weights(
        bias=read["bias"],
        signs=np.array([[SIGNS.index(name) for name in tree["asks"]] for tree in trees]),
        bounds=np.array([tree["above"] for tree in trees]),
        leaves=np.array([tree["adds"] for tree in trees]),
        passes_from=read["passes_from"],
    )


def _document(weights: Weights) -> dict[str, Any]:
    trees = zip(weights.signs, weights.bounds, weights.leaves, strict=True)
    return {
        "bias": round(weights.bias, 4),
        "passes_from": round(weights.passes_from, 4),
        "trees": [
            {
                "asks": [SIGNS[sign] for sign in asks],
                "above": [round(float(bound), 4) for bound in above],
                "adds": [round(float(leaf), 4) for leaf in adds],
            }
            for asks, above, adds in trees
        ],
    }
