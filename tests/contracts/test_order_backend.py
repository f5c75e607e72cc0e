"""What every OrderBackend keeps: the built-in one, a shop's own server behind HTTP, and the fake."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from knowledge.database import create_database_engine
from knowledge.orders import (
    Address,
    Applied,
    CancelOrder,
    ChangeAddress,
    ChangeCustomerAddress,
    ChangeItems,
    ChangePayment,
    ExchangeItems,
    OrderBackend,
    Refusal,
    ReturnItems,
    SqlOrders,
)
from knowledge.orders.http import HttpOrders
from knowledge.profile import Profiles
from tests.fake_orders import FakeOrders
from tests.migrated import write_migrated
from tests.order_server import client_of
from tests.order_shop import NOW, OLD_ADDRESS, PROFILE, SHOP, customers, fill, orders

NEW_ADDRESS = Address("2 New Road", "", "Seattle", "WA", "98101", "US")


@pytest.fixture(params=["sql", "http", "fake"])
def backend(request, tmp_path) -> Iterator[OrderBackend]:
    if request.param == "fake":
        yield FakeOrders(customers(), orders(), PROFILE, now=lambda: NOW)
        return
    write_migrated(tmp_path / "orders.db")
    engine = create_database_engine(f"sqlite:///{tmp_path / 'orders.db'}")
    fill(engine)
    sql = SqlOrders(engine, now=lambda: NOW)
    if request.param == "sql":
        yield sql
    else:
        yield HttpOrders(client_of(sql), Profiles(engine).get, now=lambda: NOW)
    engine.dispose()


def applied(answer: Applied | Refusal) -> Applied:
    assert isinstance(answer, Applied), answer
    return answer


def test_customers_are_found_by_id_email_and_name(backend):
    ann = backend.customer(SHOP, "C-1")
    assert (ann.name, ann.address, ann.tier) == ("Ann Lee", OLD_ADDRESS, "pine")
    assert [method.balance for method in ann.payment_methods] == [None, Decimal("20.00"), None]
    assert backend.customer_by_email(SHOP, "ANN@x.example") == ann
    assert backend.customer_by_name(SHOP, "ann", "LEE", "981 03") == ann
    assert backend.customer(SHOP, "C-9") is None
    assert backend.customer_by_email(SHOP, "nobody@x.example") is None
    assert backend.customer_by_name(SHOP, "Ann", "Lee", "11111") is None


def test_two_customers_with_one_name_and_postcode_are_neither(backend):
    assert backend.customer_by_name(SHOP, "Bo", "Chan", "98103") is None


def test_a_name_without_first_and_last_is_found_either_way(backend):
    assert backend.customer_by_name(SHOP, "磊", "王", "200031").customer_id == "C-4"


def test_orders_are_found_without_regard_to_case_and_sign(backend):
    assert backend.order(SHOP, "#a-1").order_number == "A-1"
    assert backend.order(SHOP, "A-99") is None
    assert [order.order_number for order in backend.orders_of(SHOP, "C-1")] == ["A-3", "A-2", "A-1"]
    assert backend.orders_of(SHOP, "C-9") == ()


def test_other_shops_have_none_of_it(backend):
    assert backend.order("other", "A-1") is None
    assert backend.customer("other", "C-1") is None
    assert backend.choices("other", "SHIRT") == ()


def test_what_a_product_can_be_bought_as(backend):
    choices = {choice.item_id: choice for choice in backend.choices(SHOP, "SHIRT")}
    assert set(choices) == {"SHIRT-S", "SHIRT-M", "SHIRT-L"}
    assert (choices["SHIRT-L"].price, choices["SHIRT-L"].available) == (Decimal("25.00"), True)
    assert not choices["SHIRT-M"].available
    assert backend.choices(SHOP, "NONE") == ()


def test_a_cancelled_order_is_refunded_to_what_paid_it(backend):
    done = applied(backend.apply(SHOP, CancelOrder("C-1", "A-1"), key="k1"))
    assert done.order.status == "cancelled"
    assert [(payment.kind, payment.amount, payment.method_id) for payment in done.order.payments] == [
        ("payment", Decimal("60.00"), "GIFT"),
        ("refund", Decimal("60.00"), "GIFT"),
    ]
    assert done.customer.method("GIFT").balance == Decimal("80.00")
    assert backend.customer(SHOP, "C-1").method("GIFT").balance == Decimal("80.00")
    assert backend.order(SHOP, "A-1") == done.order


def test_the_same_key_writes_once_and_answers_the_same(backend):
    first = backend.apply(SHOP, CancelOrder("C-1", "A-1"), key="k1")
    again = backend.apply(SHOP, CancelOrder("C-1", "A-1"), key="k1")
    assert again == first == backend.applied(SHOP, "k1")
    assert backend.customer(SHOP, "C-1").method("GIFT").balance == Decimal("80.00")
    assert backend.order(SHOP, "A-1") == first.order


def test_a_key_that_nobody_used_was_not_applied(backend):
    assert backend.applied(SHOP, "k9") is None


def test_a_refused_change_writes_nothing_and_takes_no_key(backend):
    before = backend.order(SHOP, "A-2")
    assert backend.apply(SHOP, CancelOrder("C-1", "A-2"), key="k1") == Refusal(
        "cancel.state", {"state": "delivered", "allowed": "pending"}
    )
    assert backend.order(SHOP, "A-2") == before
    assert backend.applied(SHOP, "k1") is None


def test_somebody_elses_order_is_none(backend):
    answer = backend.apply(SHOP, CancelOrder("C-2", "A-1"), key="k1")
    assert answer == Refusal("order.unknown", {"order": "A-1"})


def test_a_new_address(backend):
    done = applied(backend.apply(SHOP, ChangeAddress("C-1", "A-1", NEW_ADDRESS), key="k1"))
    assert done.order.address == NEW_ADDRESS
    assert backend.order(SHOP, "A-1").customer_postcode == "98101"
    applied(backend.apply(SHOP, ChangeCustomerAddress("C-1", NEW_ADDRESS), key="k2"))
    assert backend.customer(SHOP, "C-1").address == NEW_ADDRESS
    assert backend.customer_by_name(SHOP, "Ann", "Lee", "98101") is not None


def test_another_payment_moves_the_money(backend):
    done = applied(backend.apply(SHOP, ChangePayment("C-1", "A-1", "CARD"), key="k1"))
    assert [(payment.kind, payment.method_id) for payment in done.order.payments] == [
        ("payment", "GIFT"),
        ("payment", "CARD"),
        ("refund", "GIFT"),
    ]
    assert done.customer.method("GIFT").balance == Decimal("80.00")


def test_one_of_two_pieces_becomes_another_item(backend):
    change = ChangeItems("C-1", "A-1", (("SHIRT-S", "SHIRT-L"),), "GIFT")
    done = applied(backend.apply(SHOP, change, key="k1"))
    assert [(line.item_id, line.quantity, line.unit_price) for line in done.order.lines] == [
        ("SHIRT-S", 1, Decimal("20.00")),
        ("SHIRT-L", 1, Decimal("25.00")),
        ("MUG", 1, Decimal("20.00")),
    ]
    assert (done.order.total, done.order.items_changed) == (Decimal("65.00"), True)
    assert done.customer.method("GIFT").balance == Decimal("15.00")
    assert backend.apply(SHOP, change, key="k2").rule == "items.once"


def test_a_return_and_an_exchange_are_asked_for_and_move_no_money_yet(backend):
    returned = applied(backend.apply(SHOP, ReturnItems("C-1", "A-2", ("MUG",), "CARD"), key="k1"))
    assert (returned.order.returned[0].refund, returned.order.payments) == (
        Decimal("15.00"),
        backend.order(SHOP, "A-3").payments,
    )
    exchanged = applied(backend.apply(SHOP, ExchangeItems("C-1", "A-3", (("SHIRT-S", "SHIRT-L"),), "CARD"), key="k2"))
    assert exchanged.order.exchanged[0].difference == Decimal("5.00")
    assert backend.apply(SHOP, ReturnItems("C-1", "A-3", ("MUG",), "CARD"), key="k3").rule == "return.once"


def test_what_was_agreed_to_must_still_be_so(backend):
    agreed = applied(backend.apply(SHOP, ChangePayment("C-1", "A-1", "CARD"), key="k1")).effects
    answer = backend.apply(SHOP, CancelOrder("C-1", "A-1"), key="k2", expected=agreed)
    assert answer == Refusal("order.moved_on")
    assert backend.order(SHOP, "A-1").status == "pending"


def test_each_change_gives_the_order_another_revision(backend):
    before = backend.order(SHOP, "A-1").revision
    applied(backend.apply(SHOP, ChangeAddress("C-1", "A-1", NEW_ADDRESS), key="k1"))
    assert backend.order(SHOP, "A-1").revision != before
