"""ShopProfile: what makes the bot the shop's own, from one file."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import Engine
from sqlmodel import Session

from knowledge.local_text import Language, LocalText, LocalTexts
from knowledge.opening_hours import OpeningHours
from knowledge.order_policy import OrderPolicy
from knowledge.tables import Shop
from knowledge.widget_profile import WidgetProfile


class Contact(BaseModel):
    """How people reach people of the shop."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: str = ""
    phone: str = ""
    address: str = ""


class Colours(BaseModel):
    """The shop's own colours, as #RRGGBB."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    primary: str = "#1F5A52"
    accent: str = "#E08A4B"

    @field_validator("primary", "accent")
    @classmethod
    def _six_digits(cls, value: str) -> str:
        # They are written into the page's style: nothing but a colour may pass.
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise ValueError(f"{value!r} is not a colour; write it as #RRGGBB")
        return value


class ShopProfile(BaseModel):
    """Name, voice, looks and contact of a shop, as in its `shop.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: LocalText = Field(min_length=1)
    voice: LocalText = Field(default_factory=dict)
    languages: tuple[Language, ...] = Field(default=("en", "zh"), min_length=1)
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    timezone: str = "UTC"
    opening_hours: LocalText = Field(default_factory=dict)
    hours: OpeningHours = OpeningHours()
    contact: Contact = Contact()
    logo: str = ""
    colours: Colours = Colours()
    greeting: LocalText = Field(default_factory=dict)
    suggested_questions: LocalTexts = Field(default_factory=dict)
    orders: OrderPolicy = OrderPolicy()
    widget: WidgetProfile = WidgetProfile()
    url: str = Field(default="", pattern=r"^(https?://.+)?$")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is not a time zone; write one like 'Europe/Berlin'") from None
        return value


class Profiles:
    """The profile of every shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, shop: str) -> ShopProfile:
        """The profile that was ingested, or one made from the shop's name."""
        with Session(self._engine) as session:
            row = session.get(Shop, shop)
        if row is None or row.profile is None:
            return ShopProfile(name={"en": shop, "zh": shop})
        return ShopProfile.model_validate(row.profile)
