"""How well what a buyer bought last is told from what they bought before: leave-one-out, as in EASE's own paper."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.catalog import CatalogProduct
from knowledge.recommendations.likeness import Likeness, together
from knowledge.recommendations.purchases import Purchase, Purchases
from knowledge.recommendations.scoring import ease_weights, item_cosine, lift, popularity

HIT_AT = 10

Scorer = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From what all others and the buyer bought, (n_buyers, n_products), and the buyer's row, to scores, (n_products,)."""


@dataclass(frozen=True)
class Outcome:
    """How one way to recommend fared.

    Attributes:
        ranks: of what was held out, from 1, a buyer each; ties count in the middle.
        chance: of a hit by picking at random, on average.
    """

    method: str
    ranks: tuple[float, ...]
    products: int
    chance: float

    def hits(self, k: int = HIT_AT) -> int:
        """How many were among the first k."""
        return sum(rank <= k for rank in self.ranks)

    @property
    def mean_reciprocal_rank(self) -> float:
        """Of what was held out."""
        return sum(1 / rank for rank in self.ranks) / len(self.ranks) if self.ranks else 0.0

    @property
    def ndcg(self) -> float:
        """At 10, of one right product a buyer."""
        gains = (1 / math.log2(rank + 1) for rank in self.ranks if rank <= HIT_AT)
        return sum(gains) / len(self.ranks) if self.ranks else 0.0


METHODS: Mapping[str, Scorer] = {
    "popularity": popularity,
    "item cosine, shrunk": item_cosine,
    "lift, shrunk": lift,
    "EASE": lambda matrix, basket: np.asarray(basket @ ease_weights(matrix)),
}
"""The known ways, by name; popularity is the one to beat."""


def leave_one_out(bought: Sequence[Purchase], catalogue: Sequence[CatalogProduct] = ()) -> list[Outcome]:
    """How each known way tells the last product that each buyer of two or more bought, from their others.

    What is held out is out for every way and every buyer; what a buyer has already is not recommended again.

    Args:
        bought: by all buyers.
        catalogue: all products, also those that nobody bought; with it, the bot's own way is measured too.
    """
    kept, held = _split(bought)
    purchases = Purchases(kept, others=[product.product_id for product in catalogue])
    matrix = purchases.matrix()
    known = [
        (at, purchases.product_at[held[buyer]])
        for at, buyer in enumerate(purchases.buyers)
        if held.get(buyer) in purchases.product_at
    ]
    weights = {name: _weights(scorer, matrix) for name, scorer in METHODS.items()}
    if catalogue:
        weights["the bot's: lift and catalogue"] = _with_catalogue(Likeness(catalogue), purchases)
    return [_outcome(name, matrix, each, known) for name, each in weights.items()]


def _weights(scorer: Scorer, matrix: np.ndarray) -> np.ndarray:
    """What each product alone in a basket gives the others, (n_products, n_products); all of these ways add up."""
    return np.vstack([scorer(matrix, basket) for basket in np.eye(matrix.shape[1])])


def _with_catalogue(likeness: Likeness, purchases: Purchases) -> np.ndarray:
    """The bot's scores for the products on show, (n_products, n_products)."""
    weights = np.zeros((len(purchases.products), len(purchases.products)))
    on_show = [at for at, product in enumerate(purchases.products) if product in likeness.at]
    places = [likeness.at[purchases.products[at]] for at in on_show]
    for at in on_show:
        weights[at, on_show] = together(likeness, purchases, purchases.products[at])[places]
    return weights


def _outcome(name: str, matrix: np.ndarray, weights: np.ndarray, known: Sequence[tuple[int, int]]) -> Outcome:
    ranks = tuple(_rank(matrix[at] @ weights, matrix[at], product) for at, product in known)
    left = [matrix.shape[1] - int(matrix[at].sum()) for at, _ in known]
    chance = float(np.mean([min(1.0, HIT_AT / max(1, count)) for count in left])) if known else 0.0
    return Outcome(name, ranks, matrix.shape[1], chance)


def _split(bought: Sequence[Purchase]) -> tuple[list[Purchase], dict[str, str]]:
    """All but the last new product of each buyer who has two or more; and that one, by buyer."""
    first: dict[tuple[str, str], Purchase] = {}
    for one in sorted(bought, key=lambda one: (one.place, one.product_id)):
        first.setdefault((one.buyer, one.product_id), one)
    theirs: dict[str, list[Purchase]] = {}
    for one in first.values():
        theirs.setdefault(one.buyer, []).append(one)
    held = {buyer: listed[-1].product_id for buyer, listed in theirs.items() if len(listed) > 1}
    kept = [one for one in first.values() if held.get(one.buyer) != one.product_id]
    return kept, held


def _rank(scores: np.ndarray, basket: np.ndarray, product: int) -> float:
    """From 1; of those with the same score, the middle one."""
    rest = np.where(basket > 0, -np.inf, scores)
    better = int((rest > rest[product]).sum())
    same = int((rest == rest[product]).sum())
    return better + (same + 1) / 2
