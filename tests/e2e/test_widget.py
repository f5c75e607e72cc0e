"""The widget on another site's pages: it works there, keeps to itself, and is nothing to a stranger."""

import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from knowledge.widget_profile import WidgetProfile
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PATIENCE_MS, PHONE, settles
from tests.e2e.scripted_server import scripted_server
from tests.e2e.shop_site import ShopSite, shop_site
from tests.ui.scripted_shop import DEFAULT_SCRIPT, SHOE, Script, ScriptedProfiles, ScriptedShopclerk

pytestmark = pytest.mark.full

COUNT_SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifts += entry.value; })
  .observe({type: "layout-shift", buffered: true});
"""

# What the page says to the chat takes its time on a busy machine.
LATE_TO_THE_FRAME = """
const post = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (message, ...rest) {
  if (message?.shown === false) setTimeout(() => post.call(this, message, ...rest), 3000);
  else post.call(this, message, ...rest);
};
"""


@dataclass
class Place:
    """A shop's site, a stranger's, and the bot that the first has on its pages."""

    shop: ScriptedShopclerk
    bot: str
    site: ShopSite
    stranger: ShopSite

    def page(self, path: str = "/", **said: str) -> str:
        return self.site.show(path, self.bot, **said)


@dataclass
class Guest:
    """Somebody on the shop's page."""

    context: BrowserContext
    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def on(cls, context: BrowserContext, address: str) -> "Guest":
        context.set_default_timeout(PATIENCE_MS)
        guest = cls(context, context.new_page())
        guest.page.add_init_script(COUNT_SHIFTS)
        guest.page.on("request", lambda request: guest.asked.append(request.url))
        guest.page.on("pageerror", lambda error: guest.complaints.append(str(error)))
        guest.page.on(
            "console", lambda message: guest.complaints.append(message.text) if message.type == "error" else None
        )
        guest.page.goto(address)
        return guest

    @property
    def launcher(self) -> Locator:
        return self.page.locator("shopclerk-widget .launcher")

    @property
    def panel(self) -> Locator:
        return self.page.locator("shopclerk-widget .panel")

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("shopclerk-widget iframe")

    @property
    def field(self) -> Locator:
        return self.chat.locator("#sc-question")

    def open(self) -> None:
        self.launcher.click()
        self.wait_for_chat()

    def wait_for_chat(self) -> None:
        expect(self.page.locator("shopclerk-widget .cover")).to_be_hidden()

    def ask(self, text: str) -> Locator:
        replies = self.chat.locator(".sc-reply.done")
        before = replies.count()
        self.field.fill(text)
        self.field.press("Enter")
        expect(replies).to_have_count(before + 1)
        return replies.last

    def has_said(self, *texts: str) -> None:
        """What the panel shows of the shopper's words, once it has read what was said before."""
        expect(self.chat.locator(".sc-user p")).to_have_text(list(texts))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with shop_site("shop.localhost") as site, shop_site("stranger.localhost") as stranger:
        shop = ScriptedShopclerk(tmp_path_factory.mktemp("widget"), widget=WidgetProfile(origins=(site.origin,)))
        with scripted_server(shop) as bot:
            yield Place(shop, bot, site, stranger)
        shop.close()


@pytest.fixture
def place(world: Place) -> Place:
    world.shop.begin_anew()
    return world


@pytest.fixture
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(**DESKTOP, **ENGLISH)
    yield context
    context.close()


def test_talk_goes_on_over_pages_and_reloads(place: Place, desktop: BrowserContext) -> None:
    place.page("/other")
    guest = Guest.on(desktop, place.page())
    guest.open()
    guest.ask("Can I return shoes?")
    guest.page.goto(place.site.origin + "/other")  # the panel was open, so it is there again
    guest.wait_for_chat()
    guest.has_said("Can I return shoes?")
    guest.page.reload()
    guest.wait_for_chat()
    guest.has_said("Can I return shoes?")
    guest.ask("And pans?")
    guest.chat.locator("#sc-close").click()
    expect(guest.panel).to_be_hidden()
    guest.page.reload()
    expect(guest.launcher).to_be_visible()
    guest.open()
    expect(guest.chat.locator(".sc-user p")).to_have_text(["Can I return shoes?", "And pans?"])
    assert len(set(place.shop.assistant.conversations)) == 1
    assert guest.complaints == []


def test_shop_greets_in_its_own_words(place: Place, desktop: BrowserContext) -> None:
    widget = WidgetProfile(origins=(place.site.origin,), greeting={"en": "Ahoy!", "zh": "嗨！"}, position="left")
    place.shop.profiles = ScriptedProfiles(widget)
    guest = Guest.on(desktop, place.page("/greets", language="zh", label="客服"))
    guest.open()
    expect(guest.chat.locator(".sc-greeting")).to_have_text("嗨！")
    assert guest.launcher.bounding_box()["x"] == 20
    place.shop.begin_anew()


