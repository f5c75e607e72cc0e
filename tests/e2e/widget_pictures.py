"""Draws the README's pictures of the widget at the demo shop: `python -m tests.e2e.widget_pictures ADDRESS FOLDER`.

Screenshots on a desktop and a phone, in both languages, light and dark, and a short recording as an animated GIF.
"""

import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, open_browser

HEADPHONES = "/demo/products/HP-101"
QUESTIONS = {"en": "How long does the battery last?", "zh": "一次充电能用多久？"}
FRAME_MS = 120
SHRUNK_TO = (880, 550)
COLOURS = 160


class Recording:
    """Pictures of a page, one after the other; what stays the same costs nothing."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[Image.Image] = []

    def shoot(self, times: int = 1) -> None:
        for _ in range(times):
            picture = Image.open(io.BytesIO(self._page.screenshot())).convert("RGB")
            self._frames.append(picture.resize(SHRUNK_TO, Image.Resampling.LANCZOS))

    def until(self, done: Callable[[], bool], *, most: int = 60) -> None:
        for _ in range(most):
            self.shoot()
            if done():
                return

    def save(self, path: Path) -> None:
        palette = beside(self._frames[:: max(1, len(self._frames) // 8)]).quantize(COLOURS, dither=Image.Dither.NONE)
        drawn: list[Image.Image] = []
        shown_ms: list[int] = []
        for frame in self._frames:
            flat = frame.quantize(palette=palette, dither=Image.Dither.NONE)
            if drawn and flat.tobytes() == drawn[-1].tobytes():
                shown_ms[-1] += FRAME_MS
            else:
                drawn.append(flat)
                shown_ms.append(FRAME_MS)
        drawn[0].save(
            path, save_all=True, append_images=drawn[1:], duration=shown_ms, loop=0, optimize=True, disposal=1
        )


def beside(frames: Sequence[Image.Image]) -> Image.Image:
    """All in one picture, so that one palette holds the colours of all."""
    whole = Image.new("RGB", (SHRUNK_TO[0], SHRUNK_TO[1] * len(frames)))
    for place, frame in enumerate(frames):
        whole.paste(frame, (0, SHRUNK_TO[1] * place))
    return whole


def save_small(page: Page, path: Path) -> None:
    """A screenshot with as many colours as one can tell apart."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def chat_of(page: Page) -> FrameLocator:
    return page.frame_locator("shopclerk-widget iframe")


def ask(page: Page, text: str) -> None:
    field = chat_of(page).locator("#sc-question")
    field.fill(text)
    field.press("Enter")
    expect(chat_of(page).locator(".sc-reply.done")).to_have_count(1)
    page.wait_for_timeout(500)


def draw_still(browser: Browser, address: str, folder: Path, device: str, language: str, theme: str) -> None:
    options = {**(DESKTOP if device == "desktop" else PHONE), **(ENGLISH if language == "en" else CHINESE)}
    context = browser.new_context(**options, color_scheme=theme)
    page = context.new_page()
    page.goto(f"{address}{HEADPHONES}?lang={language}")
    expect(page.locator("shopclerk-widget .launcher")).to_be_visible()
    page.locator("shopclerk-widget .launcher").click()
    expect(page.locator("shopclerk-widget .cover")).to_be_hidden()
    ask(page, QUESTIONS[language])
    save_small(page, folder / f"widget-{device}-{language}-{theme}.png")
    context.close()


def record(browser: Browser, address: str, path: Path) -> None:
    context = browser.new_context(**DESKTOP, **ENGLISH, color_scheme="light")
    page = context.new_page()
    page.goto(f"{address}{HEADPHONES}?lang=en")
    launcher = page.locator("shopclerk-widget .launcher")
    expect(launcher).to_be_visible()
    film = Recording(page)
    film.shoot(6)
    launcher.click()
    film.until(page.locator("shopclerk-widget .cover").is_hidden)
    film.shoot(6)
    field = chat_of(page).locator("#sc-question")
    for letter in QUESTIONS["en"]:
        field.press_sequentially(letter)
        if letter in " ?":
            film.shoot()
    field.press("Enter")
    film.until(lambda: chat_of(page).locator(".sc-reply.done").count() == 1)
    film.shoot(16)
    page.get_by_role("heading", level=3).first.click()  # to the next product, and the talk comes along
    film.until(lambda: page.locator("shopclerk-widget .cover").count() == 1)
    expect(page.locator("shopclerk-widget .cover")).to_be_hidden()
    page.wait_for_timeout(600)
    film.shoot(6)
    for letter in "And how long does this one last?":
        field.press_sequentially(letter)
        if letter in " ?":
            film.shoot()
    field.press("Enter")
    film.until(lambda: chat_of(page).locator(".sc-reply.done").count() == 2)
    film.shoot(22)
    film.save(path)
    context.close()


def main(address: str, folder: str) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        for device in ("desktop", "phone"):
            for language in ("en", "zh"):
                for theme in ("light", "dark"):
                    draw_still(browser, address, out, device, language, theme)
        record(browser, address, out / "widget.gif")


if __name__ == "__main__":
    main(*sys.argv[1:])
