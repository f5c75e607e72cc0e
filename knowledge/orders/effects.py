"""Effects: what a change does to the order, the customer and the money, before anybody writes it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
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
    Swaps,
)
from knowledge.orders.facts import BALANCED, Facts, paid_with
from knowledge.orders.views import Address, OrderLineView, PaymentMethod

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class MoneyMove:
    """Money that the change moves.

    Attributes:
        amount: above zero the customer gets it, below zero they pay it.
        business_days: until it has arrived, at most, for a return or exchange counted from the parcel's arrival;
            0 means at once.
    """

    method: PaymentMethod
    amount: Decimal
    business_days: int = 0


@dataclass(frozen=True)
class SwappedItem:
    """One piece that becomes another."""

    title: str
    title_zh: str
    old_item_id: str
    old_options: Mapping[str, str]
    old_price: Decimal
    new_item_id: str
    new_options: Mapping[str, str]
    new_price: Decimal


@dataclass(frozen=True)
class Effects:
    """What a change does, for the words that ask the shopper to confirm it.

    Attributes:
        currency: of every amount.
        moves: of money, at once or later.
        fee: taken off the refund; already in `moves`.
        swapped: of a change or exchange of items.
        returned: the lines that go back, with the quantity that goes back.
        address: the new one; None when it stays.
    """

    currency: str
    moves: tuple[MoneyMove, ...] = ()
    fee: Decimal = Decimal(0)
    swapped: tuple[SwappedItem, ...] = ()
    returned: tuple[OrderLineView, ...] = ()
    address: Address | None = None

    @property
    def balance(self) -> Decimal:
        """What the customer gets in all (above zero) or pays (below zero)."""
        return sum((move.amount for move in self.moves), Decimal(0))

    def same_deal(self, other: "Effects") -> bool:
        """Whether who agreed to one has agreed to the other: the same money, items and address."""
        return self._deal() == other._deal()

    def _deal(self) -> object:
        return (
            self.currency,
            [(move.method.method_id, move.amount) for move in self.moves],
            [(swap.old_item_id, swap.old_price, swap.new_item_id, swap.new_price) for swap in self.swapped],
            [(line.item_id, line.quantity, line.unit_price) for line in self.returned],
            self.address,
        )


def effects_of(change: Change, facts: Facts) -> Effects:
    """What a change does that no rule refuses."""
    effects = Effects(currency=facts.money)
    match change:
        case CancelOrder():
            return replace(effects, moves=_cancelled(facts))
        case ChangeAddress() | ChangeCustomerAddress():
            return replace(effects, address=change.address)
        case ChangePayment():
            return replace(effects, moves=_paid_otherwise(change, facts))
        case ChangeItems():
            days = facts.policy.change_items.refund_business_days if facts.policy.change_items else 0
            return _swapped(change, facts, days=days, effects=effects)
        case ExchangeItems():
            days = facts.policy.exchanges.refund_business_days if facts.policy.exchanges else 0
            return _swapped(change, facts, days=days, effects=effects)
        case ReturnItems():
            return _returned(change, facts, effects)
        case _:
            assert_never(change)


def price_difference(swaps: Swaps, facts: Facts) -> Decimal:
    """What the new items cost more than was paid for the old ones; a new item without price counts as no difference."""
    difference = Decimal(0)
    for old, new in swaps:
        line = facts.line(old)
        choice = facts.choice(line, new)
        if choice and choice.price is not None:
            difference += choice.price - line.unit_price
    return difference


def worth_of(item_ids: Sequence[str], facts: Facts) -> Decimal:
    """What was paid for these pieces: their prices, or their share where the order cost less than its lines."""
    order = facts.known_order()
    worth = sum((facts.line(item_id).unit_price for item_id in item_ids), Decimal(0))
    goods = sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))
    if order.total >= goods:
        return worth
    return (worth * order.total / goods).quantize(_CENT, ROUND_DOWN)


def _cancelled(facts: Facts) -> tuple[MoneyMove, ...]:
    days = facts.policy.cancel.refund_business_days if facts.policy.cancel else 0
    paid = paid_with(facts.known_order())
    return tuple(_move(facts.method(method_id), amount, days) for method_id, amount in paid.items())


def _paid_otherwise(change: ChangePayment, facts: Facts) -> tuple[MoneyMove, ...]:
    days = facts.policy.change_payment.refund_business_days if facts.policy.change_payment else 0
    before = facts.known_order().payments[0]
    new = MoneyMove(facts.method(change.payment_method_id), -before.amount)
    return new, _move(facts.method(before.method_id), before.amount, days)


def _swapped(change: ChangeItems | ExchangeItems, facts: Facts, *, days: int, effects: Effects) -> Effects:
    difference = price_difference(change.swaps, facts)
    method = facts.method(change.payment_method_id)
    # For an exchange the money moves when the parcel has arrived, in both directions.
    move = _move(method, -difference, days) if isinstance(change, ChangeItems) else MoneyMove(method, -difference, days)
    return replace(effects, moves=(move,), swapped=tuple(_swap(old, new, facts) for old, new in change.swaps))


def _swap(old: str, new: str, facts: Facts) -> SwappedItem:
    line = facts.line(old)
    choice, before = facts.choice(line, new), facts.choice(line, old)
    assert choice is not None  # the rules have seen it
    assert choice.price is not None
    return SwappedItem(
        title=line.title,
        title_zh=line.title_zh,
        old_item_id=old,
        old_options=line.options or (before.options if before else {}),
        old_price=line.unit_price,
        new_item_id=new,
        new_options=choice.options,
        new_price=choice.price,
    )


def _returned(change: ReturnItems, facts: Facts, effects: Effects) -> Effects:
    policy = facts.policy.returns
    assert policy is not None  # the rules have seen it
    lines = tuple(replace(facts.line(item_id), quantity=count) for item_id, count in Counter(change.item_ids).items())
    worth = worth_of(change.item_ids, facts)
    method, sent_to = facts.method(change.payment_method_id), facts.known_order().address
    free = method.kind in policy.fee_free_to or not policy.fee_area.has(sent_to.country, sent_to.region)
    fee = Decimal(0) if free else min(policy.fee, worth)
    move = MoneyMove(method, worth - fee, policy.refund_business_days)
    return replace(effects, moves=(move,), fee=fee, returned=lines)


def _move(method: PaymentMethod, amount: Decimal, days: int) -> MoneyMove:
    """Money that moves now: only a refund to something other than a gift card takes days."""
    at_once = amount <= 0 or method.kind in BALANCED
    return MoneyMove(method, amount, 0 if at_once else days)