def test_old_visit_is_renewed_and_goes_on(place: Place, desktop: BrowserContext) -> None:
    guest = Guest.on(desktop, place.page())
    guest.open()
    guest.ask("Can I return shoes?")
    kept = "JSON.parse(localStorage['shopclerk.demo.visit'])"
    before = guest.page.evaluate(kept)
    grown_old = {**before, "until": 0, "token": "of yesterday"}
    guest.page.evaluate("(visit) => { localStorage['shopclerk.demo.visit'] = JSON.stringify(visit) }", grown_old)
    guest.page.reload()
    guest.wait_for_chat()
    guest.has_said("Can I return shoes?")
    guest.ask("And pans?")
    after = guest.page.evaluate(kept)
    assert after["id"] == before["id"]
    assert after["refresh"] != before["refresh"]
    assert after["until"] > time.time() * 1000


def test_page_pays_nothing_before_the_first_click(place: Place, desktop: BrowserContext) -> None:
    restyled = "<style>*{color:red!important;display:block!important;font-size:40px!important}</style>"
    guest = Guest.on(desktop, place.page("/plain", body=restyled))
    expect(guest.launcher).to_be_visible()
    before = [url for url in guest.asked if url.startswith(place.bot)]
    assert [url.removeprefix(place.bot) for url in before] == ["/widget.js", "/api/v1/widget?shop=demo"]
    heading = guest.page.locator("h1").bounding_box()
    guest.open()
    assert guest.page.locator("h1").bounding_box() == heading
    assert guest.page.evaluate("window.shifts") == 0
    assert guest.panel.evaluate("(panel) => getComputedStyle(panel).fontSize") == "15px"
    assert guest.page.evaluate("document.styleSheets.length") == 1


def test_unread_answers_are_counted_until_seen(place: Place, desktop: BrowserContext) -> None:
    place.shop.assistant.gate = threading.Event()
    guest = Guest.on(desktop, place.page())
    guest.open()
    guest.field.fill("Can I return shoes?")
    guest.field.press("Enter")
    expect(guest.chat.locator(".sc-status")).to_contain_text("queue")
    guest.field.press("Escape")
    expect(guest.panel).to_be_hidden()
    place.shop.assistant.gate.set()
    badge = guest.page.locator("shopclerk-widget .badge")
    expect(badge).to_have_text("1")
    expect(guest.launcher).to_have_attribute("aria-label", "Chat with us, new messages: 1")
    guest.page.reload()
    expect(badge).to_have_text("1")
    guest.open()
    expect(badge).to_be_hidden()


def test_answer_right_after_closing_is_unread(place: Place, desktop: BrowserContext) -> None:
    place.shop.assistant.gate = threading.Event()
    desktop.add_init_script(LATE_TO_THE_FRAME)
    guest = Guest.on(desktop, place.page())
    guest.open()
    guest.field.fill("Can I return shoes?")
    guest.field.press("Enter")
    expect(guest.chat.locator(".sc-status")).to_contain_text("queue")
    guest.field.press("Escape")
    expect(guest.panel).to_be_hidden()
    place.shop.assistant.gate.set()
    expect(guest.page.locator("shopclerk-widget .badge")).to_have_text("1")


def test_keyboard_alone_is_enough_and_stays_inside(place: Place, desktop: BrowserContext) -> None:
    guest = Guest.on(desktop, place.page())
    expect(guest.launcher).to_be_visible()
    guest.launcher.focus()
    guest.page.keyboard.press("Enter")
    guest.wait_for_chat()
    expect(guest.field).to_be_focused()
    expect(guest.panel).to_have_attribute("role", "dialog")
    seen = set()
    for key in ["Tab"] * 20 + ["Shift+Tab"] * 20:
        guest.page.keyboard.press(key)
        guest.page.wait_for_timeout(20)
        seen.add(
            guest.page.evaluate(
                "document.activeElement.tagName + (document.activeElement.shadowRoot?.activeElement?.tagName ?? '')"
            )
        )
    assert seen == {"SHOPCLERK-WIDGETIFRAME"}
    guest.page.keyboard.press("Escape")
    expect(guest.panel).to_be_hidden()
    expect(guest.launcher).to_be_focused()
    expect(guest.launcher).to_have_attribute("aria-expanded", "false")


def test_escape_closes_it_with_nothing_in_focus(place: Place, desktop: BrowserContext) -> None:
    guest = Guest.on(desktop, place.page())
    guest.open()
    expect(guest.field).to_be_focused()
    guest.chat.locator("body").evaluate("() => document.activeElement.blur()")
    guest.page.keyboard.press("Escape")
    expect(guest.panel).to_be_hidden()


