"""OrderCards: an order with its state, its things, where the parcel is and what may be done about it."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import quote

import yaml

from bot.answering.tools.orders.formatting import Names, state_of
from bot.reply import OrderAct, OrderCard, OrderCardLine
from knowledge.order_policy import OrderPolicy
from knowledge.orders import OrderView
from knowledge.orders.item_rules import Returnable

MOST = 5
"""Cards in one reply."""


def order_card(order: OrderView, names: Names, policy: OrderPolicy, going_back: Sequence[Returnable]) -> OrderCard:
    """The card of an order.

    Args:
        order: as it is.
        names: of things in the reader's language.
        policy: of the shop.
        going_back: of each line, whether and until when it may be returned.
    """
    return OrderCard(
        order_number=order.order_number,
        state=state_of(order),
        placed_on=order.placed_on.isoformat(),
        lines=tuple(
            OrderCardLine(
                title=names.title(line),
                quantity=line.quantity,
                price=line.unit_price,
                options=names.chosen(line),
                returnable=may.refusal is None and may.pieces > 0,
                return_until=may.until.isoformat() if may.until and may.refusal is None else None,
            )
            for line, may in zip(order.lines, going_back, strict=True)
        ),
        total=order.total,
        currency=order.currency,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        tracking_url=tracking_url(order.carrier, order.tracking_number),
        expected_on=order.expected_on.isoformat() if order.expected_on else None,
        delivered_on=order.delivered_on.isoformat() if order.delivered_on else None,
        acts=tuple(_act(kind, order, names) for kind in _possible(order, policy, going_back)),
    )


def tracking_url(carrier: str, number: str) -> str | None:
    """Where the carrier shows the parcel; None for a carrier we do not know."""
    if not number:
        return None
    name = carrier.casefold()
    found = next(
        (url for word, url in _carriers().items() if word in name.split() or (" " in word and word in name)), None
    )
    return found.format(number=quote(number, safe="")) if found else None


def _possible(order: OrderView, policy: OrderPolicy, going_back: Sequence[Returnable]) -> list[str]:
    """What the policy lets happen to an order in its state; whether it does is checked again when it is asked for."""
    final = order.items_changed and policy.items_are_final
    before_sending = [
        kind
        for kind, rule in (
            ("cancel", policy.cancel),
            ("address", policy.change_address),
            ("payment", policy.change_payment),
            ("items", policy.change_items),
        )
        if rule is not None and order.status in rule.states and not final
    ]
    if policy.change_items and policy.change_items.within_minutes is not None and "items" in before_sending:
        before_sending.remove("items")  # minutes after ordering nobody looks an order up to find that out
    back = any(may.refusal is None and may.pieces > 0 for may in going_back)
    exchange = (
        policy.exchanges is not None
        and order.status in policy.exchanges.states
        and not (policy.exchanges.once and (order.returned or order.exchanged))
        and policy.exchanges.area.has(order.address.country, order.address.region)
    )
    return [*before_sending, *(["return"] if back else []), *(["exchange"] if back and exchange else [])]


def _act(kind: str, order: OrderView, names: Names) -> OrderAct:
    words = names.turn.words
    return OrderAct(kind, words.say(f"may_{kind}"), words.say(f"suggest_{kind}", number=order.order_number))


@cache
def _carriers() -> Mapping[str, str]:
    read: dict[str, str] = yaml.safe_load(
        (files("bot.answering.tools.orders") / "carriers.yaml").read_text(encoding="utf-8")
    )
    return read
