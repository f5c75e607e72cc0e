"""What rules about orders share: the state an order must be in, and the payment method a customer must have."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

from knowledge.orders.facts import BALANCED, Facts
from knowledge.orders.refusals import Refusal

Refusals = Iterator[Refusal]
"""Rules that say no, the first one first; what comes after one may count on it."""


class HasStates(Protocol):
    """A section of the policy that names the states of an order it holds for."""

    @property
    def states(self) -> tuple[str, ...]:
        """These."""
        ...


def state_refusals(kind: str, policy: HasStates | None, facts: Facts) -> Refusals:
    """Whether the policy offers such a change, to an order as it is.

    Args:
        kind: of the change; the rules are named after it.
        policy: what it says about them; None: nothing.
        facts: about the order.
    """
    order = facts.known_order()
    if policy is None:
        yield Refusal(f"{kind}.not_offered")
        return
    if order.status not in policy.states:
        yield Refusal(f"{kind}.state", {"state": order.status, "allowed": "; ".join(policy.states)})
    if order.items_changed and facts.policy.items_are_final and kind in ("cancel", "address", "payment", "items"):
        yield Refusal("items.once" if kind == "items" else f"{kind}.items_changed")


def method_refusals(method_id: str, to_pay: Decimal, facts: Facts) -> Refusals:
    """Whether the customer has that payment method, and enough on it where it holds an amount."""
    method = facts.known_customer().method(method_id)
    if method is None:
        yield Refusal("payment.unknown_method")
    elif method.kind in BALANCED and (method.balance or Decimal(0)) < to_pay:
        balance = str(method.balance or Decimal(0))
        yield Refusal(
            "payment.balance",
            {"balance": balance, "needed": str(to_pay), "currency": facts.money, "method": method.label},
        )
