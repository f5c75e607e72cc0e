from decimal import Decimal

import pytest

from bot.answering.tools.orders.addresses import lacking, meant_address, written_address
from bot.answering.tools.orders.payments import meant_methods
from bot.answering.tools.orders.reasons import meant_reason
from bot.answering.tools.orders.requests import asked_for
from bot.answering.tools.orders.tokens import tokens
from bot.answering.tools.orders.wishes import ItemSpace
from knowledge.orders import Address, Choice, CustomerView, PaymentMethod

HOME = Address("4 Elm Road", "", "Denver", "CO", "80280", "USA")
CUSTOMER = CustomerView(
    "C-1",
    address=HOME,
    payment_methods=(
        PaymentMethod("pm-1", "card", "visa 4242"),
        PaymentMethod("pm-2", "card", "mastercard 1881"),
        PaymentMethod("pm-3", "gift_card", "gift card 7", Decimal(20)),
    ),
)


def boots() -> ItemSpace:
    items = [
        Choice(f"{size}-{colour}-{dry}", "b", "Boots", {"size": size, "colour": colour, "waterproof": dry}, price, True)
        for size, price in (("8", Decimal(90)), ("9", Decimal(95)), ("10", Decimal(99)))
        for colour in ("black", "brown")
        for dry in ("yes", "no")
    ]
    return ItemSpace(items, old_item="9-black-yes", old={}, price=Decimal(95))


@pytest.mark.parametrize(
    ("wish", "item"),
    [
        ("to size 10", "10-black-yes"),
        ("for a bigger one", "10-black-yes"),
        ("one size smaller please", "8-black-yes"),
        ("in brown, not waterproof", "9-brown-no"),
        ("to brown, I don't mind the size, whatever is cheapest", "8-brown-no"),
        ("brown instead of black", "9-brown-yes"),
        ("换成 10 码", "10-black-yes"),
    ],
)
def test_a_wish_is_read_over_the_products_own_options(wish: str, item: str) -> None:
    wished = boots().wished(tokens(wish))
    best = wished.exact or wished.other
    assert best
    assert best[0].item_id == item or item in {choice.item_id for choice in best}


def test_what_is_not_said_clearly_enough_is_not_settled() -> None:
    assert boots().wished(tokens("something nicer")).settled is None


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Cancel my order and return the lamp", ["cancel", "return"]),
        ("I don't want to cancel, just return the hose", ["return"]),
        ("change my delivery address", ["address"]),
        ("update my default address please", ["profile_address"]),
        ("change the payment method of my order to PayPal", ["payment"]),
        ("把黄麻地毯退了，抓绒衣换成XL码", ["return", "swap"]),
        ("if that is not possible, cancel it", []),
        ("noise cancelling headphones under $100", []),
        ("How do I return something?", []),
        ("what is your return policy", []),
    ],
)
def test_wishes_are_told_from_questions(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in asked_for(text)] == kinds


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("to 101 Highway, New York, 10001 please", Address("101 Highway", "", "New York", "NY", "10001", "")),
        (
            "592 Elm Avenue, Suite 978, Houston, TX 77242, USA",
            Address("592 Elm Avenue", "Suite 978", "Houston", "TX", "77242", "USA"),
        ),
        (
            "改成浙江省杭州市西湖区文三路20号，邮编310013",
            Address("西湖区文三路20号", "", "杭州市", "浙江省", "310013", "China"),
        ),
    ],
)
def test_an_address_is_read_in_both_languages(typed: str, address: Address) -> None:
    found = written_address(typed)
    assert found is not None
    assert (found.line1, found.line2, found.city, found.postcode) == (
        address.line1,
        address.line2,
        address.city,
        address.postcode,
    )


def test_an_address_of_ones_own_is_meant_by_its_town_and_a_half_one_is_asked_for() -> None:
    assert written_address("a 15 inch screen and 8 GB, please") is None
    assert "postcode" in lacking(Address("4 Elm Road", "", "Denver", "CO", "", "USA"))
    assert meant_address("to my Denver address", CUSTOMER, (), None).address is None  # it is that already


@pytest.mark.parametrize(
    ("words", "methods"),
    [
        ("use my gift card", ["pm-3"]),
        ("the card ending in 1881", ["pm-2"]),
        ("my visa", ["pm-1"]),
        ("a credit card", ["pm-1", "pm-2"]),
        ("PayPal", []),
    ],
)
def test_a_payment_method_is_told_by_kind_brand_or_digits(words: str, methods: list[str]) -> None:
    meant = meant_methods(words, CUSTOMER, None)
    assert meant.said
    assert [method.method_id for method in meant.methods] == methods


def test_only_the_shops_own_reasons_count() -> None:
    accepted = ("no longer needed", "ordered by mistake")
    assert meant_reason("I bought the wrong one by accident", accepted) == "ordered by mistake"
    assert meant_reason("不想要了", accepted) == "no longer needed"
    assert meant_reason("the weather is bad", accepted) == ""
