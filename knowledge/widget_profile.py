"""WidgetProfile: how the chat shows itself on a shop's own pages, and which pages those are."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from knowledge.local_text import LocalText


def _origin(value: str) -> str:
    # It is written into a Content-Security-Policy: nothing but an origin may pass.
    if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", value):
        raise ValueError(
            f"{value!r} is not an origin; write it as browsers do, such as 'https://www.shop.example' without a path"
        )
    return value


Origin = Annotated[str, AfterValidator(_origin)]


class Opener(BaseModel):
    """A rule by which the widget speaks first; once in a visit, and never to who has opened it.

    Attributes:
        path: of the page, `*` for anything.
        after_seconds: on that page.
        with_cart: only while something lies in the cart.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: LocalText = Field(min_length=1)
    path: str = "*"
    after_seconds: float = Field(default=20, ge=0)
    with_cart: bool = False


class WidgetProfile(BaseModel):
    """The widget of a shop.

    Attributes:
        origins: of the shop's own pages; no other page may show the widget or call for it.
        colour: as #RRGGBB; empty: the shop's primary one.
        greeting: said in the empty panel; empty: the shop's own.
        messages_a_day: how many messages all shoppers together may send.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    origins: tuple[Origin, ...] = ()
    colour: str = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$")
    position: Literal["right", "left"] = "right"
    greeting: LocalText = Field(default_factory=dict)
    openers: tuple[Opener, ...] = ()
    messages_a_day: int = Field(default=20_000, ge=1)