def test_works_under_a_strict_policy(place: Place, desktop: BrowserContext) -> None:
    policy = (
        f"default-src 'none'; script-src {place.bot}; frame-src {place.bot}; connect-src {place.bot}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    guest = Guest.on(desktop, place.page("/strict", policy=policy, colour="#7a1f4b"))
    guest.open()
    guest.ask("Can I return shoes?")
    colour = guest.launcher.evaluate("(button) => getComputedStyle(button).backgroundColor")
    assert colour == "rgb(122, 31, 75)"
    assert [one for one in guest.complaints if "favicon" not in one] == []


def test_works_where_third_party_cookies_are_blocked(place: Place, browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "Default").mkdir()
    blocked = {"profile": {"cookie_controls_mode": 1, "block_third_party_cookies": True}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(blocked))
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=shutil.which("chromium"), args=["--no-sandbox", "--headless"], **DESKTOP
    )
    guest = Guest.on(context, place.page())
    guest.open()
    frame = guest.page.frames[-1]
    refused = "() => { try { localStorage.length; return false } catch { return true } }"
    assert frame.evaluate(refused), "the browser lets the frame keep things; the test shows nothing"
    guest.ask("Can I return shoes?")
    guest.page.reload()
    guest.wait_for_chat()
    guest.has_said("Can I return shoes?")
    context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_phone_gets_the_whole_screen(place: Place, browser: Browser, language: str) -> None:
    context = browser.new_context(**PHONE, **(ENGLISH if language == "en" else CHINESE), color_scheme="dark")
    guest = Guest.on(context, place.page(f"/{language}", language=language))
    guest.launcher.tap()
    guest.wait_for_chat()
    box = guest.panel.bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    expect(guest.panel).to_have_attribute("aria-modal", "true")
    expect(guest.field).to_have_attribute(
        "placeholder", "Ask about products or orders" if language == "en" else re.compile("商品|订单")
    )
    guest.chat.locator("#sc-close").tap()
    expect(guest.panel).to_be_hidden()
    guest.page.reload()
    expect(guest.launcher).to_be_visible()  # and does not cover the page again
    context.close()


def sign(place: Place, customer: str) -> str:
    key = OctKey.import_key(place.shop.shop_secrets.of("demo"))
    return jwt.encode({"alg": "HS256"}, {"sub": customer, "exp": int(time.time()) + 300}, key)


def customers(place: Place) -> list[str | None]:
    talks = dict.fromkeys(place.shop.assistant.conversations)
    return [place.shop.history.conversation(talk).customer_id for talk in talks]


def test_page_speaks_to_the_widget(place: Place, desktop: BrowserContext) -> None:
    place.shop.assistant.answer = lambda text: Script("Yes.", products=(SHOE,)) if "blue" in text else DEFAULT_SCRIPT
    guest = Guest.on(desktop, place.page("/product", product="TP-101", cart="TP-220, TP-101"))
    expect(guest.launcher).to_be_visible()
    guest.page.evaluate(
        "window.heard = []; for (const name of ['open', 'close', 'message', 'identified'])"
        "Shopclerk.on(name, (detail) => heard.push([name, detail]))"
    )
    guest.page.evaluate(
        "(token) => { Shopclerk.identify(token); Shopclerk.ask('Does it come in blue?') }", sign(place, "c-7")
    )
    expect(guest.chat.locator(".sc-reply.done")).to_have_count(1)
    guest.ask("And what is it made of?")
    guest.page.evaluate("Shopclerk.close()")
    pages = place.shop.assistant.pages
    assert (pages[0].product_id, pages[0].title, pages[0].cart) == ("TP-101", "Sand sneaker", ("TP-220", "TP-101"))
    assert pages[1].product_id is None, "the talk has shown a product of its own since"
    assert customers(place) == ["c-7"]
    heard = guest.page.evaluate("heard")
    assert [name for name, _ in heard] == ["open", "identified", "message", "message", "close"]
    assert "Yes." not in json.dumps(heard), "what is said stays in the chat"


def test_next_customer_gets_a_talk_of_their_own(place: Place, desktop: BrowserContext) -> None:
    guest = Guest.on(desktop, place.page())
    guest.open()
    for customer in (sign(place, "c-7"), sign(place, "c-8"), None):
        guest.page.evaluate("(token) => Shopclerk.identify(token)", customer)
        expect(guest.chat.locator(".sc-welcome")).to_be_visible()
        guest.ask("Where is my order?")
    assert customers(place) == ["c-7", "c-8", None]
    guest.page.evaluate("Shopclerk.identify('made.up.token')")
    guest.ask("Who am I?")
    assert customers(place)[-1] is None


