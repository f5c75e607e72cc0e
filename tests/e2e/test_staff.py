"""Staff in the browser: sign in, search, filter, open, note, tag, reveal, export; by mouse, by keyboard, in Chinese."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.bootstrap import Shopclerk, build
from bot.settings import Settings
from knowledge.evaluation.memory import MemoryIndexes
from tests.e2e.browsing import ARTIFACTS, CHINESE, DESKTOP, ENGLISH, PATIENCE_MS, PHONE
from tests.e2e.scripted_server import scripted_server
from tests.fake_embedder import FakeEmbedder
from tests.migrated import write_migrated

pytestmark = pytest.mark.full

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shopclerk, str]]:
    home = tmp_path_factory.mktemp("staffed")
    write_migrated(home / "shopclerk.db")
    settings = Settings(home=home, generator="none", originals_days=30)
    clerk = build(settings, embedder=FakeEmbedder(), indexes=MemoryIndexes())
    for name, role in (("ann", "admin"), ("vi", "viewer")):
        clerk.staff.accounts.add(f"{name}@shop.example", by="test", role=role, name=name.title(), password=PASSWORD)
    for text, language in (
        ("Do you sell kettles?", "en"),
        ("我的帐篷破了，怎么办？", "zh"),
        ("My tent came torn, write to jane.roe@example.com", "en"),
    ):
        conversation_id = clerk.history.start("demo", language=language).id
        clerk.history.add_shopper_message(conversation_id, text, language=language)
    with scripted_server(clerk) as address:
        yield clerk, address
    clerk.close()


@pytest.fixture
def visit(browser: Browser, staffed: tuple[Shopclerk, str]) -> Iterator[object]:
    contexts, complaints = [], []

    def visit(name: str = "", path: str = "/staff", **device: object) -> Page:
        context = browser.new_context(**(DESKTOP | ENGLISH | device), accept_downloads=True)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(staffed[1] + path)
        if name:
            page.fill("[name=email]", f"{name}@shop.example")
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            expect(page.locator(".st-shell")).to_be_visible()
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def shoot(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    page.wait_for_timeout(300)
    page.screenshot(path=ARTIFACTS / f"staff-{name}.png")


def test_an_agents_way_through_the_conversations(staffed, visit, tmp_path: Path) -> None:
    clerk, address = staffed
    page = visit("ann", "/staff#/conversations")
    lines = page.locator(".cv-lines a")
    expect(lines).to_have_count(3)
    page.keyboard.press("/")
    page.keyboard.type("tent")
    expect(lines).to_have_count(1)
    expect(lines.locator("mark")).to_have_text("tent")
    assert "q=tent" in page.url
    page.fill("#cv-search", "帐篷")
    expect(lines).to_have_count(1)
    page.fill("#cv-search", "")
    expect(lines).to_have_count(3)
    page.locator("#cv-search").blur()
    page.keyboard.press("f")
    page.get_by_label("Language", exact=True).select_option("zh")
    expect(lines).to_have_count(1)
    page.get_by_role("button", name="Take this filter away").click()
    expect(lines).to_have_count(3)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".cv-message.user .cv-words")).to_have_text("My tent came torn, write to [EMAIL]")
    shoot(page, "conversation")

    page.keyboard.press("n")
    page.keyboard.type("Offer a new one.")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".cv-note-words")).to_have_text("Offer a new one.")
    page.locator(".cv-note-form textarea").blur()
    page.keyboard.press("t")
    page.keyboard.type("Torn")
    page.keyboard.press("Enter")
    expect(page.locator(".cv-tags .badge")).to_have_text("#torn")
    expect(page.locator(".cv-lines .badge.primary")).to_have_text("#torn")

    page.get_by_role("button", name="Reveal").click()
    page.get_by_role("button", name="Reveal and record").click()
    expect(page.locator(".cv-typed")).to_have_text("My tent came torn, write to jane.roe@example.com")

    page.locator(".cv-title").get_by_role("button", name="Export and more").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as JSONL").locator("visible=true").click()
    download.value.save_as(tmp_path / "one.jsonl")
    exported = json.loads((tmp_path / "one.jsonl").read_text(encoding="utf-8"))
    assert exported["tags"] == ["torn"]
    done = [entry.action for entry in clerk.audit.entries(target=exported["id"])]
    assert done == ["transcript.exported", "transcript.revealed", "tags.set", "note.added", "transcript.read"]
    assert clerk.audit.verify().whole

    page.goto(f"{address}/staff#/conversations/{exported['id']}")  # the permanent link
    expect(page.locator(".cv-message.user")).to_have_count(1)


def test_the_next_conversation_opens_by_one_key_and_the_sheet_lists_all(visit) -> None:
    page = visit("ann", "/staff#/conversations")
    expect(page.locator(".cv-lines a")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".cv-message")).not_to_have_count(0)
    first = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next conversation")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".cv-message")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.locator(".tm-list li")).to_have_count(2)
    shoot(page, "team")


def test_what_is_said_now_is_in_the_list_without_reloading(staffed, visit) -> None:
    clerk, _ = staffed
    page = visit("vi", "/staff#/conversations")
    expect(page.locator(".cv-lines a")).not_to_have_count(0)
    conversation_id = clerk.history.start("demo", language="en").id
    clerk.history.add_shopper_message(conversation_id, "Is anybody there right now?", language="en")
    expect(page.locator(".cv-lines a").first).to_contain_text("Is anybody there right now?")


def test_a_viewer_sees_no_tools_and_nobody_sees_anything(staffed, visit) -> None:
    clerk, address = staffed
    page = visit("vi", "/staff#/conversations")
    page.locator(".cv-lines a").first.click()
    expect(page.locator(".cv-message")).not_to_have_count(0)
    expect(page.locator(".cv-note-form")).to_have_count(0)
    expect(page.locator(".st-nav")).not_to_contain_text("Team")
    stranger = visit("", "/staff#/conversations")
    expect(stranger.locator(".st-signin")).to_be_visible()
    assert stranger.locator(".cv-lines").count() == 0
    assert stranger.request.get(f"{address}/api/staff/transcripts").status == 401
    for session in clerk.staff.sessions.all_of(clerk.staff.accounts.by_email("vi@shop.example").id):
        clerk.staff.sessions.end(session.id, by=clerk.staff.accounts.by_email("ann@shop.example"))
    page.locator(".cv-lines a").nth(1).click()
    expect(page.locator(".st-signin")).to_be_visible()


def test_a_wrong_password_is_said_and_the_phone_speaks_chinese(visit) -> None:
    page = visit("", **(PHONE | CHINESE), color_scheme="dark")
    page.fill("[name=email]", "ann@shop.example")
    page.fill("[name=password]", "wrong horse")
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("alert")).to_have_text("邮箱或密码不正确。")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name="会话").click()
    page.locator(".cv-lines a").first.click()
    expect(page.locator(".cv-message")).not_to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "phone-zh-dark")
