"""What a shopper does in the browser, in words of the shop."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

ARTIFACTS = Path(__file__).parents[2] / "artifacts"

_FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PATIENCE_MS = 120_000  # a small model on a busy machine takes its time

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
ENGLISH, CHINESE = {"locale": "en-US"}, {"locale": "zh-CN"}

_COUNT_LAYOUT_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput)
      window.shifts.push({value: entry.value, what: entry.sources.map((s) => s.node?.className ?? s.node?.nodeName)});
}).observe({type: "layout-shift", buffered: true});
"""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Debian's Chromium, without a screen."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "The browser tests need Chromium; install it with: apt-get install chromium"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


@dataclass
class Shopper:
    """One shopper with a browser of their own; knows every address that the page asked for."""

    context: BrowserContext
    page: Page
    address: str
    asked_hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def arrive(cls, browser: Browser, address: str, *, path: str = "/", **device: object) -> "Shopper":
        context = browser.new_context(**device)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.add_init_script(_COUNT_LAYOUT_SHIFTS)
        shopper = cls(context, page, address)
        page.on("request", lambda request: shopper.asked_hosts.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: shopper.complaints.append(str(error)))
        page.on("console", lambda message: shopper.complaints.append(message.text) if message.type == "error" else None)
        page.goto(address + path)
        shopper.wait_for_page()
        return shopper

    def wait_for_page(self) -> None:
        expect(self.page.locator("#shopclerk #sc-root")).to_be_visible()

    @property
    def field(self) -> Locator:
        return self.page.locator("#sc-question")

    @property
    def replies(self) -> Locator:
        return self.page.locator(".sc-reply.done")

    @property
    def last(self) -> Locator:
        return self.page.locator(".sc-exchange").last

    def type(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def ask(self, text: str) -> Locator:
        """Ask, and wait for the whole answer."""
        before = self.replies.count()
        self.type(text)
        expect(self.replies).to_have_count(before + 1)
        return self.replies.last

    def reload(self) -> None:
        self.page.reload()
        self.wait_for_page()

    def messages(self) -> list[str]:
        return self.page.locator(".sc-user p").all_inner_texts()

    def shoot(self, name: str) -> None:
        """Save what the shopper sees."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.wait_for_timeout(350)  # until animations have ended
        self.page.screenshot(path=ARTIFACTS / f"{name}.png")

    def shifts(self) -> list[dict[str, object]]:
        return self.page.evaluate("window.shifts")

    def leave(self) -> None:
        self.context.close()


def settles(check: Callable[[], bool], page: Page) -> bool:
    """Whether something outside the page becomes true in good time."""
    for _ in range(600):
        if check():
            return True
        page.wait_for_timeout(50)
    return False


def has_text(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
