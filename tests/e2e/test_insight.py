"""The Insight tab in a real browser: signed in, filtered, and opened down to a conversation."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.insight.analytics.keeping import SummaryKeeper
from tests.bot.insight.told import Told
from tests.e2e.browsing import ARTIFACTS, CHINESE, DESKTOP, ENGLISH, PATIENCE_MS, PHONE
from tests.e2e.scripted_server import scripted_server
from tests.ui.scripted_shop import ScriptedShopclerk

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def counted_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    clerk = ScriptedShopclerk(tmp_path_factory.mktemp("insight"))
    clerk.staff.accounts.add("vi@shop.example", by="test", role="viewer", name="Vi", password=PASSWORD)
    told = Told(clerk.engine)
    for hours in range(20, 200, 20):
        at = datetime.now(UTC) - timedelta(hours=hours)
        told.talk("?How long does delivery take?", ">answered cites", at=at)
        told.talk("?The zip broke !negative quality=negative", ">refused none", at=at, product="P1")
        told.talk("?多久能送到？", ">answered cites up", at=at, language="zh")
    SummaryKeeper(clerk.engine, clerk.profiles).catch_up()
    with scripted_server(clerk) as address:
        yield address
    clerk.close()


def signed_in(browser: Browser, address: str, **device: object) -> tuple[Page, list[str]]:
    context = browser.new_context(**device)
    context.set_default_timeout(PATIENCE_MS)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{address}/staff#/insight")
    page.locator("input[type=email]").fill("vi@shop.example")
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".in-score")).not_to_have_count(0)
    return page, complaints


@pytest.mark.full
def test_staff_filter_the_figures_and_open_one_down_to_its_conversations(browser: Browser, counted_address: str):
    page, complaints = signed_in(browser, counted_address, **DESKTOP, **ENGLISH)
    expect(page.locator(".in-kpi strong").first).to_have_text("27")
    expect(page.locator(".in-card-mood .in-mark")).not_to_have_count(0)
    page.locator(".in-card-mood .in-mark").last.hover()
    expect(page.locator(".in-tip")).to_contain_text("Negative")
    page.get_by_label("Language", exact=True).select_option("zh")
    expect(page.locator(".in-kpi strong").first).to_have_text("9")
    assert "language=zh" in page.url
    page.get_by_role("button", name="Clear").click()
    page.locator(".in-score", has=page.locator(".in-score-name", has_text="Refused")).locator(".in-count").click()
    expect(page.get_by_role("dialog")).to_contain_text("9 conversations")
    page.locator(".in-behind").first.click()
    page.wait_for_url("**/staff#/conversations/*")
    assert complaints == []
    page.context.close()


@pytest.mark.full
def test_the_figures_fit_a_phone_in_chinese(browser: Browser, counted_address: str):
    page, complaints = signed_in(browser, counted_address, **PHONE, **CHINESE)
    expect(page.locator(".in-cell").first).to_be_visible()
    main = page.locator("#st-main")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "insight-phone-zh.png")
    assert complaints == []
    page.context.close()
