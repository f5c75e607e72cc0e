"""Recommendations: products like one, and products that go with it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from sqlalchemy import Engine

from knowledge.catalog import Catalog
from knowledge.recommendations.likeness import Likeness, together
from knowledge.recommendations.purchases import PurchaseBook
from knowledge.versions import KnowledgeVersions

LANGUAGE = "en"  # of the rows that are compared, where a product has it: all are to be in one
GOES_FROM = 0.75  # of the score: below it nothing but a word or a shelf in common speaks for two products
BOUGHT_BY = 2  # buyers in common, from which "bought together" is said


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
        self._held: dict[str, tuple[int, Likeness]] = {}

    def warm(self, shop: str) -> None:
        """Read the shop's catalogue and orders."""
        self._likeness(shop)
        self._book.of(shop)

    def similar(self, shop: str, product_id: str, *, k: int) -> list[Recommended]:
        """Products that could take the place of one, best first: of its kind, with the same words, near its price."""
        likeness = self._likeness(shop)
        if likeness is None or product_id not in likeness.at:
            return []
        scores = likeness.alike(product_id)
        return [Recommended(likeness.ids[at], float(scores[at]), "like") for at in _best(scores, k)]

    def together(self, shop: str, product_id: str, *, k: int) -> list[Recommended]:
        """Products that go with one, best first: bought with it, or told by the catalogue; never of its own kind.

        Few or none where neither tells much: a tent is no company for a school bag.
        """
        likeness = self._likeness(shop)
        if likeness is None or product_id not in likeness.at:
            return []
        purchases = self._book.of(shop)
        scores, beside = together(likeness, purchases, product_id), purchases.beside(product_id)
        bought = {one for one, buyers in zip(purchases.products, beside, strict=True) if buyers >= BOUGHT_BY}
        ids = [(likeness.ids[at], float(scores[at])) for at in _best(scores, k) if scores[at] >= GOES_FROM]
        return [Recommended(one, score, "bought" if one in bought else "goes") for one, score in ids]

    def _likeness(self, shop: str) -> Likeness | None:
        version = self._versions.active(shop)
        if version is None:
            return None
        held = self._held.get(shop)
        if held is None or held[0] != version:
            held = (version, Likeness(self._catalog.all(shop, language=LANGUAGE)))
            self._held[shop] = held
        return held[1]


def _best(scores: np.ndarray, k: int) -> list[int]:
    return [int(at) for at in np.argsort(-scores, kind="stable")[:k] if scores[at] > 0]
