from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from knowledge.orders import CustomerView, OrderView
from tests.bot.answering.orders.shop import SHOP, OrderShop

TALKS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "conversations.yaml").read_text(encoding="utf-8"))


@pytest.mark.full
@pytest.mark.parametrize("talk", TALKS, ids=[talk["name"] for talk in TALKS])
def test_a_conversation_ends_as_it_should(shop: OrderShop, talk: dict[str, Any]) -> None:
    conversation = shop.talk(talk.get("customer", ""))
    for turn in talk["talk"]:
        reply = shop.say(conversation, turn["say"])
        for part in turn.get("has", ()):
            assert part.casefold() in reply.text.casefold(), reply.text
        for part in turn.get("lacks", ()):
            assert part.casefold() not in reply.text.casefold(), reply.text
    expected = talk.get("ends", {})
    assert written(shop) == sorted(expected)
    for key, state in expected.items():
        order = shop.orders.order(SHOP, key)
        found = as_it_is(order) if order else as_they_are(shop.orders.customer(SHOP, key))
        for name, value in state.items():
            assert fits(found[name], value), found


def written(shop: OrderShop) -> list[str]:
    """Every order and customer that was written to."""
    with shop.history.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT change ->> 'order_number', change ->> 'customer_id' FROM applied_change")
        )
        return sorted(number or customer for number, customer in rows)


def as_it_is(order: OrderView) -> dict[str, Any]:
    paid = [payment for payment in order.payments if payment.kind == "payment"]
    return {
        "status": order.status,
        "line1": order.address.line1,
        "postcode": order.address.postcode or order.customer_postcode,
        "items": [line.item_id for line in order.lines],
        "paid": paid[-1].method_id,
        "returned": sorted(item for returned in order.returned for item in returned.item_ids),
        "refund": str(sum(returned.refund for returned in order.returned)),
        "exchanged": [old for exchanged in order.exchanged for old, _ in exchanged.swaps],
    }


def as_they_are(customer: CustomerView | None) -> dict[str, Any]:
    assert customer is not None
    return {"line1": customer.address.line1}


def fits(found: Any, expected: Any) -> bool:
    """Items may be given by the beginning of their id."""
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(str.startswith, found, expected))
    return bool(found == expected)
