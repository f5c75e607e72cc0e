"""Facts: what is stored at one moment about everything that a change touches."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from knowledge.order_policy import OrderPolicy
from knowledge.orders.changes import Change, ChangeItems, ExchangeItems
from knowledge.orders.views import Choice, CustomerView, OrderLineView, OrderView, PaymentMethod

BALANCED = ("gift_card", "store_credit")
"""Payment methods that hold an amount: they cannot pay more, and get money back at once."""


@dataclass(frozen=True)
class Facts:
    """What rules and effects look at.

    Attributes:
        customer, order: None when there is no such; the order also when it is somebody else's.
        choices: of each product whose items are swapped.
        now: in the shop's time zone.
        currency: the shop's own, for orders that name none.
    """

    policy: OrderPolicy
    now: datetime
    customer: CustomerView | None
    order: OrderView | None = None
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    currency: str = ""

    def known_customer(self) -> CustomerView:
        """The customer, of a change that passed the rules."""
        assert self.customer is not None
        return self.customer

    def known_order(self) -> OrderView:
        """The order, of a change to one that passed the rules."""
        assert self.order is not None
        return self.order

    @property
    def money(self) -> str:
        """The currency of the order's amounts."""
        return self.order.currency or self.currency if self.order else self.currency

    def line(self, item_id: str) -> OrderLineView:
        """The line with that item, of an order that has it."""
        line = self.known_order().line_of(item_id)
        assert line is not None
        return line

    def choice(self, line: OrderLineView, item_id: str) -> Choice | None:
        """The item among those of the line's product."""
        return next((choice for choice in self.choices.get(line.product_id, ()) if choice.item_id == item_id), None)

    def method(self, method_id: str) -> PaymentMethod:
        """A payment method of the customer; one that they no longer have is `other`."""
        return self.known_customer().method(method_id) or PaymentMethod(method_id, "other")


def swapped_products(change: Change, order: OrderView | None) -> tuple[str, ...]:
    """The products whose choices the change needs."""
    if order is None or not isinstance(change, ChangeItems | ExchangeItems):
        return ()
    lines = (order.line_of(old) for old, _ in change.swaps)
    return tuple(dict.fromkeys(line.product_id for line in lines if line))


def paid_with(order: OrderView) -> dict[str, Decimal]:
    """What each payment method has paid for the order, less what went back to it; only those above zero."""
    paid: dict[str, Decimal] = {}
    for payment in order.payments:
        amount = payment.amount if payment.kind == "payment" else -payment.amount
        paid[payment.method_id] = paid.get(payment.method_id, Decimal(0)) + amount
    return {method_id: amount for method_id, amount in paid.items() if amount > 0}


def pieces(order: OrderView) -> Counter[str]:
    """How many pieces of each item were ordered."""
    counted: Counter[str] = Counter()
    for line in order.lines:
        counted[line.item_id] += line.quantity
    return counted


def pieces_left(order: OrderView) -> Counter[str]:
    """How many pieces of each item are with the customer and not on their way back."""
    counted = pieces(order)
    for returned in order.returned:
        counted.subtract(returned.item_ids)
    for exchanged in order.exchanged:
        counted.subtract(old for old, _ in exchanged.swaps)
    return counted
