"""Metrics of one ranked list, given the gain of each place, best place first; 0 is not relevant."""

import math
from collections.abc import Sequence


def hit(gains: Sequence[float], k: int) -> float:
    """1.0 when one of the first k is relevant."""
    return float(any(gains[:k]))


def reciprocal_rank(gains: Sequence[float]) -> float:
    """1 / rank of the first relevant one; 0.0 when there is none."""
    return next((1.0 / rank for rank, gain in enumerate(gains, start=1) if gain), 0.0)


def average_precision(gains: Sequence[float], relevant: int) -> float:
    """Mean of the precision at each relevant place.

    Args:
        gains: of the list.
        relevant: how many there are in all; those that the list lacks count as found nowhere.
    """
    found, total = 0, 0.0
    for rank, gain in enumerate(gains, start=1):
        if gain:
            found += 1
            total += found / rank
    return total / relevant if relevant else 0.0


def ndcg(gains: Sequence[float], ideal: Sequence[float], k: int) -> float:
    """Discounted gain of the first k over that of the best order (Järvelin and Kekäläinen 2002), exponential gains.

    Args:
        gains: of the list.
        ideal: all gains there are, in any order.
        k: cut-off.
    """
    best = _discounted(sorted(ideal, reverse=True)[:k])
    return _discounted(gains[:k]) / best if best else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum((math.pow(2.0, gain) - 1.0) / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
