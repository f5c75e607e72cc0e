"""The chat page with a scripted shop: what is typed is never lost, what is shown is harmless, nothing jumps."""

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from bot.reply import Citation, ProductCard
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Shopper, settles
from tests.e2e.scripted_server import scripted_server
from tests.ui.scripted_shop import CITATION, HEADPHONES, SHOE, Script, ScriptedShopclerk
from ui.limiting import Allowance

pytestmark = pytest.mark.full

Arrive = Callable[..., Shopper]

HOSTILE = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>[go](javascript:window.hacked=1)"


def test_hostile_text_stays_text(arrive: Arrive, shop: ScriptedShopclerk) -> None:
    citation = Citation(
        index=1,
        source=HOSTILE,
        title=HOSTILE,
        quote="<b onmouseover=window.hacked=1>",
        url="javascript:window.hacked=1",
        score=1.0,
        chunk_id="x",
        passage=f"{HOSTILE}\n| <script>window.hacked=1</script> | b |\n<b onmouseover=window.hacked=1>",
    )
    product = ProductCard(
        product_id="1",
        title=HOSTILE,
        category=HOSTILE,
        brand=HOSTILE,
        price=None,
        currency="<b>",
        stock=1,
        url="javascript:window.hacked=1",
        image_url="javascript:window.hacked=1",
        options={HOSTILE: (HOSTILE,)},
    )
    shop.assistant.answer = lambda text: Script(
        f"{HOSTILE} **{HOSTILE}** [1]", citations=(citation,), products=(product,), suggestions=(HOSTILE,)
    )
    shopper = arrive(**DESKTOP, **ENGLISH)
    reply = shopper.ask(HOSTILE)
    expect(reply).to_contain_text("<script>window.hacked=1</script>")
    reply.locator(".sc-mark").first.click()
    expect(shopper.page.locator(".sc-source mark").first).to_be_visible()
    shopper.shoot("hostile-page")
    shopper.page.keyboard.press("Escape")
    for when in ("at once", "from the history"):
        assert shopper.page.evaluate("window.hacked") is None, when
        links = shopper.page.locator("#sc-root a[href]").evaluate_all("links => links.map((link) => link.href)")
        assert all(urlsplit(link).scheme in ("http", "https") for link in links)
        assert shopper.page.locator("#sc-messages script, #sc-root script, #sc-root img[src=x]").count() == 0
        shopper.reload()
        expect(shopper.replies).to_have_count(1)


def test_nothing_is_fetched_from_elsewhere(arrive: Arrive, shop: ScriptedShopclerk, address: str) -> None:
    shop.assistant.answer = lambda text: Script("Two of them. [1]", citations=(CITATION,), products=(SHOE, HEADPHONES))
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.ask("Which headphones?")
    shopper.last.locator(".sc-mark").click()
    shopper.page.wait_for_timeout(500)
    assert shopper.asked_hosts == {urlsplit(address).netloc}
    assert shopper.complaints == []


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_jumps_while_an_answer_streams(arrive: Arrive, shop: ScriptedShopclerk, device: dict) -> None:
    text = "\n\n".join(f"Paragraph {number} says a little more about the returns of shoes. [1]" for number in range(12))
    shop.assistant.answer = lambda question: Script(text, citations=(CITATION,), products=(SHOE, HEADPHONES))
    shopper = arrive(**device, **ENGLISH)
    shopper.ask("First?")
    shopper.ask("And then?")
    shopper.page.wait_for_timeout(600)
    shopper.page.evaluate("window.shifts = []")
    shop.assistant.pause_seconds = 0.03
    shopper.ask("A third one?")
    shopper.page.wait_for_timeout(300)
    assert sum(shift["value"] for shift in shopper.shifts()) < 0.02, shopper.shifts()
    assert shopper.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_page_appears_without_a_jump(arrive: Arrive) -> None:
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.page.wait_for_timeout(800)
    assert sum(shift["value"] for shift in shopper.shifts()) < 0.1, shopper.shifts()


