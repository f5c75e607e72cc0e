"""Rules: whether a shop's policy lets a change happen, and if not, which rule says no."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple
from typing import Any

from knowledge.orders.changes import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeCustomerAddress,
    ChangeItems,
    ChangePayment,
    ExchangeItems,
    ReturnItems,
)
from knowledge.orders.facts import Facts
from knowledge.orders.item_rules import exchange_refusals, items_refusals, return_refusals
from knowledge.orders.refusals import Refusal
from knowledge.orders.state_rules import Refusals, method_refusals, state_refusals
from knowledge.orders.views import Address

LONGEST_PART = 200
"""Characters of one part of an address."""

_NEEDED_PARTS = ("line1", "city", "country")


def check(change: Change, facts: Facts) -> Refusal | None:
    """The first rule that says no to the change; None when it may happen.

    Args:
        change: what the customer asks for.
        facts: about the change's own customer and order.
    """
    if facts.customer is None or facts.customer.customer_id != change.customer_id:
        return Refusal("customer.unknown")
    if not isinstance(change, ChangeCustomerAddress):
        order = facts.order
        if order is None or order.customer_id != change.customer_id:
            return Refusal("order.unknown", {"order": change.order_number})
    return next(_refusals(change, facts), None)


def _refusals(change: Change, facts: Facts) -> Iterator[Refusal]:
    rules: Mapping[type, Callable[[Any, Facts], Refusals]] = {
        CancelOrder: _cancel,
        ChangeAddress: _address,
        ChangePayment: _payment,
        ChangeItems: items_refusals,
        ReturnItems: return_refusals,
        ExchangeItems: exchange_refusals,
        ChangeCustomerAddress: _customer_address,
    }
    return rules[type(change)](change, facts)


def _cancel(change: CancelOrder, facts: Facts) -> Refusals:
    policy, order = facts.policy.cancel, facts.known_order()
    yield from state_refusals("cancel", policy, facts)
    assert policy is not None  # or the rule above has said no
    if change.reason not in (policy.reasons or ("",)):
        yield Refusal("cancel.reason", {"reason": change.reason, "allowed": "; ".join(policy.reasons)})
    if facts.now.date() > order.placed_on:
        for line in order.lines:
            if mark := next((mark for mark in line.marks if mark in policy.only_same_day), None):
                yield Refusal("cancel.made_to_order", {"title": line.title, "title_zh": line.title_zh, "mark": mark})


def _address(change: ChangeAddress, facts: Facts) -> Refusals:
    policy, order = facts.policy.change_address, facts.known_order()
    yield from state_refusals("address", policy, facts)
    assert policy is not None  # or the rule above has said no
    yield from _incomplete(change.address)
    if change.address == order.address:
        yield Refusal("address.same")
    if policy.same_country and change.address.country.casefold() != order.address.country.casefold():
        yield Refusal("address.country", {"country": order.address.country, "asked": change.address.country})


def _customer_address(change: ChangeCustomerAddress, facts: Facts) -> Refusals:
    if not facts.policy.change_customer_address:
        yield Refusal("customer_address.not_offered")
    yield from _incomplete(change.address)


def _incomplete(new: Address) -> Refusals:
    missing = [part for part in _NEEDED_PARTS if not getattr(new, part).strip()]
    if missing:
        yield Refusal("address.incomplete", {"missing": "; ".join(missing)})
    if any(len(part) > LONGEST_PART for part in astuple(new)):
        yield Refusal("address.incomplete", {"longest": str(LONGEST_PART)})


def _payment(change: ChangePayment, facts: Facts) -> Refusals:
    order = facts.known_order()
    yield from state_refusals("payment", facts.policy.change_payment, facts)
    if len(order.payments) != 1:
        yield Refusal("payment.several", {"payments": str(len(order.payments))})
    if order.payments[0].method_id == change.payment_method_id:
        yield Refusal("payment.same", {"method": facts.method(change.payment_method_id).label})
    yield from method_refusals(change.payment_method_id, order.payments[0].amount, facts)
