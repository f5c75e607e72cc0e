"""What questions say about price, and what they only seem to say."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.filters import SearchFilters, parse_filters

CATEGORIES = ("Shoes", "Running Shoes", "鞋靴", "Headphones", "耳机")


@pytest.mark.parametrize(
    ("question", "low", "high"),
    [
        ("shoes under 50", None, "50"),
        ("anything cheaper than $30?", None, "30"),
        ("between 20 and 40 dollars", "20", "40"),
        ("gifts from $20 to $35", "20", "35"),
        ("$20-$40 headphones", "20", "40"),
        ("no more than 1,200 dollars", None, "1200"),
        ("1.5k or less", None, "1500"),
        ("more than $100", "100", None),
        ("around $100", "80", "120"),
        ("300元以下的耳机", None, "300"),
        ("２００元以内", None, "200"),
        ("一百到两百块", "100", "200"),
        ("一两百块的耳机", "100", "200"),
        ("预算三百五", None, "350"),
        ("比300便宜的耳机", None, "300"),
        ("不超过两千块的帐篷", None, "2000"),
        ("耳机有没有 1,200元以上的", "1200", None),
        ("价格在100到200之间的", "100", "200"),
        ("300左右的耳机", "240", "360"),
    ],
)
def test_price_range_is_read(question, low, high):
    found = parse_filters(question)
    assert (found.price_min, found.price_max) == (low and Decimal(low), high and Decimal(high))
    assert found.kinds == ("product",)


@pytest.mark.parametrize(
    "question",
    [
        "less than 5 kg",
        "under 18 years old",
        "more than 2 pairs",
        "laptop under 15 inch",
        "less than 20% battery",
        "shoes size over 42",
        "delivery in 3 to 5 days",
        "3天以内能到吗",
        "I have 2 kids and 3 dogs",
        "",
    ],
)
def test_other_measures_are_no_prices(question):
    assert parse_filters(question).empty


@pytest.mark.parametrize(
    "question",
    [
        "free shipping over $50",
        "is shipping free for orders over 50?",
        "orders above 100 dollars get a discount",
        "Can I return items under $20?",
        "满300包邮吗",
        "超过300元的订单包邮吗",
        "一共大概一百九十美元，运费怎么算",
    ],
)
def test_amounts_of_orders_and_fees_limit_nothing(question):
    assert parse_filters(question).empty


def test_category_named_whole_limits_too():
    assert parse_filters("shoes under 50", categories=CATEGORIES).category == "Shoes"
    assert parse_filters("running shoes under 50", categories=CATEGORIES).category == "Running Shoes"
    assert parse_filters("300元以下的耳机", categories=CATEGORIES).category == "耳机"


def test_category_without_a_price_or_among_several_limits_nothing():
    assert parse_filters("how do I wash my shoes", categories=CATEGORIES).empty
    assert parse_filters("shoes or headphones under 50", categories=CATEGORIES).category is None


def test_currency_is_the_shops_own_where_the_sign_leaves_it_open():
    assert parse_filters("under $30", currencies=("HKD",)).currency == "HKD"
    assert parse_filters("300元以下", currencies=("CNY",)).currency == "CNY"
    assert parse_filters("300块以下", currencies=("USD",)).currency is None
    assert parse_filters("¥300以下", currencies=("JPY",)).currency == "JPY"


def test_price_in_a_currency_that_the_shop_does_not_use_limits_nothing():
    assert parse_filters("under £30", currencies=("USD",)).empty


@given(st.text())
def test_any_text_gives_filters(text):
    assert isinstance(parse_filters(text, categories=CATEGORIES, currencies=("USD",)), SearchFilters)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_range_is_read_in_either_order(first, second):
    found = parse_filters(f"between ${first} and ${second}")
    assert (found.price_min, found.price_max) == (min(first, second), max(first, second))