def test_second_message_waits_for_the_first_answer(arrive: Arrive, shop: ScriptedShopclerk) -> None:
    shop.assistant.gate = threading.Event()
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.type("First question")
    expect(shopper.page.locator(".sc-status")).to_contain_text("place in the queue: 2")
    shopper.type("Second question")
    shopper.type("Third question")
    expect(shopper.page.locator(".sc-waiting li")).to_have_count(2)
    shopper.shoot("waiting-messages")
    shopper.page.locator(".sc-waiting li").last.get_by_role("button").click()
    expect(shopper.field).to_have_value("Third question")
    shop.assistant.gate.set()
    expect(shopper.replies).to_have_count(2)
    assert shopper.messages() == ["First question", "Second question"]
    assert shop.assistant.most_at_once == 1


def test_message_typed_during_an_answer_survives_closing_the_page(arrive: Arrive, shop: ScriptedShopclerk) -> None:
    shop.assistant.gate = threading.Event()
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.type("First question")
    expect(shopper.page.locator(".sc-status")).to_contain_text("queue")
    shopper.type("Second question")
    shop.assistant.gate.set()
    shopper.reload()
    expect(shopper.page.locator(".sc-user p").last).to_have_text("Second question")
    expect(shopper.last.locator(".sc-reply.done")).to_be_visible()


def test_message_whose_sending_was_cut_off_by_leaving_is_sent_by_the_next_page(arrive: Arrive) -> None:
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.ask("First question")
    shopper.page.clock.install()
    shopper.page.clock.pause_at(shopper.page.evaluate("Date.now() + 1000"))
    shopper.page.route("**/messages", lambda route: route.abort())
    with shopper.page.expect_event("requestfailed"):
        shopper.type("Second question")
    shopper.page.unroute("**/messages")
    shopper.reload()
    shopper.page.clock.resume()
    expect(shopper.replies).to_have_count(2)
    assert shopper.messages() == ["First question", "Second question"]


def test_leaving_the_page_stops_the_answer(arrive: Arrive, shop: ScriptedShopclerk) -> None:
    shop.assistant.gate = threading.Event()
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.type("A long story, please")
    expect(shopper.page.locator(".sc-status")).to_contain_text("queue")
    shopper.page.goto("about:blank")
    assert settles(shop.assistant.closed_early.is_set, shopper.page)


def test_stop_button_stops_and_the_question_can_be_asked_again(arrive: Arrive, shop: ScriptedShopclerk) -> None:
    shop.assistant.gate = threading.Event()
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.type("A long story, please")
    expect(shopper.page.locator(".sc-status")).to_contain_text("queue")
    shopper.page.get_by_role("button", name="Stop the answer").click()
    expect(shopper.last).to_contain_text("Stopped.")
    assert settles(shop.assistant.closed_early.is_set, shopper.page)
    shop.assistant.gate.set()
    shopper.last.get_by_role("button", name="Ask again").click()
    expect(shopper.last.locator(".sc-words")).to_contain_text("30 days")
    assert shopper.messages() == ["A long story, please"]
    shopper.reload()
    expect(shopper.replies).to_have_count(1)
    assert shopper.messages() == ["A long story, please"]


def test_history_survives_a_server_restart_and_the_open_page_goes_on(browser: Browser, shop: ScriptedShopclerk) -> None:
    with scripted_server(shop) as address:
        shopper = Shopper.arrive(browser, address, **DESKTOP, **ENGLISH)
        shopper.ask("Before the restart")
    shopper.type("While it is down")
    expect(shopper.last).to_contain_text("The connection to the shop was lost.")
    visit = shopper.page.evaluate("localStorage.getItem('shopclerk.visit.demo')")
    shopper.leave()
    with scripted_server(shop) as address:
        back = Shopper.arrive(browser, address, **DESKTOP, **ENGLISH)
        back.page.evaluate("(visit) => localStorage.setItem('shopclerk.visit.demo', visit)", visit)
        back.reload()
        expect(back.page.locator(".sc-user p").first).to_have_text("Before the restart")
        back.ask("After the restart")
        back.leave()


