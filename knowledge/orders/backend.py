"""OrderBackend: the port to whoever keeps a shop's customers and orders."""

from dataclasses import dataclass
from typing import Protocol

from knowledge.orders.changes import Change
from knowledge.orders.effects import Effects
from knowledge.orders.refusals import Refusal
from knowledge.orders.views import Choice, CustomerView, OrderView


@dataclass(frozen=True)
class Applied:
    """A change that was written.

    Attributes:
        key: the key it was written under.
        order: as it is now; None for a change that concerns no order.
        customer: as they are now.
    """

    key: str
    effects: Effects
    customer: CustomerView
    order: OrderView | None = None


class OrderBackend(Protocol):
    """Who keeps customers and orders.

    Every method may raise `OrderBackendError` when it cannot be reached or its answer cannot be used.
    """

    def customer(self, shop: str, customer_id: str) -> CustomerView | None:
        """The customer with that id."""
        ...

    def customer_by_email(self, shop: str, email: str) -> CustomerView | None:
        """The customer with that e-mail address, without regard to case."""
        ...

    def customer_by_name(self, shop: str, first: str, last: str, postcode: str) -> CustomerView | None:
        """The only customer with that name and postcode, without regard to case; None also when there are several."""
        ...

    def order(self, shop: str, order_number: str) -> OrderView | None:
        """The order with that number, without regard to case and to a leading `#`."""
        ...

    def orders_of(self, shop: str, customer_id: str) -> tuple[OrderView, ...]:
        """Every order of a customer, the latest first."""
        ...

    def choices(self, shop: str, product_id: str, *, language: str = "en") -> tuple[Choice, ...]:
        """What the product can be bought as at present; empty when the shop sells no such product."""
        ...

    def apply(self, shop: str, change: Change, *, key: str, expected: Effects | None = None) -> Applied | Refusal:
        """Write the whole change or nothing, at most once for each key.

        The policy is asked about what is stored at that moment, and so are the effects. With a key that was applied
        before, nothing is written and that answer comes again.

        Args:
            shop: whose.
            change: what to do.
            key: of this change, chosen by the caller; the same again when it is not sure that it came through.
            expected: what the customer agreed to; when it would be otherwise by now, the change is refused.
        """
        ...

    def applied(self, shop: str, key: str) -> Applied | None:
        """What was written under that key; None when nothing was."""
        ...
