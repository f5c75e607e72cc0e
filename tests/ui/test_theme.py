"""The shop's colours are always readable."""

from hypothesis import given
from hypothesis import strategies as st

from ui.theme import contrast, palette

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS, COLOURS)
def test_any_colour_of_a_shop_is_readable_on_light_and_dark(primary: str, accent: str) -> None:
    made = palette(primary, accent)
    assert contrast(made.primary, "#f7f6f3") >= 4.5
    assert contrast(made.primary_dark, "#14171a") >= 4.5
    assert contrast(made.primary, made.on_primary) >= 4.5
    assert contrast(made.primary_dark, made.on_primary_dark) >= 4.5


def test_what_is_no_colour_never_reaches_the_page() -> None:
    css = palette("red;}</style><script>", None).as_css()
    assert "script" not in css


def test_a_good_colour_is_kept() -> None:
    assert palette("#1F5A52", "#E08A4B").primary.lower() == "#1f5a52"
