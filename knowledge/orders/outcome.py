"""Outcome: the order and the customer as they are after a change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import assert_never

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
from knowledge.orders.effects import Effects, MoneyMove, SwappedItem
from knowledge.orders.facts import BALANCED, Facts
from knowledge.orders.views import (
    CustomerView,
    ExchangeRequest,
    OrderLineView,
    OrderView,
    Payment,
    PaymentMethod,
    ReturnRequest,
)


@dataclass(frozen=True)
class Outcome:
    """Both as they are afterwards; `order` is None for a change that concerns no order."""

    customer: CustomerView
    order: OrderView | None


def outcome_of(change: Change, facts: Facts, effects: Effects) -> Outcome:
    """What is to be written for a change that no rule refuses."""
    customer = facts.known_customer()
    if isinstance(change, ChangeCustomerAddress):
        return Outcome(replace(customer, address=change.address), facts.order)
    order = facts.known_order()
    match change:
        case CancelOrder():
            order = replace(order, status="cancelled", cancel_reason=change.reason)
        case ChangeAddress():
            order = replace(order, address=change.address, customer_postcode=change.address.postcode)
        case ChangePayment():
            pass
        case ChangeItems():
            lines = with_swaps(order.lines, effects.swapped)
            order = replace(order, lines=lines, items_changed=True, total=order.total - effects.balance)
        case ReturnItems():
            request = ReturnRequest(change.item_ids, change.payment_method_id, effects.balance, facts.now.date())
            return Outcome(customer, replace(order, returned=(*order.returned, request)))
        case ExchangeItems():
            exchange = ExchangeRequest(change.swaps, change.payment_method_id, -effects.balance, facts.now.date())
            return Outcome(customer, replace(order, exchanged=(*order.exchanged, exchange)))
        case _:
            assert_never(change)
    payments = (*order.payments, *map(_payment, effects.moves))
    return Outcome(_with_balances(customer, effects.moves), replace(order, payments=payments))


def with_swaps(lines: Sequence[OrderLineView], swapped: Sequence[SwappedItem]) -> tuple[OrderLineView, ...]:
    """The lines with these pieces in place of others; a piece of several gets a line of its own."""
    changed = list(lines)
    for swap in swapped:
        place = next(at for at, line in enumerate(changed) if line.item_id == swap.old_item_id)
        line = changed[place]
        new = replace(
            line, variant_id=swap.new_item_id, quantity=1, unit_price=swap.new_price, options=swap.new_options
        )
        rest = [replace(line, quantity=line.quantity - 1)] if line.quantity > 1 else []
        changed[place : place + 1] = [*rest, new]
    return tuple(changed)


def _payment(move: MoneyMove) -> Payment:
    return Payment("payment" if move.amount < 0 else "refund", abs(move.amount), move.method.method_id)


def _with_balances(customer: CustomerView, moves: Sequence[MoneyMove]) -> CustomerView:
    def after(method: PaymentMethod) -> PaymentMethod:
        moved = sum((move.amount for move in moves if move.method.method_id == method.method_id), Decimal(0))
        return replace(method, balance=(method.balance or Decimal(0)) + moved) if method.kind in BALANCED else method

    return replace(customer, payment_methods=tuple(map(after, customer.payment_methods)))
