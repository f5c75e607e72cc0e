"""Likeness: what a catalogue tells of how its products stand to each other."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from knowledge.catalog import CatalogProduct
from knowledge.keywords import KeywordIndex, tokenize
from knowledge.recommendations.purchases import Purchases
from knowledge.recommendations.scoring import log_lift

BOUGHT = 3.0  # weight of what was bought together beside what the catalogue tells
SPOKEN_OF = 1.0  # one of the two speaks of the other's kind: filters "for our drippers"
SPOKEN_FAR = 0.4  # the same across categories, where the word may mean something else
SAME_SHELF = 0.6  # another kind of thing in the same category
SAME_SHELF_SOLD = 0.3  # of two categories, that they are bought together as often as the two most often are
WORDS = 0.1
SAME_KIND = 0.5
PRICE = 0.25
SOLD_OUT = 0.1

_BESIDE_NAME = re.compile(r"[(（].*|,.*")
_UNITS = frozenset(("ml", "l", "m", "mm", "cm", "w", "g", "kg", "inch"))


class Likeness:
    """The products of one version in one language, as arrays of (n_products,)."""

    def __init__(self, products: Sequence[CatalogProduct]) -> None:
        self.products = products
        self.ids = [product.product_id for product in products]
        self.at: Mapping[str, int] = {product_id: at for at, product_id in enumerate(self.ids)}
        self.category = np.array([product.category for product in products])
        self.kind = np.array([_kind(product.title) for product in products])
        self.sold = np.array([product.stock != 0 for product in products], dtype=bool)
        self._price = np.array([float(product.price or 0) for product in products])
        self._words = [frozenset(tokenize(f"{one.title} {one.description}")) for one in products]
        self._index = KeywordIndex([tokenize(_text(product)) for product in products])

    def alike(self, product_id: str) -> np.ndarray:
        """How well each could take its place; 0 for itself and for other categories."""
        at = self.at[product_id]
        words = self._index.scores(_text(self.products[at]))
        own = max(float(words[at]), 1e-9)
        price = np.maximum(self._price, 1.0)
        near = 1 - np.minimum(np.abs(np.log(price / price[at])) / np.log(4), 1)
        scores = np.asarray(words / own, dtype=float) + SAME_KIND * (self.kind == self.kind[at]) + PRICE * near
        scores[self.category != self.category[at]] = 0.0
        scores[at] = 0.0
        return np.asarray(scores)

    def goes_with(self, product_id: str, sold_with: Mapping[str, float]) -> np.ndarray:
        """What the catalogue tells of what goes with it, and what its category is bought with."""
        at = self.at[product_id]
        same = (self.category == self.category[at]).astype(float)
        spoken = np.array([self._speak(at, other) for other in range(len(self.ids))], dtype=float)
        shelves = np.array([sold_with.get(str(name), 0.0) for name in self.category])
        words = np.asarray(self._index.scores(_text(self.products[at])), dtype=float)
        told = spoken * np.where(same > 0, SPOKEN_OF, SPOKEN_FAR)
        scores = told + SAME_SHELF * same + SAME_SHELF_SOLD * shelves * (1 - same) + WORDS * words
        scores[at] = 0.0
        return np.asarray(scores)

    def _speak(self, one: int, other: int) -> bool:
        """Whether one's words hold the other's kind of thing."""
        return str(self.kind[one]) in self._words[other] or str(self.kind[other]) in self._words[one]


def together(likeness: Likeness, purchases: Purchases, product_id: str) -> np.ndarray:
    """How well each product goes with one, by what was bought and what the catalogue says, (n_products,).

    Nothing goes with its own kind: who has a tent needs no second.
    """
    at = likeness.at[product_id]
    scores = BOUGHT * _bought(likeness, purchases, product_id)
    scores = scores + likeness.goes_with(product_id, _shelves_sold(likeness, purchases, product_id))
    scores[likeness.kind == likeness.kind[at]] = 0.0
    scores[~likeness.sold] *= SOLD_OUT
    return np.asarray(np.maximum(scores, 0.0))


def _bought(likeness: Likeness, purchases: Purchases, product_id: str) -> np.ndarray:
    """How much oftener than by chance each is bought with it, as a logarithm."""
    scores, lifts = np.zeros(len(likeness.ids)), log_lift(purchases, product_id)
    for other in np.flatnonzero(lifts):
        at = likeness.at.get(purchases.products[int(other)])
        if at is not None:
            scores[at] = lifts[int(other)]
    return scores


def _shelves_sold(likeness: Likeness, purchases: Purchases, product_id: str) -> dict[str, float]:
    """How often each other category is bought by who bought from the product's, 0 to 1."""
    mine = likeness.category[likeness.at[product_id]]
    category = np.array(
        [str(likeness.category[likeness.at[one]]) if one in likeness.at else "" for one in purchases.products],
        dtype=object,
    )
    buyers = {int(buyer) for buyer, product in purchases.pairs if category[product] == mine}
    found: dict[str, set[int]] = {}
    for buyer, product in purchases.pairs:
        if int(buyer) in buyers and category[product] not in ("", mine):
            found.setdefault(str(category[product]), set()).add(int(buyer))
    most = max((len(theirs) for theirs in found.values()), default=1)
    return {name: len(theirs) / most for name, theirs in found.items()}


def _kind(title: str) -> str:
    """What a name ends in: the kind of thing."""
    words = [word for word in tokenize(_BESIDE_NAME.sub("", title)) if not any(map(str.isdigit, word))]
    return next((word for word in reversed(words) if word not in _UNITS), "")


def _text(product: CatalogProduct) -> str:
    attributes = " ".join(str(value) for value in product.attributes.values())
    return f"{product.title} {product.title} {product.category} {product.brand} {attributes} {product.description}"
