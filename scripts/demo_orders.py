"""Orders of the demo shop that are always fresh, so that what is possible for some time only can be tried any day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Engine
from sqlmodel import Session

from knowledge.orders.stored import put_order, read_customer
from knowledge.orders.views import CustomerView, OrderLineView, OrderView, Payment
from scripts.demo import DEMO_SHOP

BUYER = "C-1001"

_JACKET = OrderLineView(
    "JK-106", "JK-106-02", "Fell Fleece Jacket", 1, Decimal("79.00"), "Fell 抓绒衣", {"Colour": "Grey", "Size": "S"}
)
_SKILLET = OrderLineView("KT-101", "KT-101-02", "Cast-Iron Skillet", 1, Decimal("44.90"), "铸铁煎锅", {"Size": "26 cm"})


def place_fresh_orders(engine: Engine, *, now: datetime) -> list[str]:
    """Write one order that was placed this moment and one that came two days ago; their numbers.

    Args:
        engine: of the demo shop.
        now: in the shop's time zone.
    """
    with Session(engine) as session:
        buyer = read_customer(session, DEMO_SHOP, BUYER)
        if buyer is None:
            return []
        placed = list(_fresh(buyer, now))
        for order in placed:
            put_order(session, DEMO_SHOP, order)
        session.commit()
    return [order.order_number for order in placed]


def _fresh(buyer: CustomerView, now: datetime) -> Iterator[OrderView]:
    pending = OrderView(
        order_number=f"TP-{now:%Y%m%d}-901",
        customer_email=buyer.email,
        customer_postcode=buyer.address.postcode,
        status="pending",
        placed_on=now.date(),
        lines=(_JACKET, _SKILLET),
        total=_JACKET.unit_price + _SKILLET.unit_price,
        currency="USD",
        carrier="",
        tracking_number="",
        expected_on=now.date() + timedelta(days=8),
        delivered_on=None,
        customer_id=buyer.customer_id,
        address=buyer.address,
        placed_at=now.astimezone(UTC),
        payments=(Payment("payment", _JACKET.unit_price + _SKILLET.unit_price, buyer.payment_methods[0].method_id),),
    )
    yield pending
    bought = now - timedelta(days=8)
    yield replace(
        pending,
        order_number=f"TP-{bought:%Y%m%d}-902",
        status="delivered",
        placed_on=bought.date(),
        placed_at=bought.astimezone(UTC),
        carrier="UPS",
        tracking_number="1ZTP9020000902",
        expected_on=now.date() - timedelta(days=1),
        delivered_on=now.date() - timedelta(days=2),
    )
