"""The widget on a shop's page in Chromium: what its script costs there, and how soon its panel can be used."""

import gzip
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.settings import Settings
from scripts.errors import BrowserMissing
from scripts.measurement import Measurement, median
from scripts.server_process import server_process
from ui.widget.routes import SCRIPT

try:
    from playwright.sync_api import Browser, Page, sync_playwright
except ImportError as missing:
    raise BrowserMissing("The widget is measured in a browser: pip install 'shopclerk[dev]'") from missing

TIMES = 9
HOST = "https://www.tidepine.example/"
"""On the demo shop's list; the browser is handed the page here and asks no other machine."""

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title><h1>A shop</h1>
{rows}{script}"""
_ROWS = "".join(f"<section><h2>Thing {number}</h2><p>Words about it.</p></section>" for number in range(200))
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
]
_SETTLED_MS = 700


def measure(settings: Settings) -> Sequence[Measurement]:
    """On a page of two hundred sections with a cold browser cache, each figure the median of several visits."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models").symlink_to((settings.home / "models").resolve())
        with server_process(home, "--set-up", generator="none") as server, _browser() as browser:
            script = f'<script src="{server.url}/widget.js" data-shop="demo" async></script>'
            _visit(browser, script)  # the server reads its files once
            visits = [_visit(browser, script) for _ in range(TIMES)]
            without = [_visit(browser, "") for _ in range(TIMES)]
            opened = [_opened_ms(browser, script) for _ in range(TIMES)]
    return [
        Measurement("script, gzipped", len(gzip.compress(SCRIPT.read_bytes())) / 1024, "KiB", "below 12"),
        Measurement("script on the page's main thread", median([visit.script_ms for visit in visits]), "ms", "≤ 50"),
        Measurement("main thread of the page, more than without", _more(visits, without), "ms", "≤ 50"),
        Measurement("layout shift", max(visit.shift for visit in visits), "CLS", "0"),
        Measurement("first click to a panel that can be used", median(opened), "ms", "≤ 1500"),
        Measurement("first click to a panel that can be used, slowest", max(opened), "ms", "≤ 1500"),
    ]


class _Visit:
    """What a trace of the page's main thread says (Trace Event Format; durations in microseconds)."""

    def __init__(self, trace: bytes, shift: float) -> None:
        events = json.loads(trace)["traceEvents"]
        main = _main_thread(events)
        ours = [event for event in events if _where(event) == main and "dur" in event]
        self.script_ms = _union_ms([event for event in ours if _address(event).endswith("/widget.js")])
        self.busy_ms = _union_ms([event for event in ours if event["name"] == "RunTask"])
        self.shift = shift


def _visit(browser: Browser, script: str) -> _Visit:
    with _page(browser, script) as page:
        browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "v8"])
        page.goto(HOST)
        if script:
            page.locator("shopclerk-widget .launcher").wait_for()
        page.wait_for_timeout(_SETTLED_MS)
        return _Visit(browser.stop_tracing(), page.evaluate("window.shifts"))


def _opened_ms(browser: Browser, script: str) -> float:
    """From the click to the chat's word that one can type and send, in a browser that never saw it before."""
    with _page(browser, script) as page:
        page.goto(HOST)
        page.locator("shopclerk-widget .launcher").wait_for()
        page.evaluate("Shopclerk.on('ready', () => { window.readyAt = performance.now() })")
        page.evaluate("addEventListener('pointerdown', () => { window.clickedAt = performance.now() }, true)")
        page.locator("shopclerk-widget .launcher").click()
        page.wait_for_function("window.readyAt")
        page.frame_locator("shopclerk-widget iframe").locator("#sc-question").fill("Hello")  # it can, too
        return float(page.evaluate("window.readyAt - window.clickedAt"))


@contextmanager
def _page(browser: Browser, script: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(
        "window.shifts = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) "
        "window.shifts += one.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    html = _PAGE.format(rows=_ROWS, script=script)
    page.route(f"{HOST}**", lambda route: route.fulfill(body=html, content_type="text/html"))
    try:
        yield page
    finally:
        context.close()


@contextmanager
def _browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise BrowserMissing("The widget is measured in Chromium; install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


def _more(visits: Sequence[_Visit], without: Sequence[_Visit]) -> float:
    return max(0.0, median([visit.busy_ms for visit in visits]) - median([visit.busy_ms for visit in without]))


def _main_thread(events: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """Process and thread that ran our page's layout most."""
    named = {_where(event) for event in events if event.get("args", {}).get("name") == "CrRendererMain"}
    weights = {where: sum(_where(event) == where for event in events) for where in named}
    return max(weights, key=lambda where: weights[where])


def _where(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]


def _address(event: dict[str, Any]) -> str:
    arguments = event.get("args", {})
    return str(arguments.get("data", {}).get("url", "") or arguments.get("fileName", ""))


def _union_ms(events: Sequence[dict[str, Any]]) -> float:
    """Time that at least one of the events takes; they lie within each other."""
    total, end = 0.0, 0.0
    for begin, duration in sorted((event["ts"], event["dur"]) for event in events):
        total += max(0.0, begin + duration - max(begin, end))
        end = max(end, begin + duration)
    return total / 1000
