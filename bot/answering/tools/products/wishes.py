"""Wish: what a shopper wants of products as far as rows can tell, and how a later message changes it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.answering.tools.products.aspects import Aspect, Way
from bot.answering.tools.products.kinds import Kind
from bot.answering.tools.products.limits import Limit, MeasureLimit, OptionLimit, PriceLimit
from knowledge.catalog import CatalogProduct

OLDER = 0.5  # of a limit's weight, where a later message leaves it standing


@dataclass(frozen=True)
class Order:
    """By which number products are put in order.

    Attributes:
        way: less of it first, or more.
        one: a single best is asked for: "the lightest".
    """

    aspect: Aspect
    way: Way
    one: bool = False


@dataclass(frozen=True)
class Relative:
    """A wish held against products that were shown: "cheaper", "a bigger one"."""

    aspect: Aspect
    way: Way
    said: str

    def against(self, products: Sequence[CatalogProduct], *, among: Sequence[CatalogProduct] = ()) -> Limit | None:
        """The limit that it means, beside these products.

        With several, it is to be beyond all of them, or beyond the first where nothing among the others is.

        Returns:
            None where none of the products states the number.
        """
        stated = [min(values, key=lambda one: one.value) for one in products if (values := self.aspect.values(one))]
        if not stated:
            return None
        numbers = [one.value for one in stated]
        ends = dict.fromkeys([min(numbers) if self.way == "less" else max(numbers), numbers[0]])
        limits = [self._limit(value, stated[0].dimension, products[0].currency) for value in ends]
        return next((limit for limit in limits if any(limit.miss(one) == 0 for one in among)), limits[0])

    def _limit(self, value: float, dimension: str, currency: str) -> Limit:
        low, high = (None, value) if self.way == "less" else (value, None)
        if self.aspect.name == "price":
            prices = [None if bound is None else Decimal(str(bound)) for bound in (low, high)]
            return PriceLimit(prices[0], prices[1], currency, self.said, strict=True)
        return MeasureLimit(self.aspect, low, high, dimension, self.said, strict=True)


@dataclass(frozen=True)
class Wish:
    """What is wanted.

    Attributes:
        kind: of thing; None: any.
        limits: what each product must have.
        order: what comes first; None: what the words fit best.
        relative: beside what was shown.
        foreign: a price was named in a currency that the shop does not use.
        rest: content words that none of this was read from.
        older: slots of limits that an earlier message brought.
    """

    text: str
    kind: Kind | None = None
    limits: tuple[Limit, ...] = ()
    order: Order | None = None
    relative: Relative | None = None
    foreign: bool = False
    rest: tuple[str, ...] = ()
    older: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing that rows can tell is wished for beside a kind."""
        return not (self.limits or self.order or self.relative or self.foreign)

    def weight(self, limit: Limit) -> float:
        """How much a limit counts: what was wished for last, more."""
        return OLDER if limit.slot in self.older else 1.0

    def refined(self, later: "Wish") -> "Wish":
        """This wish with what a later message adds; on the same thing, the later one counts."""
        slots = {limit.slot for limit in later.limits}
        kept = tuple(limit for limit in self.limits if limit.slot not in slots)
        return replace(
            later,
            kind=later.kind or self.kind,
            limits=(*kept, *(_both(self.limits, limit) for limit in later.limits)),
            order=later.order or self.order,
            foreign=later.foreign or self.foreign,
            rest=tuple(dict.fromkeys((*self.rest, *later.rest))),
            older=frozenset(limit.slot for limit in kept),
        )

    def with_limit(self, limit: Limit) -> "Wish":
        """The wish with one more limit."""
        kept = tuple(one for one in self.limits if one.slot != limit.slot)
        return replace(self, limits=(*kept, limit), older=self.older - {limit.slot})


def _both(before: Sequence[Limit], later: Limit) -> Limit:
    """A limit on colour or size together with an earlier one on the other."""
    earlier = next((limit for limit in before if isinstance(limit, OptionLimit)), None)
    return earlier.also(later) if earlier and isinstance(later, OptionLimit) else later
