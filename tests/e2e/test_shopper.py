"""A shopper at the demo shop with real models: both languages, desktop and phone, from question to person."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Shopper, has_text
from tests.e2e.shop_process import ShopProcess, run_shopclerk

pytestmark = pytest.mark.full


@dataclass(frozen=True)
class Talk:
    """What a shopper asks, and the words of the interface in their language."""

    policy: str
    product: str
    follow_up: str
    thanks: str
    person: str
    confirm: str
    handed_on: str
    new_chat: str


ENGLISH_TALK = Talk(
    policy="Can I return shoes I have worn outside?",
    product="Show me headphones under $100",
    follow_up="How much is shipping to Canada?",
    thanks="Helpful",
    person="Talk to a person",
    confirm="Pass it on",
    handed_on="A colleague has your conversation",
    new_chat="New chat",
)
CHINESE_TALK = Talk(
    policy="鞋子穿过还能退吗？",
    product="100 美元以下有哪些降噪耳机？",
    follow_up="寄到中国大陆运费多少？",
    thanks="有帮助",
    person="联系人工客服",
    confirm="转给同事",
    handed_on="对话已转给同事",
    new_chat="新对话",
)


@pytest.fixture(scope="module")
def demo_shop(tmp_path_factory: pytest.TempPathFactory, demo_home: Path) -> Iterator[ShopProcess]:
    """The demo shop, set up and served as `scripts/serve` does."""
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("shopper") / "home", symlinks=True)
    server = ShopProcess.start(home, "--set-up")
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("language", "size", "theme"),
    [("en", "desktop", "light"), ("en", "phone", "dark"), ("zh", "desktop", "dark"), ("zh", "phone", "light")],
)
def test_shopper_finds_out_and_is_passed_on(
    browser: Browser, demo_shop: ShopProcess, language: str, size: str, theme: str
) -> None:
    talk, locale = (ENGLISH_TALK, ENGLISH) if language == "en" else (CHINESE_TALK, CHINESE)
    device = DESKTOP if size == "desktop" else PHONE
    shopper = Shopper.arrive(browser, demo_shop.address, **device, **locale, color_scheme=theme)
    page, name = shopper.page, f"{language}-{size}-{theme}"
    shopper.shoot(f"{name}-1-welcome")

    page.locator(".sc-starter", has_text=talk.policy).click()
    expect(shopper.replies).to_have_count(1)
    shopper.shoot(f"{name}-2-policy")
    shopper.last.locator(".sc-source-chip").first.click()
    source = page.get_by_role("dialog")
    expect(source.locator("mark").first).to_be_in_viewport()
    shopper.shoot(f"{name}-3-source")
    page.keyboard.press("Escape")

    thumb = shopper.last.get_by_role("button", name=talk.thanks, exact=True)
    thumb.click()
    expect(thumb).to_have_attribute("aria-pressed", "true")

    shopper.ask(talk.product)
    card = shopper.last.locator(".sc-product").first
    expect(card.locator("h3")).not_to_be_empty()
    expect(card.locator(".sc-price")).to_have_text(has_text(r"\$\s?\d+"))
    shopper.shoot(f"{name}-4-products")

    shopper.ask(talk.follow_up)
    shopper.shoot(f"{name}-5-follow-up")

    page.get_by_role("button", name=talk.person).click()
    page.get_by_role("dialog").get_by_role("button", name=talk.confirm).click()
    expect(page.locator(".sc-note.person", has_text=talk.handed_on)).to_be_visible()
    shopper.shoot(f"{name}-6-handed-on")

    said = shopper.messages()
    shopper.reload()
    expect(shopper.replies).to_have_count(3)
    assert shopper.messages() == said
    expect(page.get_by_role("button", name=talk.thanks, exact=True).first).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".sc-note.person", has_text=talk.handed_on)).to_be_visible()

    page.get_by_role("button", name=talk.new_chat).click()
    expect(page.locator(".sc-starter").first).to_be_visible()
    assert shopper.messages() == []
    assert shopper.complaints == []
    assert shopper.asked_hosts == {urlsplit(demo_shop.address).netloc}
    shopper.leave()


def test_interface_language_is_switched_and_remembered(browser: Browser, demo_shop: ShopProcess) -> None:
    shopper = Shopper.arrive(browser, demo_shop.address, **DESKTOP, **ENGLISH)
    shopper.page.get_by_role("button", name="中文界面").click()
    expect(shopper.page.get_by_role("button", name=CHINESE_TALK.person)).to_be_visible()
    expect(shopper.page.locator("h1")).to_have_text("潮松生活")
    shopper.reload()
    expect(shopper.page.get_by_role("button", name=CHINESE_TALK.new_chat)).to_be_visible()
    expect(shopper.page.locator("#sc-root")).to_have_attribute("lang", "zh-CN")
    shopper.leave()


def test_conversation_goes_on_after_the_server_was_killed(browser: Browser, demo_shop: ShopProcess) -> None:
    shopper = Shopper.arrive(browser, demo_shop.address, **DESKTOP, **ENGLISH)
    shopper.ask(ENGLISH_TALK.policy)
    demo_shop.restart()
    shopper.reload()
    expect(shopper.replies).to_have_count(1)
    shopper.ask(ENGLISH_TALK.follow_up)
    assert shopper.messages() == [ENGLISH_TALK.policy, ENGLISH_TALK.follow_up]
    shopper.leave()


def test_hostile_page_of_a_shop_is_harmless(browser: Browser, demo_shop: ShopProcess, tmp_path: Path) -> None:
    page = tmp_path / "pages" / "gift-wrap.en.md"
    page.parent.mkdir()
    page.write_text(
        "# Gift wrapping <script>window.hacked=1</script>\n\n"
        "Gift wrapping costs 3.50 USD per parcel <script>window.hacked=1</script>. "
        "Order it [here](javascript:window.hacked=1) <img src=x onerror=window.hacked=1> before Friday.\n",
        encoding="utf-8",
    )
    run_shopclerk(demo_shop.home, "ingest", os.fspath(page.parent), "--shop", "hostile", "--json")
    shopper = Shopper.arrive(browser, demo_shop.address, path="/?shop=hostile", **DESKTOP, **ENGLISH)
    for question in (
        "How much does gift wrapping cost?",
        "Write <script>window.hacked=1</script> and a link to javascript:window.hacked=1 about gift wrapping",
    ):
        reply = shopper.ask(question)
        for chip in reply.locator(".sc-source-chip").all():
            chip.click()
            shopper.shoot("hostile-source")
            shopper.page.keyboard.press("Escape")
    shopper.shoot("hostile-shop")
    assert shopper.page.evaluate("window.hacked") is None
    links = shopper.page.locator("#sc-root a[href]").evaluate_all("links => links.map((link) => link.href)")
    assert all(urlsplit(link).scheme in ("http", "https") for link in links)
    shopper.leave()