def test_widget_speaks_first_where_its_rule_says_so_and_once(place: Place, desktop: BrowserContext) -> None:
    said = {"opener": "Need a hand?", "opener_after": "0", "opener_path": "/cart*"}
    elsewhere, cart = place.page("/home", **said), place.page("/cart", **said)
    guest = Guest.on(desktop, elsewhere)
    expect(guest.launcher).to_be_visible()
    opener = guest.page.locator("shopclerk-widget .opener")
    expect(opener).to_be_hidden()
    guest.page.goto(cart)
    expect(opener).to_contain_text("Need a hand?")
    opener.get_by_role("button", name="Need a hand?").click()
    guest.wait_for_chat()
    expect(guest.chat.locator(".sc-greeting")).to_have_text("Need a hand?")
    guest.chat.locator("#sc-close").click()
    guest.page.reload()
    expect(guest.launcher).to_be_visible()
    guest.page.wait_for_timeout(200)
    expect(opener).to_be_hidden()


def test_stranger_can_neither_show_nor_use_nor_overhear_it(place: Place, desktop: BrowserContext) -> None:
    guest = Guest.on(desktop, place.page())
    guest.open()
    guest.ask("Can I return shoes?")
    address = place.stranger.show(
        "/", place.bot, body=f'<iframe id="mine" src="{place.bot}/?widget=1&shop=demo"></iframe>'
    )
    stranger = Guest.on(desktop, address)  # in the same browser, so it could have the shopper's storage
    assert settles(lambda: any("frame-ancestors" in one for one in stranger.complaints), stranger.page)
    assert stranger.page.locator("shopclerk-widget").count() == 0
    calls = """async (bot) => {
      const begin = `${bot}/api/v1/conversations`, json = {"Content-Type": "application/json"};
      const tries = [[begin, {method: "POST", headers: json, body: "{}"}], [begin, {method: "POST", body: "{}"}],
        [begin, {method: "POST", body: "{}", mode: "no-cors"}], [`${bot}/?widget=1`, {}]];
      const read = await Promise.all(tries.map(([url, how]) => fetch(url, how).then((got) => got.text(), () => "")));
      return read.join("");
    }"""
    before = talks(place)
    assert stranger.page.evaluate(calls, place.bot) == ""
    assert talks(place) == before, "nothing was begun either"


def test_stranger_in_a_window_or_frame_is_not_heard(place: Place, desktop: BrowserContext) -> None:
    """The shop's page has an advertisement in it, and somebody opens the chat in a window of theirs."""
    place.stranger.pages["/ad"] = """<script>
      window.got = [];
      addEventListener("message", ({data}) => got.push(JSON.stringify(data)));
      setInterval(() => {
        const others = [parent, ...Array.from({length: parent.length}, (_, place) => parent[place])];
        for (const other of others.filter((one) => one !== window))
          for (const said of [{shopclerk: "ready"}, {shopclerk: "hello", kept: {visit: "{}"}, page: {}, customer: "x"}])
            try { other.postMessage(said, "*", [new MessageChannel().port2]); } catch {}
      }, 20);
    </script>"""
    guest = Guest.on(desktop, place.page("/with-ad", body=f'<iframe src="{place.stranger.origin}/ad"></iframe>'))
    guest.open()
    guest.ask("Can I return shoes?")
    assert customers(place) == [None]
    ad = next(frame for frame in guest.page.frames if frame.url.endswith("/ad"))
    assert ad.evaluate("got") == []
    stranger = Guest.on(desktop, place.stranger.origin + "/ad")
    with stranger.page.expect_popup() as opened:
        stranger.page.evaluate("(bot) => { window.other = open(bot + '/?widget=1&shop=demo') }", place.bot)
    stranger.page.evaluate(
        "setInterval(() => other.postMessage({shopclerk: 'hello', kept: {}}, '*', [new MessageChannel().port2]), 20)"
    )
    expect(opened.value.locator("#sc-root")).to_be_visible()
    assert not opened.value.locator("#sc-root.in-widget").count()


def talks(place: Place) -> int:
    with place.shop.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM conversation").scalar_one()


def test_page_that_forgot_the_list_is_told_so(place: Place, desktop: BrowserContext) -> None:
    page = desktop.new_page()
    with page.expect_console_message(lambda message: "not on the list" in message.text):
        page.goto(place.stranger.show("/warned", place.bot))


def test_demo_shop_moves_from_page_to_page_with_the_talk(place: Place, desktop: BrowserContext) -> None:
    guest = Guest.on(desktop, f"{place.bot}/demo?lang=en")
    guest.open()
    guest.ask("Can I return shoes?")
    guest.page.get_by_role("heading", name=SHOE.title).click()
    guest.wait_for_chat()
    guest.page.get_by_role("button", name="Add to cart").click()
    guest.ask("Does it come in blue?")
    guest.has_said("Can I return shoes?", "Does it come in blue?")
    assert place.shop.assistant.pages[-1].product_id == SHOE.product_id
    assert place.shop.assistant.pages[-1].cart == (SHOE.product_id,)
    assert guest.complaints == []
