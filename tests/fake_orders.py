"""An order backend in memory, by the same rules as any."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from knowledge.orders import (
    Applied,
    Change,
    ChangeCustomerAddress,
    Choice,
    CustomerView,
    Effects,
    OrderView,
    Refusal,
    check,
)
from knowledge.orders.effects import effects_of
from knowledge.orders.outcome import outcome_of
from knowledge.orders.reading import facts_of
from knowledge.profile import ShopProfile
from tests.order_shop import CHOICES, SHOP


class FakeOrders:
    def __init__(
        self,
        customers: Iterable[CustomerView],
        orders: Iterable[OrderView],
        profile: ShopProfile,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self.customers = {customer.customer_id: customer for customer in customers}
        self.orders = {order.order_number.lower(): order for order in orders}
        self.done: dict[str, Applied] = {}
        self._profile, self._now = profile, now

    def customer(self, shop: str, customer_id: str) -> CustomerView | None:
        return self.customers.get(customer_id) if shop == SHOP else None

    def customer_by_email(self, shop: str, email: str) -> CustomerView | None:
        found = (one for one in self.customers.values() if one.email == email.strip().lower() and shop == SHOP)
        return next(found, None)

    def customer_by_name(self, shop: str, first: str, last: str, postcode: str) -> CustomerView | None:
        def plain(text: str) -> str:
            return "".join(text.casefold().split())

        found = [
            one
            for one in self.customers.values()
            if plain(one.name) in (plain(first + last), plain(last + first))
            and plain(one.address.postcode) == plain(postcode)
        ]
        return found[0] if len(found) == 1 and shop == SHOP else None

    def order(self, shop: str, order_number: str) -> OrderView | None:
        return self.orders.get(order_number.strip().lower().removeprefix("#")) if shop == SHOP else None

    def orders_of(self, shop: str, customer_id: str) -> tuple[OrderView, ...]:
        theirs = [one for one in self.orders.values() if one.customer_id == customer_id and shop == SHOP]
        return tuple(sorted(theirs, key=lambda one: one.placed_on, reverse=True))

    def choices(self, shop: str, product_id: str, *, language: str = "en") -> tuple[Choice, ...]:
        return CHOICES.get(product_id, ()) if shop == SHOP else ()

    def apply(self, shop: str, change: Change, *, key: str, expected: Effects | None = None) -> Applied | Refusal:
        if key in self.done:
            return self.done[key]
        facts = facts_of(self, shop, change, profile=self._profile, now=self._now())
        if refusal := check(change, facts):
            return refusal
        effects = effects_of(change, facts)
        if expected is not None and not effects.same_deal(expected):
            return Refusal("order.moved_on")
        outcome = outcome_of(change, facts, effects)
        self.customers[outcome.customer.customer_id] = outcome.customer
        order = None if isinstance(change, ChangeCustomerAddress) else outcome.order
        if order:
            order = replace(order, revision=str(int(order.revision or 0) + 1))
            self.orders[order.order_number.lower()] = order
        self.done[key] = Applied(key, effects, outcome.customer, order)
        return self.done[key]

    def applied(self, shop: str, key: str) -> Applied | None:
        return self.done.get(key) if shop == SHOP else None
