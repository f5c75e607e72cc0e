"""Purchases: who bought which products, as a matrix, and the orders that it is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Engine, Row, Select, func, select
from sqlmodel import col

from knowledge.tables import Order, OrderLine

NOT_BOUGHT = ("cancelled",)


@dataclass(frozen=True)
class Purchase:
    """One product in one buyer's orders; `place` orders what a buyer bought in time."""

    buyer: str
    product_id: str
    place: str


class Purchases:
    """Which buyer has which products.

    Args:
        bought: in any order; a product counts once a buyer.
        others: products that nobody bought, to be told of too.
    """

    def __init__(self, bought: Iterable[Purchase], *, others: Iterable[str] = ()) -> None:
        listed = list(bought)
        self.buyers = sorted({one.buyer for one in listed})
        self.products = sorted({*(one.product_id for one in listed), *others})
        buyer_at = {buyer: at for at, buyer in enumerate(self.buyers)}
        self.product_at = {product: at for at, product in enumerate(self.products)}
        pairs = {(buyer_at[one.buyer], self.product_at[one.product_id]) for one in listed}
        self.pairs = np.array(sorted(pairs), dtype=np.intp).reshape(-1, 2)  # (n_pairs, 2): buyer, product

    @property
    def counts(self) -> np.ndarray:
        """How many buyers each product has, (n_products,), float64."""
        return np.bincount(self.pairs[:, 1], minlength=len(self.products)).astype(float)

    def matrix(self) -> np.ndarray:
        """Buyers by products, (n_buyers, n_products), float64: 1 where bought. For small shops and for measuring."""
        made = np.zeros((len(self.buyers), len(self.products)))
        made[self.pairs[:, 0], self.pairs[:, 1]] = 1.0
        return made

    def beside(self, product_id: str) -> np.ndarray:
        """How many buyers of a product have each other one too, (n_products,), float64."""
        at = self.product_at.get(product_id)
        if at is None:
            return np.zeros(len(self.products))
        theirs = self.pairs[np.isin(self.pairs[:, 0], self.pairs[self.pairs[:, 1] == at, 0]), 1]
        together = np.bincount(theirs, minlength=len(self.products)).astype(float)
        together[at] = 0.0
        return together


class PurchaseBook:
    """The purchases of each shop as they are now."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: dict[str, tuple[tuple[int, date | None], Purchases]] = {}

    def of(self, shop: str) -> Purchases:
        """The shop's; read again when orders have come."""
        with self._engine.connect() as connection:
            known = connection.execute(
                select(func.count(), func.max(col(Order.placed_on))).where(col(Order.shop) == shop)
            ).one()
            state = (int(known[0]), known[1])
            held = self._held.get(shop)
            if held is None or held[0] != state:
                held = (state, Purchases(_read(connection.execute(_lines(shop)).all())))
                self._held[shop] = held
        return held[1]


def _lines(shop: str) -> Select[*tuple[Any, ...]]:
    same = (col(Order.shop) == col(OrderLine.shop)) & (col(Order.order_number) == col(OrderLine.order_number))
    return (
        select(
            col(Order.customer_id),
            col(Order.email),
            col(Order.placed_on),
            col(Order.order_number),
            col(OrderLine.product_id),
        )
        .join(OrderLine, same)
        .where(col(Order.shop) == shop, col(Order.status).not_in(NOT_BOUGHT))
    )


def _read(lines: Sequence[Row[*tuple[Any, ...]]]) -> list[Purchase]:
    return [
        Purchase(line.customer_id or line.email, line.product_id, f"{line.placed_on.isoformat()} {line.order_number}")
        for line in lines
    ]
