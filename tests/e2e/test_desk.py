"""A shopper and two agents at once, in Chromium, at a server that is killed and started again between their steps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bot.staff.audit import AuditLog
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Shopper, settles
from tests.e2e.scripted_process import ScriptedProcess
from tests.ui.scripted_shop import ScriptedShopclerk

pytestmark = pytest.mark.full

PASSWORD = "correct horse battery"
LEASE_SECONDS = 14.0


@dataclass
class AgentAtDesk:
    """An agent with a browser of their own, signed in."""

    context: BrowserContext
    page: Page
    complaints: list[str]

    @classmethod
    def arrive(cls, browser: Browser, address: str, name: str, **device: object) -> "AgentAtDesk":
        context = browser.new_context(**device)
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/staff")
        page.fill("input[name=email]", f"{name}@shop.example")
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".ib-line")).to_be_visible()
        return cls(context, page, complaints)

    @property
    def waiting(self) -> Locator:
        return self.page.locator(".ib-group.waiting .ib-row")

    @property
    def field(self) -> Locator:
        return self.page.locator(".ib-composer textarea")

    def open(self, row: Locator) -> None:
        row.click()
        expect(self.page.locator(".ib-bar")).to_be_visible()

    def take(self) -> None:
        self.page.locator(".ib-take button").click()
        expect(self.field).to_be_visible()

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def hears(self, text: str) -> None:
        expect(self.page.locator(".ib-message", has_text=text)).to_be_visible()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedProcess]:
    shop = ScriptedShopclerk(tmp_path)
    for name in ("mia", "leo"):
        shop.staff.accounts.add(f"{name}@shop.example", by="test", role="agent", name=name.title(), password=PASSWORD)
    shop.close()
    process = ScriptedProcess.start(tmp_path, lease_seconds=LEASE_SECONDS)
    yield process
    process.kill()


@pytest.fixture
def agent(browser: Browser, server: ScriptedProcess) -> Iterator[Callable[..., AgentAtDesk]]:
    agents: list[AgentAtDesk] = []

    def arrive(name: str, **device: object) -> AgentAtDesk:
        agents.append(AgentAtDesk.arrive(browser, server.address, name, **(device or DESKTOP | ENGLISH)))
        return agents[-1]

    yield arrive
    for one in agents:
        assert one.complaints == []
        one.context.close()


@pytest.fixture
def shopper(browser: Browser, server: ScriptedProcess) -> Iterator[Callable[..., Shopper]]:
    shoppers: list[Shopper] = []

    def arrive(**device: object) -> Shopper:
        shoppers.append(Shopper.arrive(browser, server.address, **(device or DESKTOP | ENGLISH)))
        return shoppers[-1]

    yield arrive
    for one in shoppers:
        one.leave()


def ask_for_a_person(shopper: Shopper) -> None:
    shopper.page.locator("#sc-person").click()
    shopper.page.locator(".sc-handoff button[type=submit]").click()
    expect(shopper.page.locator(".sc-desk .sc-note")).to_be_visible()


def hears(shopper: Shopper, text: str) -> None:
    expect(shopper.page.locator(".sc-person", has_text=text)).to_be_visible()


def test_a_talk_goes_from_bot_to_people_and_back_through_kills(
    server: ScriptedProcess, agent: Callable[..., AgentAtDesk], shopper: Callable[..., Shopper]
) -> None:
    anna = shopper()
    anna.ask("Can I return shoes I wore once?")
    ask_for_a_person(anna)
    expect(anna.page.locator(".sc-place")).to_contain_text("1")
    mia, leo = agent("mia"), agent("leo")
    expect(mia.waiting).to_have_count(1)
    mia.open(mia.waiting)
    leo.open(leo.waiting)
    expect(mia.page.locator(".ib-asked")).to_contain_text("Can I return shoes I wore once?")
    expect(mia.page.locator(".ib-side .ib-source")).to_contain_text("Returns and exchanges")

    server.restart(lease_seconds=LEASE_SECONDS)  # while somebody waits: all three browsers come back by themselves
    mia.take()
    expect(anna.page.locator(".sc-line", has_text="Mia has joined the chat.")).to_be_visible()
    expect(leo.page.locator(".ib-take")).to_contain_text("Mia is in charge.")  # nobody answers beside her by accident
    mia.field.press_sequentially("Hello")
    expect(anna.page.locator(".sc-typing")).to_contain_text("Mia is typing")
    mia.field.press("Enter")
    hears(anna, "Hello")
    anna.field.press_sequentially("Nice to meet you")
    expect(mia.page.locator(".ib-typing")).to_be_visible()
    anna.field.press("Enter")
    mia.hears("Nice to meet you")
    expect(anna.page.locator(".sc-seen")).to_be_visible()
    assert anna.replies.count() == 2  # the bot's first and Mia's hello: while she is there the bot keeps silent

    server.restart(lease_seconds=LEASE_SECONDS)  # while two people talk
    mia.say("Are you still there?")
    hears(anna, "Are you still there?")
    anna.type("Yes, I am")
    mia.hears("Yes, I am")
    mia.press("Suggest")
    mia.press("Use and edit")
    expect(mia.field).to_have_value(
        "Unworn shoes can be returned within **30 days**. Shoes worn outside cannot be taken back unless faulty. [1]"
    )
    expect(anna.page.locator(".sc-person")).to_have_count(2)  # a suggestion is not sent by itself
    mia.field.press("Enter")
    hears(anna, "Unworn shoes can be returned")
    anna.page.locator(".sc-person .sc-mark").first.click()
    expect(anna.page.locator("dialog.sc-source")).to_be_visible()
    anna.page.keyboard.press("Escape")

    leo.page.locator(".ib-take button").click()  # by force, with a reason that is kept
    leo.page.locator("dialog input").fill("Mia is at lunch")
    leo.press("Take it now")
    expect(leo.field).to_be_visible()
    expect(mia.field).to_have_count(0)
    leo.say("Leo here, I go on")
    hears(anna, "Leo here, I go on")
    leo.press("Give back")
    expect(anna.page.locator(".sc-line", has_text="Leo has left; the assistant is back.")).to_be_visible()

    anna.reload()
    for text in ("Hello", "Are you still there?", "Leo here, I go on"):
        hears(anna, text)
    anna.ask("Is return postage free?")
    told = [anna.page.locator(".sc-user p").nth(place).inner_text() for place in range(4)]
    assert told == ["Can I return shoes I wore once?", "Nice to meet you", "Yes, I am", "Is return postage free?"]
    shop = ScriptedShopclerk(server.home)
    actions = {entry.action for entry in AuditLog(shop.engine).entries()}
    shop.close()
    assert {"handoff.taken", "handoff.taken_from", "handoff.given_back", "transcript.read"} <= actions


def test_when_an_agents_browser_dies_the_shopper_goes_back_into_the_line(
    server: ScriptedProcess, agent: Callable[..., AgentAtDesk], shopper: Callable[..., Shopper]
) -> None:
    anna = shopper()
    ask_for_a_person(anna)
    mia, leo = agent("mia"), agent("leo")
    mia.open(mia.waiting)
    mia.take()
    mia.say("One moment, please")
    hears(anna, "One moment, please")
    mia.page.goto("about:blank")  # gone without a word
    server.restart(lease_seconds=LEASE_SECONDS)
    expect(leo.waiting).to_have_count(1)
    expect(anna.page.locator(".sc-line", has_text="Mia had to leave; another colleague will go on.")).to_be_visible()
    leo.open(leo.waiting)
    leo.take()
    leo.hears("One moment, please")
    leo.say("I am Leo and go on")
    hears(anna, "I am Leo and go on")


def test_what_is_typed_while_the_server_is_down_arrives_once(
    server: ScriptedProcess, agent: Callable[..., AgentAtDesk], shopper: Callable[..., Shopper]
) -> None:
    anna = shopper()
    ask_for_a_person(anna)
    mia = agent("mia")
    mia.open(mia.waiting)
    mia.take()
    server.kill()
    mia.say("Written while the power was out")
    expect(mia.page.locator(".st-toast.problem", has_text="Not sent")).to_be_visible()
    expect(mia.page.get_by_text("Failed to fetch")).to_have_count(0)
    anna.type("Me too")
    expect(anna.page.locator(".sc-note.problem")).to_be_visible()
    server.process = ScriptedProcess.start(server.home, server.port, lease_seconds=LEASE_SECONDS).process
    assert settles(lambda: mia.page.evaluate("fetch('/healthz').then((answer) => answer.ok, () => false)"), mia.page)
    mia.field.press("Enter")
    hears(anna, "Written while the power was out")
    anna.page.get_by_role("button", name="Ask again").click()
    mia.hears("Me too")
    expect(mia.page.locator(".ib-message", has_text="Me too")).to_have_count(1)
    expect(anna.page.locator(".sc-person", has_text="Written while")).to_have_count(1)


def test_on_a_phone_in_chinese_with_a_product(
    agent: Callable[..., AgentAtDesk], shopper: Callable[..., Shopper]
) -> None:
    anna = shopper(**PHONE, **CHINESE)
    ask_for_a_person(anna)
    expect(anna.page.locator(".sc-place")).to_contain_text("第 1 位")
    mia = agent("mia", **PHONE, **CHINESE)
    mia.open(mia.waiting)
    mia.take()
    mia.press("商品")
    mia.page.locator("dialog input").fill("canvas")
    mia.page.locator("dialog .ib-product button").first.click()
    mia.say("这双怎么样？")
    expect(anna.page.locator(".sc-person .sc-product")).to_contain_text("Harbour Walk")
    anna.shoot("desk-phone-zh-shopper")
    mia.page.screenshot(path=str(Path(__file__).parents[2] / "artifacts" / "desk-phone-zh-agent.png"))
