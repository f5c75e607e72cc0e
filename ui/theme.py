"""Looks: the shop's two colours made readable on light and dark, and Gradio's own theme out of the way."""

import colorsys
import re
from dataclasses import dataclass

from ui.quick_gradio import gr

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_DEFAULT_PRIMARY = "#2f5d8a"
_DEFAULT_ACCENT = "#e08a4b"
_LIGHT_PAGE, _DARK_PAGE = "#f7f6f3", "#14171a"
_STEPS = 40
_READABLE_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb; each `on_…` is readable on its partner."""

    primary: str
    on_primary: str
    primary_dark: str
    on_primary_dark: str
    accent: str

    def as_css(self) -> str:
        """The colours as CSS variables, for light and dark."""
        return (
            f":root{{--primary:light-dark({self.primary},{self.primary_dark});"
            f"--on-primary:light-dark({self.on_primary},{self.on_primary_dark});--accent:{self.accent}}}"
        )


def palette(primary: str | None, accent: str | None) -> Palette:
    """The shop's colours with readable partners; what is no #rrggbb colour is replaced by ours."""
    main = primary if primary and _COLOUR.fullmatch(primary) else _DEFAULT_PRIMARY
    second = accent if accent and _COLOUR.fullmatch(accent) else _DEFAULT_ACCENT
    light = _until_readable(main, on=_LIGHT_PAGE, lighter=False)
    dark = _until_readable(main, on=_DARK_PAGE, lighter=True)
    return Palette(light, _text_on(light), dark, _text_on(dark), second)


def contrast(first: str, second: str) -> float:
    """How well two colours can be told apart, 1 to 21 (WCAG 2.2, contrast ratio)."""
    brighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def gradio_theme() -> gr.themes.Base:
    """Gradio's theme with no fonts to fetch and our page's background, so that nothing flashes while it loads."""
    fonts = ["system-ui", "sans-serif"]
    return gr.themes.Base(font=fonts, font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill=_LIGHT_PAGE, body_background_fill_dark=_DARK_PAGE
    )


def _until_readable(colour: str, *, on: str, lighter: bool) -> str:
    """The colour itself, or the nearest lighter or darker one of its hue that can be read on a background."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    end = 1.0 if lighter else 0.0
    for step in range(_STEPS + 1):
        moved = _hex(colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / _STEPS, saturation))
        if contrast(moved, on) >= _READABLE_CONTRAST:
            return moved
    return "#ffffff" if lighter else "#000000"


def _text_on(colour: str) -> str:
    return max("#ffffff", "#10151a", key=lambda text: contrast(text, colour))


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [c / 3294.6 if c <= 10.31 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
