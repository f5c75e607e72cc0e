"""The demo shop's policy says what its help pages say, and its orders let every change be tried and refused."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

import pytest
import yaml

from knowledge.order_policy import OrderPolicy
from knowledge.orders import (
    Address,
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    Choice,
    CustomerView,
    ExchangeItems,
    Facts,
    OrderView,
    ReturnItems,
    check,
)
from knowledge.orders.reading import choices_for
from knowledge.profile import ShopProfile
from knowledge.sources.files import FoundFile
from knowledge.sources.reader import read_file
from tests.knowledge.demo_shop_files import SHOP, page

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=ZoneInfo("America/Los_Angeles"))


@cache
def policy() -> OrderPolicy:
    return ShopProfile.model_validate(yaml.safe_load((SHOP / "shop.yaml").read_text(encoding="utf-8"))).orders


@cache
def orders() -> dict[str, OrderView]:
    return {order.order_number: order for order in _read("orders.jsonl").orders}


@cache
def customers() -> dict[str, CustomerView]:
    return {customer.customer_id: customer for customer in _read("customers.jsonl").customers}


@cache
def choices() -> dict[str, tuple[Choice, ...]]:
    products = _read("products.csv").products.values()
    return {product.product_id: tuple(choices_for(product)) for product in products if product.language == "en"}


def _read(name: str):
    content = read_file(FoundFile(SHOP / name, name), shop="demo")
    assert content.failures == ()
    return content


def asked(change: Change, now: datetime = NOW) -> str:
    """The rule that says no; empty when none does."""
    order = orders()[change.order_number]
    refusal = check(change, Facts(policy(), now, customers()[change.customer_id], order, choices(), "USD"))
    return refusal.rule if refusal else ""


def of(number: str, kind: type, *told: object) -> Change:
    return kind(orders()[number].customer_id, number, *told)


def paid(number: str) -> str:
    return orders()[number].payments[0].method_id


def told(name: str) -> str:
    return page(f"policies/{name}.en.md")[1]


def test_every_order_belongs_to_a_customer_who_paid_it_with_a_method_of_theirs():
    for order in orders().values():
        customer = customers()[order.customer_id]
        assert (order.customer_email, order.customer_postcode) == (customer.email, customer.address.postcode)
        assert order.address == customer.address
        assert all(customer.method(payment.method_id) for payment in order.payments)
        spent = sum(p.amount if p.kind == "payment" else -p.amount for p in order.payments)
        assert spent == (0 if order.status in ("cancelled", "returned") else order.total)


def test_customers_have_their_names():
    assert customers()["C-1001"].name == "Anna Lindqvist"
    assert customers()["C-1004"].name == "王磊"


def test_changing_and_cancelling_are_as_the_page_says():
    text = told("order-changes")
    rules = policy()
    assert 'while the status is "pending" or "processed":** we can still change the address or cancel' in text
    assert rules.cancel.states == rules.change_address.states == ("pending", "processed")
    assert "**Within 60 minutes**" in text
    assert rules.change_items.within_minutes == 60
    assert "refunded within 3 business days" in text
    assert rules.cancel.refund_business_days == 3
    assert "Engraved items cannot be cancelled once the engraving has begun" in text
    assert rules.cancel.only_same_day == ("engraved",)


def test_returns_are_as_the_page_says():
    text, rules = told("returns"), policy().returns
    assert "within 30 days of delivery. Pine members have 45 days and Evergreen members 60 days" in text
    assert (rules.days, dict(rules.days_by_tier)) == (30, {"pine": 45, "evergreen": 60})
    assert "between 1 November and 24 December can be returned until 31 January of the following year" in text
    assert rules.seasons[0].model_dump() == {"bought_from": "11-01", "bought_until": "12-24", "until": "01-31"}
    assert "$5.90 is deducted from the refund; if you choose store credit instead of money, the return is free" in text
    assert (rules.fee, rules.fee_free_to) == (Decimal("5.90"), ("store_credit",))
    assert rules.refund_to == ("original", "store_credit")
    for mark, words in {"engraved": "engraved", "gift_card": "gift cards", "final_sale": "final sale"}.items():
        assert words in text
        assert mark in rules.never
    assert "within 3 business days of its arrival and refund to the original means of payment within 5" in text
    assert rules.refund_business_days == 3 + 5


def test_exchanges_are_as_the_page_says():
    text, rules = told("exchanges"), policy().exchanges
    assert "Within the contiguous United States" in text
    assert "within 30 days of delivery" in text
    assert rules.days == 30
    assert all(not rules.area.has("US", region) for region in ("AK", "HI", "PR"))
    assert not rules.area.has("CA", "BC")
    assert rules.area.has("US", "WA")
    assert "Final-sale items may be exchanged once for another size" in text
    assert dict(rules.only_option) == {"final_sale": "Size"}


NEW = Address("2 New Road", "", "Seattle", "WA", "98101", "US")

ALLOWED = {
    "cancel pending": lambda: of("TP-20261122-003", CancelOrder),
    "cancel processed": lambda: of("TP-20261120-012", CancelOrder),
    "address": lambda: of("TP-20261121-031", ChangeAddress, NEW),
    "payment": lambda: of("TP-20261121-031", ChangePayment, "PM-1002-1"),
    "items within the hour": lambda: of("TP-20261122-003", ChangeItems, (("JK-106-02", "JK-106-08"),), "PM-1001-2"),
    "return to a gift card that paid": lambda: of("TP-20261109-026", ReturnItems, ("JK-111-03",), "GC-1018"),
    "return to store credit": lambda: of("TP-20261112-040", ReturnItems, (_item("TP-20261112-040"),), "SC-1001"),
    "return in autumn, evergreen": lambda: of("TP-20261001-015", ReturnItems, ("BP-111-03",), paid("TP-20261001-015")),
    "return one of two": lambda: of("TP-20261111-029", ReturnItems, ("JK-106-05",), "SC-1020"),
    "exchange a size": lambda: of("TP-20261109-026", ExchangeItems, (("JK-111-03", "JK-111-02"),), "PM-1018-1"),
}  # fmt: skip

REFUSED = {
    "cancel.state": lambda: of("TP-20261104-034", CancelOrder),
    "cancel.made_to_order": lambda: of("TP-20261120-027", CancelOrder),
    "address.state": lambda: of("TP-20261104-034", ChangeAddress, NEW),
    "address.country": lambda: of("TP-20261121-031", ChangeAddress, Address("1 Rue", "", "Paris", "", "75001", "FR")),
    "payment.state": lambda: of("TP-20261120-012", ChangePayment, "PM-1002-2"),
    "payment.balance": lambda: of("TP-20261121-031", ChangePayment, "GC-1002"),
    "items.too_late": lambda: of("TP-20261121-031", ChangeItems, (("SH-101-03", "SH-101-02"),), "PM-1002-2"),
    "return.too_late": lambda: of("TP-20261009-052", ReturnItems, ("SH-101-05",), paid("TP-20261009-052")),
    "return.never": lambda: of("TP-20261110-050", ReturnItems, ("ST-106",), paid("TP-20261110-050")),
    "return.refund_target": lambda: of("TP-20261109-026", ReturnItems, ("JK-111-03",), "PM-1018-2"),
    "exchange.area": lambda: of("TP-20261104-035", ExchangeItems, ((_item("TP-20261104-035"), "x"),), "PM-1028-1"),
    "exchange.never": lambda: of("TP-20261111-029", ExchangeItems, (("KT-101-01", "KT-101-02"),), "PM-1020-1"),
    "item.unavailable": lambda: of("TP-20261109-026", ExchangeItems, (("JK-111-03", "JK-111-07"),), "PM-1018-1"),
}  # fmt: skip


def _item(number: str) -> str:
    return orders()[number].lines[0].item_id


@pytest.mark.parametrize("what", ALLOWED)
def test_can_be_tried(what):
    assert asked(ALLOWED[what]()) == ""


@pytest.mark.parametrize("rule", REFUSED)
def test_can_be_seen_refused(rule):
    assert asked(REFUSED[rule]()) == rule


def test_items_change_for_an_hour_only():
    change = ALLOWED["items within the hour"]()
    assert asked(change, NOW + timedelta(minutes=11)) == "items.too_late"
