"""Choice: how likely each stretch is the one that answers, and how likely none does.

Conditional logit with a choice of none (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974).
The weights lie in `choice.json`; `bot.learning.choice_fitting` makes them.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

from bot.answering.traits import TRAITS

WEIGHTS = Path(__file__).parent / "choice.json"


def chances(traits: np.ndarray) -> tuple[float, np.ndarray]:
    """The chance that no stretch answers, and that each does; together 1.

    Args:
        traits: of each stretch, (n_stretches, n_traits).
    """
    weights, constant = _weights()
    return shared_out(traits @ weights + constant)


def shared_out(utilities: np.ndarray) -> tuple[float, np.ndarray]:
    """Chances from utilities, (n,), where that of none is 0."""
    all_of_them = np.concatenate([[0.0], utilities])
    raised = np.exp(all_of_them - all_of_them.max())
    shares = raised / raised.sum()
    return float(shares[0]), shares[1:]


def use_anew() -> None:
    """Read the weights again: they were fitted anew."""
    _weights.cache_clear()


@cache
def _weights() -> tuple[np.ndarray, float]:
    read = json.loads(WEIGHTS.read_text("utf-8"))
    return np.array([read["weights"].get(name, 0.0) for name in TRAITS]), float(read["constant"])
