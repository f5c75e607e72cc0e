"""Addresses of figures: which conversations a figure is counted from, and which part of them it counts."""

from dataclasses import fields
from datetime import date
from typing import Self
from urllib.parse import parse_qsl

from pydantic import BaseModel, Field, ValidationError

from bot.bootstrap import Shopclerk
from bot.errors import InvalidInput
from bot.insight.analytics.behind import Figure
from bot.insight.analytics.feelings import Aspect
from bot.insight.analytics.filters import Filters
from bot.insight.sentiment.feeling import Label
from ui.api import known_shop

DAYS = 30
_LONGEST = 200


class FilterAddress(BaseModel):
    """What figures are counted from; without dates the last 30 days."""

    shop: str | None = Field(default=None, max_length=_LONGEST, description="The installation's own by default.")
    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="to")
    product: str = Field(default="", max_length=_LONGEST)
    language: str = Field(default="", max_length=_LONGEST)
    outcome: str = Field(default="", max_length=_LONGEST)
    gear: str = Field(default="", max_length=_LONGEST)

    def filters(self, shopclerk: Shopclerk) -> Filters:
        """The same for the figures."""
        name = known_shop(shopclerk, self.shop)
        usual = shopclerk.analytics.last_days(name, DAYS)
        start = self.start or min(usual.start, self.end or usual.start)
        return Filters(name, start, self.end or usual.end, self.product, self.language, self.outcome, self.gear)


class QuoteAddress(FilterAddress):
    """Shoppers' own words."""

    label: Label = "negative"


class VoiceAddress(QuoteAddress):
    """What is said of one aspect."""

    aspect: Aspect


class FigureAddress(FilterAddress):
    """One figure."""

    resolution: str = Field(default="", max_length=_LONGEST)
    came_back: bool = False
    week_hour: int | None = None
    mood: str = Field(default="", max_length=_LONGEST)
    thumb: int = Field(default=0, ge=-1, le=1)
    aspect: str = Field(default="", max_length=_LONGEST)
    gap: str = Field(default="", max_length=_LONGEST)
    question: int | None = None
    slower_than_ms: int | None = None

    @classmethod
    def read(cls, query: str) -> Self:
        """The figure that the query of an address names.

        Raises:
            InvalidInput: it names none.
        """
        try:
            return cls.model_validate(dict(parse_qsl(query)))
        except ValidationError as error:
            place = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise InvalidInput(f"{query!r} names no figure ({place}); open it from the Insight page again.") from error

    def figure(self) -> Figure:
        """The part that it counts."""
        return Figure(**self.model_dump(include={one.name for one in fields(Figure)}))


class BehindAddress(FigureAddress):
    """A page of the conversations behind a figure."""

    k: int = Field(default=20, ge=1, le=100)
    skip: int = Field(default=0, ge=0)
