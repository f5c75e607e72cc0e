"""What counts as a right answer in a shopping conversation, and that the conversations themselves can be right."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.errors import InvalidInput
from bot.learning.shopping import ShoppingTurn, Shown, first_fits, fits, foreign_price, invented, read_shopping, right
from knowledge.catalog import CatalogProduct, CatalogVariant
from knowledge.sources.files import FoundFile
from knowledge.sources.reader import read_file
from scripts.demo import demo_folder
from scripts.evaluate_advice import GOLDEN_FILE


@pytest.fixture(scope="module")
def rows() -> dict[str, CatalogProduct]:
    read = read_file(FoundFile(demo_folder() / "products.csv", "products.csv"), shop="demo")
    return {row.product_id: row for row in read.products.values() if row.language == "en"}


def test_the_splits_have_no_message_in_common() -> None:
    said = {
        split: {turn.say for talk in read_shopping(GOLDEN_FILE, split=split) for turn in talk.turns}
        for split in ("dev", "test")
    }
    assert len(said["dev"]) > 50
    assert len(said["test"]) > 50
    assert not said["dev"] & said["test"]


def test_every_product_that_is_expected_is_on_show(rows: dict[str, CatalogProduct]) -> None:
    for split in ("dev", "test"):
        for talk in read_shopping(GOLDEN_FILE, split=split):
            for turn in talk.turns:
                named = {*turn.ids, *turn.must, *turn.any_of, *turn.first, *turn.none_of, *turn.compare}
                assert named <= rows.keys(), talk.id


def test_what_is_shown_must_fit_the_rows(rows: dict[str, CatalogProduct]) -> None:
    turn = ShoppingTurn("headphones under $60", fits={"category": ("=Headphones",), "price": ("<=60",)})
    assert right(turn, Shown(("HP-104", "HP-113")), rows)
    assert not right(turn, Shown(("HP-104", "HP-101")), rows)
    assert not right(turn, Shown(()), rows)


def test_a_plain_search_is_held_to_its_first_product_alone(rows: dict[str, CatalogProduct]) -> None:
    turn = ShoppingTurn("the lightest tent", fits={"title": ("~Tent",)}, first=("CP-101",))
    assert first_fits(turn, Shown(("CP-101", "HP-101")), rows)
    assert not first_fits(turn, Shown(("HP-101", "CP-101")), rows)


def test_a_colour_must_be_in_stock_in_the_very_size() -> None:
    variants = (
        CatalogVariant("A", {"Colour": "Blue", "Size": "42"}, None, 0),
        CatalogVariant("B", {"Colour": "Red", "Size": "42"}, None, 3),
    )
    row = CatalogProduct("S", "Shoe", "", "Shoes", "", Decimal(9), "USD", 3, None, None, {}, variants)
    assert fits(row, {"colour": ("=Red",), "size": ("=42",)})
    assert not fits(row, {"colour": ("=Blue",), "size": ("=42",)})


def test_products_and_prices_that_no_row_has_are_found_out(rows: dict[str, CatalogProduct]) -> None:
    assert invented(Shown(("XX-1",)), rows)
    assert invented(Shown(("HP-104",), prices=(("HP-104", Decimal("58.99")),)), rows)
    assert not invented(Shown(("HP-104",), prices=(("HP-104", Decimal("59.00")),)), rows)
    assert foreign_price("under 60", Shown(("HP-104",), text="It costs $58.99."), rows)
    assert not foreign_price("under 60", Shown(("HP-104",), text="$59.00, within $60.00"), rows)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="shopping conversations"):
        read_shopping(tmp_path / "none.jsonl", split="dev")
