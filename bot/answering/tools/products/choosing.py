"""Choosing: the products that a wish allows, in order; where none does, those that come closest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.answering.tools.products.limits import AgeLimit, Limit
from bot.answering.tools.products.shelf import Shelf
from bot.answering.tools.products.wishes import Order, Wish
from knowledge.catalog import CatalogProduct

CLOSEST = 3
FAR = 1.0  # how far a product is from a limit, from which it does not matter how much farther it is
SOLD_OUT = 0.3  # what it counts that it cannot be bought now
ONE_MORE = 0.6  # what each missed limit counts beside how far it is missed


@dataclass(frozen=True)
class Choice:
    """What was found for a wish.

    Attributes:
        products: all that fit, best first; or the closest ones.
        dropped: limits that the closest ones miss; none where they fit.
    """

    products: tuple[CatalogProduct, ...]
    dropped: tuple[Limit, ...] = ()


def choose(
    wish: Wish, among: Sequence[CatalogProduct], shelf: Shelf, *, places: Mapping[str, int] | None = None
) -> Choice:
    """The products that fit the wish, in its order.

    Args:
        wish: its kind is not looked at.
        among: which to choose from.
        shelf: knows their words.
        places: where search ranked them; what it did not find comes after.
    """
    limits = _hard(wish, among)
    fitting = [product for product in among if all(limit.miss(product) == 0 for limit in limits)]
    if fitting:
        return Choice(tuple(ordered(fitting, wish, shelf, places or {})))
    return _closest(wish, limits, among, places or {})


def ordered(
    products: Sequence[CatalogProduct], wish: Wish, shelf: Shelf, places: Mapping[str, int]
) -> list[CatalogProduct]:
    """Those in the wish's order; what is sold out, and what does not state the number, comes last."""
    words = set(wish.rest) | (set(wish.kind.words) if wish.kind else set())
    soft = [limit for limit in wish.limits if isinstance(limit, AgeLimit)]

    def key(product: CatalogProduct) -> tuple[object, ...]:
        number = _number(product, wish.order) if wish.order else 0.0
        return (
            number is None,
            product.stock == 0 and not (wish.order and wish.order.one),
            sum(limit.miss(product) for limit in soft),
            number or 0.0,
            -len(words & shelf.words(product)),
            places.get(product.product_id, len(places)),
            product.price is None,
            product.price or 0,
        )

    return sorted(products, key=key)


def _number(product: CatalogProduct, order: Order) -> float | None:
    values = [measure.value for measure in order.aspect.values(product)]
    if not values:
        return None
    return min(values) if order.way == "less" else -max(values)


def _hard(wish: Wish, among: Sequence[CatalogProduct]) -> list[Limit]:
    """The limits that count; "for kids" only orders where none of the products says for whom it is."""
    return [
        limit
        for limit in wish.limits
        if not (isinstance(limit, AgeLimit) and limit.years is None and all(limit.miss(one) for one in among))
    ]


def _closest(wish: Wish, limits: Sequence[Limit], among: Sequence[CatalogProduct], places: Mapping[str, int]) -> Choice:
    """Those that miss the least of what was wished for last, all with the same limits missed."""
    if not among:
        return Choice(())

    def missed(product: CatalogProduct) -> list[float]:
        return [limit.miss(product) for limit in limits]

    def cost(product: CatalogProduct) -> tuple[float, int, object]:
        far = sum(
            wish.weight(limit) * (ONE_MORE + min(miss, FAR))
            for limit, miss in zip(limits, missed(product), strict=True)
            if miss
        )
        return (
            far + (SOLD_OUT if product.stock == 0 else 0.0),
            places.get(product.product_id, len(places)),
            product.price or 0,
        )

    ranked = sorted(among, key=cost)
    dropped = tuple(limit for limit, miss in zip(limits, missed(ranked[0]), strict=True) if miss)
    alike = [one for one in ranked if all((limit in dropped) >= bool(limit.miss(one)) for limit in limits)]
    return Choice(tuple(alike[:CLOSEST]), dropped)
