"""What a shopper's words are read as: limits on rows, what comes first, what is wished for beside what was shown."""

import pytest

from bot.answering.tools.products.choosing import choose
from bot.answering.tools.products.measures import measures
from bot.answering.tools.products.reading import read_wish
from bot.answering.tools.products.shelf import Shelf
from knowledge.catalog import CatalogVariant
from tests.bot.answering.products.catalogue import product, shelf


def fitting(question: str) -> list[str]:
    shown = shelf()
    wish = read_wish(question, shown)
    among = shown.get(wish.kind.ids) if wish.kind else list(shown.products.values())
    choice = choose(wish, among, shown)
    return [] if choice.dropped else [product.product_id for product in choice.products]


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("headphones with at least 45 hours of battery", {"H-2"}),
        ("headphones lighter than 200 g", {"H-2", "H-3"}),
        ("headphones under 7 oz", {"H-2", "H-3"}),
        ("headphones weighing under half a pound", {"H-2", "H-3"}),
        ("续航45小时以上的耳机", {"H-2"}),
        ("headphones under $80", {"H-2", "H-3"}),
        ("headphones between $50 and $100", {"H-2"}),
        ("noise cancelling headphones", {"H-1"}),
        ("headphones without noise cancelling", {"H-2", "H-3"}),
        ("a bag for a 15 inch laptop", {"B-2"}),
        ("messenger bags that fit a 38 cm laptop", {"B-2"}),
        ("laptop bags between 12 and 20 litres", {"B-2", "B-3"}),
        ("leather laptop bag", {"B-3"}),
        ("laptop bags not made of leather", {"B-1", "B-2"}),
        ("Hall laptop bags under $100", {"B-1"}),
        ("a tent for 3 people", {"T-2"}),
        ("tents under 2 kg", {"T-1"}),
        ("tents under 4.5 lbs", {"T-1"}),
        ("tents of no more than 2 kg", {"T-1"}),
        ("tents of not less than 2 kg", {"T-2"}),
        ("blue trail shoes", {"S-1"}),
        ("waterproof trail shoes in navy", {"S-1"}),
    ],
)
def test_limits_are_held_against_rows_in_any_unit(question: str, ids: set[str]) -> None:
    assert set(fitting(question)) == ids


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("which is the lightest tent?", "T-1"),
        ("your heaviest tent", "T-2"),
        ("the cheapest laptop bag", "B-1"),
        ("headphones with the longest battery", "H-2"),
        ("续航最长的耳机", "H-2"),
        ("the largest laptop bag", "B-2"),
    ],
)
def test_a_superlative_puts_one_first(question: str, first: str) -> None:
    assert fitting(question)[0] == first


@pytest.mark.parametrize(
    ("question", "aspect", "way"),
    [
        ("cheaper", "price", "less"),
        ("便宜一点的", "price", "less"),
        ("something lighter", "weight", "less"),
        ("longer battery please", "battery", "more"),
    ],
)
def test_a_comparative_is_a_wish_beside_what_was_shown(question: str, aspect: str, way: str) -> None:
    relative = read_wish(question, shelf()).relative
    assert relative is not None
    assert (relative.aspect.name, relative.way) == (aspect, way)


@pytest.mark.parametrize("question", ["how heavy is it?", "how do I return a tent?", "多重", "how long is it good for"])
def test_a_question_on_a_fact_is_no_wish(question: str) -> None:
    assert read_wish(question, shelf()).empty


def test_bigger_means_what_the_kind_is_measured_by() -> None:
    shown = shelf()
    tents = shown.kinds.named("tents")
    relative = read_wish("a bigger one", shown, about=tents).relative
    assert relative is not None
    assert relative.aspect.name == "persons"


def test_what_nothing_fits_names_the_wish_that_was_dropped() -> None:
    shown = shelf()
    wish = read_wish("headphones under $10", shown)
    assert wish.kind is not None
    choice = choose(wish, shown.get(wish.kind.ids), shown)
    assert [limit.said for limit in choice.dropped] == ["under $10"]
    assert choice.products[0].product_id == "H-3"


def test_the_wish_said_last_is_the_last_to_be_dropped() -> None:
    shown = shelf()
    first = read_wish("a tent for 3 people", shown)
    both = first.refined(read_wish("under $350", shown))
    assert both.kind is not None
    choice = choose(both, shown.get(both.kind.ids), shown)
    assert ([one.product_id for one in choice.products], [limit.slot for limit in choice.dropped]) == (
        ["T-1"],
        ["persons"],
    )


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("15.6 inch", 396.24, "length"),
        ("2 lbs", 907.18, "mass"),
        ("500 ml", 0.5, "volume"),
        ("12 fl oz", 0.354882, "volume"),
        ("−5 °C", -5, "temperature"),
        ("零下 5 摄氏度", -5, "temperature"),
        ("23 °F", -5, "temperature"),
        ("3斤", 1500, "mass"),
        ("20,000 mAh", 20000, "charge"),
        ("400 lumens", 400, "light"),
    ],
)
def test_a_number_is_the_same_in_every_unit(text: str, value: float, dimension: str) -> None:
    (measure,) = measures(text)
    assert (measure.value, measure.dimension) == (pytest.approx(value, rel=1e-3), dimension)


def test_a_size_that_is_there_in_a_colour_that_is_not_fits_not() -> None:
    variants = (CatalogVariant("S-41", {"Colour": "Navy", "Size": "41"}, None, 3),)
    shoe = product("S", "Dash Running Shoes", category="Shoes", variants=variants)
    shown = Shelf(1, {"S": shoe}, [shoe])
    (red,) = read_wish("red running shoes in size 41", shown).limits
    (navy,) = read_wish("navy running shoes in size 41", shown).limits
    assert red.miss(shoe) > 0
    assert navy.miss(shoe) == 0
