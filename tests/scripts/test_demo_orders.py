"""Orders of the demo shop that are fresh on any day."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from knowledge.database import create_database_engine
from knowledge.orders import SqlOrders
from knowledge.orders.stored import customer_columns, method_columns
from knowledge.tables import Customer, CustomerPaymentMethod, Shop
from scripts.demo_orders import BUYER, place_fresh_orders
from tests.migrated import write_migrated
from tests.order_shop import customers

NOW = datetime(2031, 3, 9, 22, 0, tzinfo=ZoneInfo("America/Los_Angeles"))


@pytest.fixture
def engine(tmp_path):
    write_migrated(tmp_path / "shop.db")
    engine = create_database_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    yield engine
    engine.dispose()


def test_one_was_placed_this_moment_and_one_came_two_days_ago(engine):
    buyer = {**customer_columns("demo", customers()[0]), "customer_id": BUYER}
    with Session(engine) as session:
        session.add(Shop(name="demo", created_at=NOW))
        session.flush()
        session.add(Customer(**buyer))
        session.flush()
        session.add_all(
            CustomerPaymentMethod(**{**row, "customer_id": BUYER}) for row in method_columns("demo", customers()[0])
        )
        session.commit()
    assert place_fresh_orders(engine, now=NOW) == ["TP-20310309-901", "TP-20310301-902"]
    assert place_fresh_orders(engine, now=NOW) == ["TP-20310309-901", "TP-20310301-902"]
    orders = SqlOrders(engine)
    pending, delivered = (orders.order("demo", f"TP-203103{ending}") for ending in ("09-901", "01-902"))
    assert (pending.status, pending.placed_at, pending.customer_id) == ("pending", NOW, BUYER)
    assert (delivered.status, delivered.delivered_on) == ("delivered", NOW.date() - timedelta(days=2))


def test_a_demo_shop_without_its_customers_gets_none(engine):
    assert place_fresh_orders(engine, now=NOW) == []
