"""What shoppers feel, live: anger and failure bring the offer of a person; what gets worse reaches staff three ways."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session, col, func, select

from bot.bootstrap import Shopclerk
from bot.conversation.tables import Conversation
from bot.insight.tables import MessageMood
from tests.bot.answering.conftest import FILES
from tests.bot.insight.fake_feelings import FakeClassifier, FakeJudge
from tests.bot.insight.told import Told
from tests.bot.small_shops import write_files
from tests.e2e.browsing import ARTIFACTS, CHINESE, DESKTOP, ENGLISH, PATIENCE_MS, PHONE, Shopper, settles
from tests.e2e.scripted_server import scripted_server
from tests.fakes import fake_shopclerk

pytestmark = pytest.mark.full

PASSWORD = "correct horse battery"
NONSENSE = "What is the airspeed of an unladen swallow over Brazil?"
OFFER = "Ask a person instead"


class Receiver:
    """Another program that is told of alerts."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        taken = self.taken

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alerts"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[tuple[Shopclerk, str]]:
    """The small shop with its real house, whose feelings are told by a fake classifier: `bad` is angry."""
    folder = tmp_path_factory.mktemp("feelings")
    with fake_shopclerk(folder / "home") as shop:
        shop.settings = shop.settings.model_copy(update={"alert_webhook": receiver.url})
        shop.sentiment, shop.satisfaction = FakeClassifier(), FakeJudge()  # type: ignore[assignment]  # the fakes' ports
        shop.ingest([write_files(folder / "files", FILES)], shop="demo")
        shop.staff.accounts.add("vi@shop.example", by="test", role="viewer", password=PASSWORD)
        with scripted_server(shop) as address:  # type: ignore[arg-type]  # the real house behind the same application
            yield shop, address


@pytest.fixture
def shop(served: tuple[Shopclerk, str]) -> Shopclerk:
    return served[0]


@pytest.fixture
def shopper(browser: Browser, served: tuple[Shopclerk, str]) -> Iterator[Callable[[], Shopper]]:
    arrived: list[Shopper] = []

    def arrive() -> Shopper:
        arrived.append(Shopper.arrive(browser, served[1], **DESKTOP, **ENGLISH))
        return arrived[-1]

    yield arrive
    for one in arrived:
        assert one.complaints == []
        one.leave()


def scored(shop: Shopclerk) -> int:
    with Session(shop.engine) as session:
        return session.exec(select(func.count()).select_from(MessageMood)).one()


def test_sustained_anger_brings_the_offer_of_a_person(shop: Shopclerk, shopper: Callable[[], Shopper]):
    anna, before = shopper(), scored(shop)
    question = "This is bad. Do you deliver to Canada?"
    first = anna.ask(question)
    expect(first).to_contain_text("11.90")
    expect(first).not_to_contain_text(OFFER)  # once is no sustained anger
    assert settles(lambda: scored(shop) == before + 1, anna.page)
    anna.ask(f"{question} So bad!")
    assert settles(lambda: scored(shop) == before + 2, anna.page)
    third = anna.ask(question)
    expect(third).to_contain_text("11.90")
    expect(third).to_contain_text("Would you rather talk to a person?")
    anna.shoot("offered-after-anger")
    anna.type("Yes, please")
    expect(anna.page.locator(".sc-desk .sc-note")).to_be_visible()
    latest = shop.desk.line.all()[-1]
    assert latest.reason == "accepted_offer"


def test_an_answer_that_fails_twice_brings_the_offer_of_a_person(shop: Shopclerk, shopper: Callable[[], Shopper]):
    ben = shopper()
    ben.ask(NONSENSE)
    ben.ask("And over Peru, what is it there?")
    told = ben.ask("Do you deliver to Canada?")  # what is known now is told, and the offer stands
    expect(told).to_contain_text("Would you like me to pass you on to a person?")
    expect(told.get_by_role("button", name=OFFER)).to_be_visible()


def test_who_starts_another_chat_in_the_same_browser_has_come_back(shop: Shopclerk, shopper: Callable[[], Shopper]):
    anna, stranger = shopper(), shopper()
    stranger.ask("Do you deliver to Canada?")
    for _ in range(2):
        anna.page.locator("#sc-new").click()
        anna.ask("Can I return worn shoes?")
    with Session(shop.engine) as session:
        newest = select(Conversation.visitor_id).order_by(col(Conversation.created_at).desc()).limit(3)
        latest, before, others = session.exec(newest).all()
    assert latest == before != others


def test_an_alert_is_on_the_page_in_the_metrics_and_at_the_webhook(
    shop: Shopclerk, receiver: Receiver, served: tuple[Shopclerk, str], browser: Browser
):
    told = Told(shop.engine)
    for number in range(40):
        now = datetime.now(UTC)
        told.talk("?Hm", ">refused none" if number < 20 else ">answered", at=now - timedelta(hours=3))
        told.talk("?Hm", ">refused none" if number < 2 else ">answered", at=now - timedelta(days=7))
    shop.insight_rounds.once()

    assert [one["kind"] for one in receiver.taken] == ["refusal"]
    recent = receiver.taken[0]["recent"]
    told_as = f"{recent['count']} "  # twenty, and what shoppers of other tests were refused
    with urlopen(f"{served[1]}/metrics") as answer:
        assert 'shopclerk_alerts{kind="refusal",shop="demo"} 1.0' in answer.read().decode()
    for device, language in ((DESKTOP, ENGLISH), (PHONE, CHINESE)):
        context = browser.new_context(**device, **language)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{served[1]}/staff#/insight")
        page.locator("input[type=email]").fill("vi@shop.example")
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".in-alert")).to_contain_text(str(recent["total"]))
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"alert-{language['locale']}.png")
        page.locator(".in-alert button").click()
        expect(page.get_by_role("dialog")).to_contain_text(told_as)
        context.close()
