"""Recommendations: products like one, and products that go with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from sqlalchemy import Engine

from knowledge.catalog import Catalog, CatalogProduct
from knowledge.keywords import KeywordIndex, tokenize
from knowledge.recommendations.purchases import PurchaseBook, Purchases
from knowledge.recommendations.scoring import shrunk_cosine
from knowledge.versions import KnowledgeVersions

LANGUAGE = "en"  # of the rows that are compared, where a product has it: all are to be in one
BOUGHT_BY = 2  # buyers in common, from which "bought together" is said
BOUGHT = 3.0  # weight of what was bought together beside what the catalogue tells
SPOKEN_OF = 1.0  # one of the two speaks of the other's kind: filters "for our drippers"
SAME_SHELF = 0.6  # another kind of thing in the same category
SAME_SHELF_SOLD = 0.3  # of two categories, that they are bought together as often as the two most often are
WORDS = 0.1
SAME_KIND = 0.5
PRICE = 0.25

_BESIDE_NAME = re.compile(r"[(（].*|,.*|\s[\d.×]+.*$")


@dataclass(frozen=True)
class Recommended:
    """One product, and why.

    Attributes:
        score: higher is better.
        reason: `bought` together by several, `goes` with it by what the catalogue says, or is `like` it.
    """

    product_id: str
    score: float
    reason: Literal["bought", "goes", "like"]


class Recommendations:
    """Recommends from the catalogue and the orders of each shop.

    Args:
        engine: of the database.
        versions: which products are on show.
    """

    def __init__(self, engine: Engine, versions: KnowledgeVersions) -> None:
        self._catalog, self._versions, self._book = Catalog(engine), versions, PurchaseBook(engine)
        self._shelves: dict[str, tuple[int, _Shelf]] = {}

    def similar(self, shop: str, product_id: str, *, k: int) -> list[Recommended]:
        """Products that could take the place of one, best first: of its kind, with the same words, near its price."""
        shelf = self._shelf(shop)
        if shelf is None or product_id not in shelf.at:
            return []
        scores = shelf.alike(product_id)
        return [Recommended(shelf.ids[at], float(scores[at]), "like") for at in _best(scores, k)]

    def together(self, shop: str, product_id: str, *, k: int) -> list[Recommended]:
        """Products that go with one, best first: bought with it, or told by the catalogue; never of its own kind."""
        shelf = self._shelf(shop)
        if shelf is None or product_id not in shelf.at:
            return []
        purchases = self._book.of(shop)
        bought, buyers = _bought(shelf, purchases, product_id)
        scores = BOUGHT * bought + shelf.goes_with(product_id, _shelves_sold(shelf, purchases, product_id))
        scores[shelf.kind == shelf.kind[shelf.at[product_id]]] = 0.0
        scores[~shelf.sold] *= 0.1  # what is out of stock comes last
        return [
            Recommended(shelf.ids[at], float(scores[at]), "bought" if buyers[at] >= BOUGHT_BY else "goes")
            for at in _best(scores, k)
        ]

    def _shelf(self, shop: str) -> "_Shelf | None":
        version = self._versions.active(shop)
        if version is None:
            return None
        held = self._shelves.get(shop)
        if held is None or held[0] != version:
            held = (version, _Shelf(self._catalog.all(shop, language=LANGUAGE)))
            self._shelves[shop] = held
        return held[1]


class _Shelf:
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
        scores = SPOKEN_OF * spoken + SAME_SHELF * same + SAME_SHELF_SOLD * shelves * (1 - same) + WORDS * words
        scores[at] = 0.0
        return np.asarray(scores)

    def _speak(self, one: int, other: int) -> bool:
        """Whether one's words hold the other's kind of thing."""
        return str(self.kind[one]) in self._words[other] or str(self.kind[other]) in self._words[one]


def _bought(shelf: _Shelf, purchases: Purchases, product_id: str) -> tuple[np.ndarray, np.ndarray]:
    """The shrunk cosine with each product on the shelf, and how many buyers both have."""
    scores, buyers = np.zeros(len(shelf.ids)), np.zeros(len(shelf.ids))
    cosine, beside = shrunk_cosine(purchases, product_id), purchases.beside(product_id)
    for other in np.flatnonzero(beside):
        at = shelf.at.get(purchases.products[int(other)])
        if at is not None:
            scores[at], buyers[at] = cosine[int(other)], beside[int(other)]
    return scores, buyers


def _shelves_sold(shelf: _Shelf, purchases: Purchases, product_id: str) -> dict[str, float]:
    """How often each other category is bought by who bought from the product's, 0 to 1."""
    mine = shelf.category[shelf.at[product_id]]
    category = np.array(
        [str(shelf.category[shelf.at[one]]) if one in shelf.at else "" for one in purchases.products], dtype=object
    )
    buyers = {int(buyer) for buyer, product in purchases.pairs if category[product] == mine}
    found: dict[str, set[int]] = {}
    for buyer, product in purchases.pairs:
        if int(buyer) in buyers and category[product] not in ("", mine):
            found.setdefault(str(category[product]), set()).add(int(buyer))
    most = max((len(theirs) for theirs in found.values()), default=1)
    return {name: len(theirs) / most for name, theirs in found.items()}


def _best(scores: np.ndarray, k: int) -> list[int]:
    return [int(at) for at in np.argsort(-scores, kind="stable")[:k] if scores[at] > 0]


def _kind(title: str) -> str:
    """What a name ends in: the kind of thing."""
    words = [word for word in tokenize(_BESIDE_NAME.sub("", title)) if not any(map(str.isdigit, word))]
    return words[-1] if words else ""


def _text(product: CatalogProduct) -> str:
    attributes = " ".join(str(value) for value in product.attributes.values())
    return f"{product.title} {product.title} {product.category} {product.brand} {attributes} {product.description}"
