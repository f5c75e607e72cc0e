"""Which product and which attribute a question means, and that no other product's value is told for it."""

from functools import partial

import pytest

from bot.answering.tools.products.attributes import asked_attributes, without
from bot.answering.tools.products.cues import choice_said, product_wish
from bot.answering.tools.products.limits import HasLimit, OptionLimit
from bot.answering.tools.products.names import ProductNames, nearest
from bot.answering.tools.products.options import Asked
from knowledge.catalog import CatalogVariant
from tests.bot.answering.products.catalogue import product as any_product

product = partial(any_product, brand="")

NAMES = ProductNames(
    [
        product("P-1", "Kitebird Air In-Ear Buds"),
        product("P-1", "Kitebird Air 入耳式无线耳机", language="zh"),
        product("P-2", "Kitebird Air Pro Noise-Cancelling Buds"),
        product("P-2", "Kitebird Air Pro 降噪无线耳机", language="zh"),
        product("P-3", "Gully Trail Running Shoes"),
        product("P-3", "Gully 越野跑鞋", language="zh"),
        product("P-4", "Gully Storm Waterproof Trail Shoes"),
        product("P-4", "Gully Storm 防水越野跑鞋", language="zh"),
        product("P-5", "Ember Heated Vest"),
        product("P-5", "Ember 发热背心", language="zh"),
        product("P-6", "Ember −5 Down Sleeping Bag"),
        product("P-6", "Ember −5 羽绒睡袋", language="zh"),
    ]
)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("are the kitebird air buds noise cancelling?", "P-1"),
        ("Kitebird Air 有主动降噪吗", "P-1"),
        ("Does the Kitebird Air Pro have noise cancelling?", "P-2"),
        ("Kitebird Air Pro 防水吗", "P-2"),
        ("Are the Gully trail shoes waterproof", "P-3"),
        ("is the gully storm waterprof", "P-4"),
        ("what temperature is the Ember sleeping bag good for", "P-6"),
    ],
)
def test_an_attribute_is_asked_of_the_very_model_that_is_named(question: str, meant: str) -> None:
    rest = without(question, asked_attributes(question))
    assert [one.product_id for one in nearest(NAMES.named_in(rest))] == [meant]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("how heavy is it?", ["weight"]),
        ("多重", ["weight"]),
        ("Kitebird Air 有主动降噪吗", ["noise_cancelling"]),
        ("is it waterprof", ["waterproof"]),
        ("How much is shipping to Canada?", []),
        ("怎么退货", []),
    ],
)
def test_the_attribute_that_is_asked_is_told_from_the_words(question: str, names: list[str]) -> None:
    assert [attribute.name for attribute in asked_attributes(question)] == names


def test_an_attribute_is_told_from_the_row_with_its_unit_and_from_the_products_own_sentence() -> None:
    (weight,) = asked_attributes("how heavy is it?")
    tent = product("T", "Tent", description="Two doors. Only 1.9 kg. Green.", attributes={"weight_g": "1900"})
    assert weight.values(tent) == (("Weight", "1900 g"),)
    assert weight.told(tent) == "Only 1.9 kg."


def test_what_a_row_does_not_state_has_no_value() -> None:
    (noise,) = asked_attributes("noise cancelling?")
    assert noise.values(product("T", "Tent")) == ()
    assert noise.told(product("T", "Tent", description="Green.")) == ""


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("waterproof", True),
        ("IP67", True),
        ("不防水", False),
        ("not waterproof", False),
        ("water-repellent", False),
        ("防水", True),
        ("rain cover sold separately", False),
        ("IPX4", False),
    ],
)
def test_a_list_of_waterproof_things_holds_only_what_is(value: str, fits: bool) -> None:
    (waterproof,) = asked_attributes("waterproof shoes")
    limit = HasLimit(waterproof, True, "waterproof")
    assert (limit.miss(product("S", "Shoes", attributes={"waterproof": value})) == 0) is fits


def test_a_list_in_a_colour_holds_only_what_is_in_stock_in_it() -> None:
    blue = OptionLimit(Asked((("Colour", "Blue"),)), "blue")
    there = product("A", "A", variants=(CatalogVariant("A-1", {"Colour": "Blue"}, None, 2),))
    gone = product("B", "B", variants=(CatalogVariant("B-1", {"Colour": "Blue"}, None, 0),))
    other = product("C", "C", variants=(CatalogVariant("C-1", {"Colour": "Red"}, None, 2),))
    assert [blue.miss(one) == 0 for one in (there, gone, other)] == [True, False, False]
    assert blue.miss(gone) < blue.miss(other)


def test_nothing_fits_a_colour_that_the_shop_does_not_have() -> None:
    assert OptionLimit(Asked(()), "red").miss(product("A", "A")) > 0


@pytest.mark.parametrize(
    ("question", "said"), [("and in blue?", "blue"), ("有43码的吗", "43码"), ("有白色的吗", "白色"), ("多少钱", "")]
)
def test_a_colour_or_size_is_read_by_its_name(question: str, said: str) -> None:
    assert choice_said(question) == said


@pytest.mark.parametrize("question", ["Which of them is cheaper?", "哪个更便宜"])
def test_the_cheaper_of_several_is_the_cheapest_of_them(question: str) -> None:
    assert product_wish(question).cheapest


def test_noise_cancelling_is_no_cancelled_order() -> None:
    assert not product_wish("Which headphones under $100 cancel noise?").service
