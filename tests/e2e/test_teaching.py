"""Teaching in the browser: an agent corrects, a second person approves, the shopper gets it; and what goes wrong."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.bootstrap import Shopclerk
from tests.bot.answering.conftest import FILES
from tests.bot.small_shops import write_files
from tests.bot.teaching.conftest import ANN, BO, ask, faq, waiting
from tests.e2e.browsing import DESKTOP, ENGLISH, PHONE, Shopper
from tests.e2e.scripted_server import scripted_server
from tests.fakes import fake_shopclerk

pytestmark = pytest.mark.full

PASSWORD = "correct horse 9"

SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shopclerk, str]]:
    """The small shop with its real house and fake models, and two people who work in it."""
    folder = tmp_path_factory.mktemp("teaching")
    with fake_shopclerk(folder / "home") as shop:
        shop.ingest([write_files(folder / "files", FILES)], shop="demo")
        for email, role in ((ANN, "agent"), (BO, "admin")):
            shop.staff.accounts.add(email, by="set-up", role=role, password=PASSWORD)
        with scripted_server(shop) as address:
            yield shop, address


@pytest.fixture
def shop(served: tuple[Shopclerk, str]) -> Shopclerk:
    return served[0]


@pytest.fixture
def sign_in(browser: Browser, served: tuple[Shopclerk, str]) -> Iterator[SignIn]:
    """Opens a tab of the staff page for somebody; no script may have failed in it at the end."""
    contexts, complaints = [], []

    def sign_in(email: str, path: str, device: dict[str, object] = DESKTOP) -> Page:
        context = browser.new_context(**device, **ENGLISH)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served[1]}/staff#{path}")
        page.locator("input[type=email]").fill(email)
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".st-nav")).to_be_visible()
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []


def test_an_agent_corrects_a_second_approves_and_the_shopper_gets_it(browser, served, shop, sign_in):
    shopper = Shopper.arrive(browser, served[1])
    shopper.ask("Do you repair zips?")

    ann = sign_in(ANN, f"/conversations/{_latest_conversation(shop)}")
    judging = ann.locator(".te-judging").last
    judging.get_by_role("button", name="Wrong").click()
    judging.get_by_role("textbox").fill("Yes, we repair zips of any bag for $12.")
    judging.get_by_role("button", name="Keep the right answer").click()
    ann.locator(".te-judging").last.get_by_role("link", name="Teach").click()
    expect(ann.locator("#te-answer-en")).to_have_value("Yes, we repair zips of any bag for $12.")
    expect(ann.locator("#te-questions-en")).to_have_value("Do you repair zips?")
    ann.get_by_role("button", name="Save and ask for approval").click()
    expect(ann.get_by_text("What you wrote a colleague must approve.")).to_be_visible()
    expect(ann.get_by_role("button", name="Approve and publish")).to_have_count(0)

    bo = sign_in(BO, "/teach", PHONE)
    bo.get_by_role("link", name=re.compile("Do you repair zips")).click()
    bo.get_by_role("button", name="Approve and publish").click()
    expect(bo.get_by_text("Published. The bot answers with it")).to_be_visible()

    expect(shopper.ask("do you repair zips")).to_contain_text("Yes, we repair zips of any bag for $12.")
    shopper.leave()


def test_a_change_that_makes_an_answer_worse_is_refused_with_the_table(shop, sign_in):
    reply = ask(shop, "Do you deliver to Canada?")
    shop.verdicts.judge(reply.message_id, right=True, by=BO)
    ann = sign_in(ANN, "/teach/new?entry=faq.csv%231")
    expect(ann.locator("#te-answer-en")).to_have_value(re.compile("11.90"))
    ann.locator("#te-answer-en").fill("No, we do not.")
    ann.get_by_role("button", name="Save and ask for approval").click()
    expect(ann.locator("del").first).to_be_visible()

    bo = sign_in(BO, ann.url.split("#")[1])
    bo.get_by_role("button", name="Approve and publish").click()
    expect(bo.get_by_role("alert")).to_contain_text("Not published")
    row = bo.locator(".te-exam tbody tr").first
    expect(row).to_contain_text("worse")
    expect(row).to_contain_text("11.90")
    expect(row).to_contain_text("No, we do not.")
    assert "11.90" in ask(shop, "Do you deliver to Canada?").text


def test_a_rollback_takes_the_entry_out(shop, sign_in):
    shop.school.approve(waiting(shop, faq("Do you rent tents?", "We rent tents for $25 a night.")).id, by=BO)
    assert "$25" in ask(shop, "Do you rent tents?").text
    bo = sign_in(BO, "/knowledge/versions")
    bo.get_by_role("button", name="Compare").click()
    expect(bo.locator(".kn-changes")).to_contain_text("Do you rent tents?")
    bo.get_by_role("button", name="Roll back").first.click()
    bo.get_by_role("button", name=re.compile("Let version")).click()
    expect(bo.get_by_text(re.compile(r"Version \d+ answers now"))).to_be_visible()
    assert "$25" not in ask(shop, "Do you rent tents?").text


def test_an_upload_shows_its_broken_row_before_anything_is_published(shop, sign_in, tmp_path: Path):
    path = tmp_path / "more-faq.csv"
    path.write_text(
        "question,answer,valid_until\nDo you sharpen knives?,Yes for $8 a knife.,\nIs there a sale?,Yes.,someday\n",
        "utf-8",
    )
    before = shop.versions.active("demo")
    bo = sign_in(BO, "/knowledge/upload")
    with bo.expect_file_chooser() as chooser:
        bo.locator(".kn-zone").click()
    chooser.value.set_files(path)
    failed = bo.locator(".kn-failed tbody tr")
    expect(failed).to_contain_text("more-faq.csv")
    expect(failed).to_contain_text("3")
    expect(failed).to_contain_text("valid_until")
    expect(failed).to_contain_text("someday")
    assert shop.versions.active("demo") == before
    bo.get_by_role("button", name="Publish").click()
    expect(bo.get_by_text(re.compile("Published: version"))).to_be_visible()
    assert "$8" in ask(shop, "Do you sharpen knives?").text


def test_a_viewer_reads_and_an_agent_does_not_upload(shop, sign_in):
    if not any(account.email == "vi@shop.example" for account in shop.staff.accounts.all()):
        shop.staff.accounts.add("vi@shop.example", by="set-up", role="viewer", password=PASSWORD)
    vi = sign_in("vi@shop.example", "/teach")
    expect(vi.get_by_role("heading", name="Teach")).to_be_visible()
    expect(vi.get_by_role("link", name="New lesson")).to_have_count(0)
    ann = sign_in(ANN, "/knowledge/upload")
    expect(ann.get_by_role("heading", name="Knowledge")).to_be_visible()
    expect(ann.locator(".kn-zone")).to_have_count(0)


def _latest_conversation(shop: Shopclerk) -> str:
    with shop.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT id FROM conversation ORDER BY created_at DESC LIMIT 1").scalar()
    return str(found)
