"""Our orders and customers in the benchmark's form."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.tau_retail.form import OptionNames, comparable, order_form, user_form, with_slip
from knowledge.orders import Address, CustomerView, ExchangeRequest, PaymentMethod, ReturnRequest
from tests.order_shop import order

NAMES = OptionNames({"SHIRT": {"variants": {"SHIRT-S": {"options": {"size": "S"}}}}, "MUG": {"variants": {}}})


def test_an_order_has_one_entry_a_piece_and_the_benchmarks_own_names():
    form = order_form(order("#W1"), NAMES)
    assert [item["item_id"] for item in form["items"]] == ["SHIRT-S", "SHIRT-S", "MUG"]
    assert form["items"][0]["options"] == {"size": "S"}
    assert (form["status"], form["fulfillments"]) == ("pending", [])
    assert form["address"]["zip"] == "98103"


def test_what_was_asked_for_is_the_benchmarks_status():
    returned = (ReturnRequest(("MUG", "A"), "CARD", Decimal(20), date(2026, 11, 20)),)
    exchanged = (ExchangeRequest((("MUG", "B"), ("A", "C")), "CARD", Decimal("-1.50"), date(2026, 11, 20)),)
    delivered = order("#W1", "delivered")
    assert order_form(replace(delivered, returned=returned), NAMES)["return_items"] == ["A", "MUG"]
    form = order_form(replace(delivered, exchanged=exchanged), NAMES)
    assert (form["status"], form["exchange_items"], form["exchange_new_items"]) == (
        "exchange requested",
        ["A", "MUG"],
        ["B", "C"],
    )
    assert order_form(order("#W1", items_changed=True), NAMES)["status"] == "pending (item modified)"


def test_a_customer_has_their_payment_methods_by_id():
    methods = (PaymentMethod("g", "gift_card", "", Decimal("14.04")), PaymentMethod("c", "card", "visa 4242"))
    form = user_form(CustomerView("u", "Ann Lee", "a@x.example", Address("1 Road"), methods), ["#W1"])
    assert form["payment_methods"] == {
        "g": {"source": "gift_card", "id": "g", "balance": Decimal("14.04")},
        "c": {"source": "credit_card", "id": "c", "brand": "visa", "last_four": "4242"},
    }
    assert (form["name"], form["orders"]) == ({"first_name": "Ann", "last_name": "Lee"}, ["#W1"])


def test_the_benchmarks_slip_is_made_in_changed_items_only():
    items = [{"item_id": name, "price": price, "options": {}} for name, price in (("A", 1), ("B", 2), ("C", 3))]
    slipped = with_slip({"items": items}, ["A", "B"])
    assert [(item["item_id"], item["price"]) for item in slipped["items"]] == [("A", 2), ("B", 2), ("C", 3)]
    assert items[0]["price"] == 1


def test_binary_fractions_are_compared_as_cents():
    assert comparable({"amount": 0.04999999999999716}) == comparable({"amount": Decimal("0.05")})
    assert comparable([60]) == comparable([Decimal("60.00")])
    assert comparable({"amount": 0.06}) != comparable({"amount": Decimal("0.05")})
