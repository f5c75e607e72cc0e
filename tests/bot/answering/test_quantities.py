from fractions import Fraction

import pytest

from bot.answering.quantities import quantities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("30 天", "thirty days"),
        ("30-day", "三十天"),
        ("2 weeks", "14 days"),
        ("two-year warranty", "24 个月"),
        ("¥1,299.00", "1299 元"),
        ("$5.90", "5.90 美元"),
        ("九折", "10% off"),
        ("1 p.m.", "下午1点"),
        ("11 月 1 日", "1 November"),
        ("1.5 kg", "1500 克"),
        ("half a year", "半年"),
        ("3 个工作日", "3 business days"),
    ],
)
def test_two_ways_to_write_one_quantity_are_the_same(one: str, other: str) -> None:
    assert quantities(one)[0].same(quantities(other)[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [("3 days", "3 business days"), ("$5", "€5"), ("30 days", "30 weeks"), ("30%", "30% off"), ("5 kg", "5 lb")],
)
def test_another_unit_is_another_quantity(one: str, other: str) -> None:
    assert not quantities(one)[0].same(quantities(other)[0])


def test_both_ends_of_a_range_have_its_unit() -> None:
    assert [(quantity.value, quantity.unit) for quantity in quantities("3–5 business days")] == [
        (Fraction(3), "workday"),
        (Fraction(5), "workday"),
    ]


@pytest.mark.parametrize("text", ["one of our stores", "一些商品", "万一坏了", "no numbers here"])
def test_words_that_look_like_numbers_are_none(text: str) -> None:
    assert quantities(text) == []


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("as of 2023: 31 days", ["", "day"]),
        ("a chilled box €9.50, a frozen one €16", ["EUR", "EUR"]),
        ("at 9:30", ["clock"]),
    ],
)
def test_a_sign_or_colon_belongs_to_the_number_it_stands_at(text: str, units: list[str]) -> None:
    assert [quantity.unit for quantity in quantities(text)] == units
