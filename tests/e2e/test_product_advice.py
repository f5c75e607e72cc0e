"""Why a product is shown, and products side by side, on the chat page."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Shopper
from tests.ui.scripted_shop import HEADPHONES, SHOE, Script, ScriptedShopclerk

pytestmark = pytest.mark.full

Arrive = Callable[..., Shopper]

COMPARED = Script(
    "Side by side:\n- Weight: 240 g / 248 g",
    products=(
        replace(SHOE, reason="Weight: 240 g", compared={"Weight": "240 g", "Warranty": "6 months"}),
        replace(HEADPHONES, compared={"Weight": "248 g", "Warranty": "6 months"}),
    ),
)


def test_a_card_says_why_it_is_shown_and_a_table_what_sets_apart(arrive: Arrive, shop: ScriptedShopclerk) -> None:
    shop.assistant.answer = lambda text: COMPARED
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.ask("Compare the two")
    for when in ("at once", "from the history"):
        expect(shopper.page.locator(".sc-reason"), when).to_have_text("Weight: 240 g")
        table = shopper.page.get_by_role("region", name="Comparison").get_by_role("table")
        expect(table.get_by_role("columnheader")).to_have_count(3)
        expect(table.get_by_role("rowheader", name="Weight")).to_be_visible()
        expect(table.get_by_role("row", name="Weight 240 g 248 g")).to_be_visible()
        expect(shopper.last.locator(".sc-words")).to_have_text("Side by side:")
        shopper.reload()


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_table_stays_on_a_phone(arrive: Arrive, shop: ScriptedShopclerk, language: dict[str, str]) -> None:
    shop.assistant.answer = lambda text: COMPARED
    shopper = arrive(**PHONE, **language)
    shopper.ask("Compare the two")
    box = shopper.page.locator(".sc-comparison").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["viewport"]["width"]
    assert shopper.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_words_in_a_table_stay_words(arrive: Arrive, shop: ScriptedShopclerk) -> None:
    hostile = "<img src=x onerror='window.hacked=1'>"
    cards = tuple(replace(card, reason=hostile, compared={hostile: hostile}) for card in COMPARED.products)
    shop.assistant.answer = lambda text: replace(COMPARED, products=cards)
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.ask("Compare the two")
    expect(shopper.page.locator(".sc-comparison tbody th")).to_have_text(hostile)
    assert shopper.page.evaluate("window.hacked") is None
