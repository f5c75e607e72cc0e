"""What orders and customers files may say, what is told of what they say wrong, and what of it stays."""

import json
from decimal import Decimal

import pytest

from knowledge.orders import Address, Applied, CancelOrder, PaymentMethod, SqlOrders

ORDER = {
    "order_number": "SC-1",
    "customer_id": "C-7",
    "email": "ann@x.example",
    "status": "pending",
    "placed_on": "2026-11-20",
    "placed_at": "2026-11-20T18:30:00-08:00",
    "address": {"line1": "1 Old Street", "city": "Seattle", "region": "WA", "postcode": "98103", "country": "US"},
    "lines": [
        {"product_id": "A-1", "variant_id": "A-1-S", "title": "Shirt", "quantity": 2, "unit_price": "9.50",
         "options": {"size": "S", "pack of": 2}, "marks": ["final_sale"]}
    ],
    "payments": [{"method_id": "G", "amount": "19.00"}],
}  # fmt: skip
CUSTOMER = {
    "customer_id": "C-7",
    "email": "Ann@x.example",
    "name": "Ann Lee",
    "postcode": "98103",
    "tier": "pine",
    "address": {"line1": "1 Old Street", "city": "Seattle", "country": "US"},
    "payment_methods": [
        {"method_id": "G", "kind": "gift_card", "label": "gift card", "balance": "5.00"},
        {"method_id": "V", "kind": "card", "label": "visa 4242"},
    ],
}
PROFILE = "name: Mugs\norders: {cancel: {}}\n"


def lines(*records: dict) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def test_all_that_changes_need_is_read(empty_shop):
    report = empty_shop.ingest({"orders.jsonl": lines(ORDER), "customers.jsonl": lines(CUSTOMER)})
    assert report.failed == ()
    orders = SqlOrders(empty_shop.engine)
    customer, order = orders.customer("demo", "C-7"), orders.order("demo", "sc-1")
    assert (customer.name, customer.tier, customer.address.postcode) == ("Ann Lee", "pine", "98103")
    assert customer.payment_methods == (
        PaymentMethod("G", "gift_card", "gift card", Decimal("5.00")),
        PaymentMethod("V", "card", "visa 4242"),
    )
    assert order.address == Address("1 Old Street", "", "Seattle", "WA", "98103", "US")
    assert (order.placed_at.isoformat(), order.customer_postcode) == ("2026-11-21T02:30:00+00:00", "98103")
    assert (order.lines[0].options, order.lines[0].marks) == ({"size": "S", "pack of": "2"}, ("final_sale",))
    assert [(one.kind, one.amount, one.method_id) for one in order.payments] == [("payment", Decimal("19.00"), "G")]


def test_a_shop_that_gives_no_ids_has_e_mail_addresses_for_ids(empty_shop):
    order = {name: ORDER[name] for name in ("order_number", "email", "status", "placed_on")}
    customer = {"email": "ann@x.example", "name": "Ann Lee", "postcode": "98103"}
    empty_shop.ingest({"orders.jsonl": lines(order), "customers.jsonl": lines(customer)})
    orders = SqlOrders(empty_shop.engine)
    assert orders.order("demo", "SC-1").customer_id == "ann@x.example"
    assert [one.order_number for one in orders.orders_of("demo", "ann@x.example")] == ["SC-1"]
    empty_shop.ingest({"customers.jsonl": lines({**customer, "customer_id": "C-7"})})
    assert orders.order("demo", "SC-1").customer_id == "C-7"
    assert [one.order_number for one in orders.orders_of("demo", "C-7")] == ["SC-1"]
    assert orders.customer("demo", "ann@x.example") is None


def test_who_only_has_orders_is_a_customer_too(empty_shop):
    empty_shop.ingest({"orders.jsonl": lines({**ORDER, "customer_id": ""})})
    orders = SqlOrders(empty_shop.engine)
    assert orders.customer("demo", "ann@x.example").address.city == "Seattle"
    assert orders.customer_by_email("demo", "ANN@x.example").customer_id == "ann@x.example"


