"""Rules about single items: which may change, come back or be exchanged, until when, and for what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from knowledge.order_policy import ExchangePolicy, ReturnPolicy
from knowledge.orders.changes import ChangeItems, ExchangeItems, ReturnItems, Swaps
from knowledge.orders.effects import price_difference, worth_of
from knowledge.orders.facts import Facts, paid_with, pieces, pieces_left
from knowledge.orders.refusals import Refusal
from knowledge.orders.state_rules import Refusals, method_refusals, state_refusals
from knowledge.orders.views import Choice, OrderLineView


@dataclass(frozen=True)
class Returnable:
    """One line of an order and whether it may still come back.

    Attributes:
        pieces: how many are not on their way back yet.
        until: the last day; None when there is no end or it cannot be told.
        refusal: the rule that says no; None when it may come back.
    """

    line: OrderLineView
    pieces: int
    until: date | None
    refusal: Refusal | None


def returnable(facts: Facts) -> tuple[Returnable, ...]:
    """What of the order may be returned until when, line by line."""
    order, policy = facts.known_order(), facts.policy.returns
    left = pieces_left(order)
    return tuple(
        Returnable(
            line,
            max(0, min(line.quantity, left[line.item_id])),
            _last_day(policy, facts) if policy else None,
            next(_going_back("return", policy, (line.item_id,), facts), None),
        )
        for line in order.lines
    )


def items_refusals(change: ChangeItems, facts: Facts) -> Refusals:
    """Rules for other items in an order that was not sent."""
    policy, order = facts.policy.change_items, facts.known_order()
    yield from state_refusals("items", policy, facts)
    if policy and policy.within_minutes is not None:
        in_time = timedelta(minutes=policy.within_minutes)
        if order.placed_at is None or facts.now - order.placed_at > in_time:
            yield Refusal("items.too_late", {"minutes": str(policy.within_minutes)})
    yield from _not_in_order([old for old, _ in change.swaps], pieces(order))
    yield from _swap_refusals(change.swaps, facts)
    yield from method_refusals(change.payment_method_id, price_difference(change.swaps, facts), facts)


def return_refusals(change: ReturnItems, facts: Facts) -> Refusals:
    """Rules for delivered items that come back for money."""
    policy = facts.policy.returns
    yield from _going_back("return", policy, change.item_ids, facts)
    method = facts.known_customer().method(change.payment_method_id)
    if method is None:
        yield Refusal("payment.unknown_method")
        return
    allowed = policy.refund_to if policy else ()
    original = "original" in allowed and worth_of(change.item_ids, facts) <= _still_paid(method.method_id, facts)
    if not original and method.kind not in allowed:
        yield Refusal("return.refund_target", {"method": method.label, "allowed": "; ".join(allowed)})


def _still_paid(method_id: str, facts: Facts) -> Decimal:
    """What the method has paid for the order and is not promised back: no more than that was there can go back."""
    order = facts.known_order()
    promised = (one.refund for one in order.returned if one.payment_method_id == method_id)
    return paid_with(order).get(method_id, Decimal(0)) - sum(promised, Decimal(0))


def exchange_refusals(change: ExchangeItems, facts: Facts) -> Refusals:
    """Rules for delivered items that come back for others."""
    policy, order = facts.policy.exchanges, facts.known_order()
    yield from _going_back("exchange", policy, [old for old, _ in change.swaps], facts)
    if policy and not policy.area.has(order.address.country, order.address.region):
        yield Refusal("exchange.area", {"country": order.address.country, "region": order.address.region})
    yield from _swap_refusals(change.swaps, facts)
    if policy:
        yield from _other_options(policy, change.swaps, facts)
    yield from method_refusals(change.payment_method_id, price_difference(change.swaps, facts), facts)


def _going_back(
    kind: str, policy: ReturnPolicy | ExchangePolicy | None, item_ids: Sequence[str], facts: Facts
) -> Refusals:
    order = facts.known_order()
    yield from state_refusals(kind, policy, facts)
    assert policy is not None  # or the rule above has said no
    if policy.once and (order.returned or order.exchanged):
        yield Refusal(f"{kind}.once")
    yield from _not_in_order(item_ids, pieces(order))
    for refusal in _not_in_order(item_ids, pieces_left(order)):
        yield Refusal(f"{kind}.already", refusal.values)
    yield from _too_late(kind, policy, facts)
    for line in order.lines:
        if line.item_id in item_ids and (mark := next((m for m in line.marks if m in policy.never), None)):
            yield Refusal(f"{kind}.never", {**_named(line), "mark": mark})


def _too_late(kind: str, policy: ReturnPolicy | ExchangePolicy, facts: Facts) -> Refusals:
    if policy.days is None:
        return
    until = _last_day(policy, facts)
    if until is None:
        yield Refusal(f"{kind}.delivery_unknown")
    elif facts.now.date() > until:
        yield Refusal(f"{kind}.too_late", {"until": until.isoformat()})


def _last_day(policy: ReturnPolicy | ExchangePolicy, facts: Facts) -> date | None:
    order = facts.known_order()
    if isinstance(policy, ExchangePolicy):
        return policy.last_day(order.delivered_on)
    return policy.last_day(order.placed_on, order.delivered_on, facts.known_customer().tier)


def _not_in_order(item_ids: Sequence[str], there: Counter[str]) -> Refusals:
    if not item_ids:
        yield Refusal("item.none")
    for item_id, count in Counter(item_ids).items():
        if count > there[item_id]:
            yield Refusal("item.not_in_order", {"item": item_id, "pieces": str(max(0, there[item_id]))})


def _swap_refusals(swaps: Swaps, facts: Facts) -> Refusals:
    """Rules for the new items; the old ones are in the order."""
    for old, new in swaps:
        line = facts.line(old)
        choice = facts.choice(line, new)
        if old == new:
            yield Refusal("item.same", _named(line))
        elif choice is None:
            yield Refusal("item.other_product", {**_named(line), "new": new})
        elif not choice.available or choice.price is None:
            yield Refusal("item.unavailable", {**_named(line), "new": new, "options": _told(choice)})


def _other_options(policy: ExchangePolicy, swaps: Swaps, facts: Facts) -> Refusals:
    for old, new in swaps:
        line = facts.line(old)
        allowed = {policy.only_option[mark] for mark in line.marks if mark in policy.only_option}
        if allowed and not _differing(line, facts.choice(line, old), facts.choice(line, new)) <= allowed:
            yield Refusal("exchange.only_option", {**_named(line), "option": "; ".join(sorted(allowed))})


def _differing(line: OrderLineView, old: Choice | None, new: Choice | None) -> set[str]:
    before, after = (old.options if old else line.options), (new.options if new else {})
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def _named(line: OrderLineView) -> dict[str, str]:
    return {"item": line.item_id, "title": line.title, "title_zh": line.title_zh}


def _told(choice: Choice) -> str:
    return "; ".join(choice.options.values())