def test_visit_can_come_in_the_address_fragment(browser: Browser, arrive: Arrive, address: str) -> None:
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.ask("Remember me")
    fragment = shopper.page.evaluate(
        "(() => { const visit = JSON.parse(localStorage.getItem('shopclerk.visit.demo'));"
        "return new URLSearchParams({conversation: visit.id, token: visit.token}).toString(); })()"
    )
    framed = Shopper.arrive(browser, address, path=f"/#{fragment}", **DESKTOP, **ENGLISH)
    expect(framed.page.locator(".sc-user p").first).to_have_text("Remember me")
    framed.leave()


def test_where_no_answer_was_found_a_person_is_offered(arrive: Arrive, shop: ScriptedShopclerk) -> None:
    shop.assistant.answer = lambda text: Script("没有找到答案。", outcome="refused", gear="none")
    shopper = arrive(**PHONE, **CHINESE)
    offer = shopper.page.get_by_role("button", name="转给人工客服")
    shopper.ask("明天天气怎么样？")
    shopper.reload()
    offer.click()
    shopper.page.get_by_role("dialog").get_by_role("button", name="转给同事").click()
    expect(shopper.page.locator(".sc-note.person")).to_be_visible()
    shopper.ask("后天呢？")
    expect(offer).to_have_count(0)


def test_limits_are_explained_in_the_shoppers_language(browser: Browser, shop: ScriptedShopclerk) -> None:
    with scripted_server(shop, allowance=Allowance(messages_a_minute=1, message_characters=50)) as address:
        shopper = Shopper.arrive(browser, address, **PHONE, **CHINESE)
        shopper.field.fill("长" * 51)
        expect(shopper.page.locator(".sc-count")).to_have_text("51 / 50 字")
        expect(shopper.page.get_by_role("button", name="发送", exact=True)).to_be_disabled()
        shopper.ask("你好")
        shopper.type("再来一个")
        expect(shopper.last).to_contain_text("消息发得有点快")
        shopper.leave()


def test_everything_can_be_done_with_the_keyboard(arrive: Arrive) -> None:
    shopper = arrive(**DESKTOP, **ENGLISH)
    page = shopper.page
    expect(shopper.field).to_be_focused()
    page.keyboard.type("Can I return shoes?")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("They are unworn.")
    page.keyboard.press("Enter")
    expect(shopper.replies).to_have_count(1)
    assert shopper.messages() == ["Can I return shoes?\nThey are unworn."]
    page.locator("body").press("Tab")
    for _ in range(12):
        if page.evaluate("document.activeElement.className").startswith("sc-mark"):
            break
        page.keyboard.press("Shift+Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_screen_reader_hears_the_answer_once_and_every_control_has_a_name(arrive: Arrive) -> None:
    shopper = arrive(**DESKTOP, **ENGLISH)
    shopper.ask("Can I return shoes?")
    status = shopper.page.locator("#sc-root > [role=status]")
    expect(status).to_contain_text("Unworn shoes can be returned")
    assert status.get_attribute("aria-live") == "polite"
    nameless = shopper.page.locator("#sc-root").evaluate(
        """root => [...root.querySelectorAll("button, a[href], textarea, input")]
        .filter((one) => one.getAttribute("aria-hidden") !== "true")
        .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim())).map((one) => one.outerHTML)"""
    )
    assert nameless == []


def test_gradio_leaves_no_footer(arrive: Arrive) -> None:
    shopper = arrive(**DESKTOP, **ENGLISH)
    expect(shopper.page.locator("footer")).to_have_count(0)
    expect(shopper.page.get_by_text("Built with Gradio")).to_have_count(0)