def test_a_csv_file_has_a_row_for_each_line(empty_shop):
    text = (
        "order_number,email,status,placed_on,product_id,title,quantity,unit_price,marks\n"
        "SC-1,ann@x.example,delivered,2026-11-01,A-1,Mug,2,9.50,final_sale; engraved\n"
        "SC-1,ann@x.example,delivered,2026-11-01,A-2,Plate,1,4,\n"
    )
    empty_shop.ingest({"orders.csv": text})
    order = SqlOrders(empty_shop.engine).order("demo", "SC-1")
    assert [(line.item_id, line.title, line.marks) for line in order.lines] == [
        ("A-1", "Mug", ("final_sale", "engraved")),
        ("A-2", "Plate", ()),
    ]
    assert order.total == Decimal("23.00")


@pytest.mark.parametrize(
    ("file", "record", "column", "words"),
    [
        ("orders", {"address": "1 Old Street"}, "address", "not made of line1, line2"),
        ("orders", {"address": {"street": "x"}}, "address", "not made of line1, line2"),
        ("orders", {"payments": {"amount": 1}}, "payments", "not a list of records"),
        ("orders", {"payments": [{"kind": "gift", "amount": 1}]}, "payments", "neither payment nor refund"),
        ("orders", {"payments": [{"method_id": "G", "amount": "much"}]}, "payments", "not a price"),
        ("orders", {"placed_at": "2026-11-20T18:30:00"}, "placed_at", "no time zone"),
        ("orders", {"lines": [{"product_id": "A", "options": ["S"]}]}, "lines", "no list"),
        ("orders", {"status": "lost"}, "status", "not a state of an order"),
        ("customers", {"payment_methods": [{"kind": "card"}]}, "payment_methods", "no method_id"),
        ("customers", {"payment_methods": [{"method_id": "G", "kind": "shells"}]}, "payment_methods", "no kind of"),
        ("customers", {"payment_methods": [{"method_id": "G", "balance": "-"}]}, "payment_methods", "not a price"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_column(empty_shop, file, record, column, words):
    good = ORDER if file == "orders" else CUSTOMER
    report = empty_shop.ingest({f"{file}.jsonl": lines({**good, **record})})
    [failure] = report.failed
    assert (failure.line, failure.column) == (1, column)
    assert words in failure.reason


def test_a_file_that_says_the_same_of_an_order_leaves_what_was_changed_since(empty_shop):
    empty_shop.ingest({"orders.jsonl": lines(ORDER), "customers.jsonl": lines(CUSTOMER), "shop.yaml": PROFILE})
    orders = SqlOrders(empty_shop.engine)
    assert isinstance(orders.apply("demo", CancelOrder("C-7", "SC-1"), key="k1"), Applied)
    other = {**ORDER, "order_number": "SC-2"}
    new = {**CUSTOMER, "customer_id": "C-8", "email": "bo@x.example"}
    empty_shop.ingest({"orders.jsonl": lines(ORDER, other), "customers.jsonl": lines(CUSTOMER, new)})
    assert orders.order("demo", "SC-1").status == "cancelled"
    assert orders.order("demo", "SC-2").status == "pending"
    assert orders.customer("demo", "C-7").method("G").balance == Decimal("24.00")


def test_a_file_that_says_something_else_of_it_is_right(empty_shop):
    empty_shop.ingest({"orders.jsonl": lines(ORDER), "customers.jsonl": lines(CUSTOMER), "shop.yaml": PROFILE})
    orders = SqlOrders(empty_shop.engine)
    orders.apply("demo", CancelOrder("C-7", "SC-1"), key="k1")
    empty_shop.ingest({"orders.jsonl": lines({**ORDER, "status": "shipped"})})
    order = orders.order("demo", "SC-1")
    assert (order.status, len(order.payments)) == ("shipped", 1)
