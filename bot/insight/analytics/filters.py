"""Filters: which conversations a figure is counted from."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select

from bot.errors import InvalidInput
from bot.insight.analytics.tables import ConversationAspect, ConversationProduct, ConversationSummary, TurnSummary

LANGUAGES = ("en", "zh")
OUTCOMES = ("answered", "refused", "handed_off")
GEARS = ("curated", "facts", "generated", "extracted", "none")
MOST_DAYS = 3660

summaries = ConversationSummary.__table__  # type: ignore[attr-defined]  # SQLModel adds it
turns = TurnSummary.__table__  # type: ignore[attr-defined]  # as above
products = ConversationProduct.__table__  # type: ignore[attr-defined]  # as above
aspects = ConversationAspect.__table__  # type: ignore[attr-defined]  # as above

_GEAR_COLUMNS = {gear: summaries.c["no_gear" if gear == "none" else gear] for gear in GEARS}


@dataclass(frozen=True)
class Filters:
    """A shop's conversations between two days, both counted in, on the shop's own clock.

    A conversation belongs to the day it began. Empty filters let everything pass. Of conversations, `outcome` and
    `gear` take those with at least one such reply; of replies, just those.

    Attributes:
        product: id of a product that was shown or spoken of.
        language: `en` or `zh`.
        outcome: `answered`, `refused` or `handed_off`.
        gear: `curated`, `facts`, `generated`, `extracted` or `none`.

    Raises:
        InvalidInput: the last day is before the first, or a filter is none of the known ones.
    """

    shop: str
    start: date
    end: date
    product: str = ""
    language: str = ""
    outcome: str = ""
    gear: str = ""

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidInput(f"The range ends on {self.end}, before it starts on {self.start}; give a later end.")
        if (self.end - self.start).days > MOST_DAYS:
            raise InvalidInput(f"The range {self.start} to {self.end} is longer than ten years; give a shorter one.")
        for name, value, known in (
            ("language", self.language, LANGUAGES),
            ("outcome", self.outcome, OUTCOMES),
            ("gear", self.gear, GEARS),
        ):
            if value and value not in known:
                raise InvalidInput(f"The {name} is {value!r}; expected one of {', '.join(known)}, or none.")

    @property
    def days(self) -> int:
        """How many days are counted in."""
        return (self.end - self.start).days + 1

    def before(self) -> "Filters":
        """The same filters on as many days just before."""
        return replace(self, start=self.start - timedelta(days=self.days), end=self.start - timedelta(days=1))

    def on_conversations(self) -> list[ColumnElement[bool]]:
        """Conditions on `conversation_summary`."""
        found = [summaries.c.shop == self.shop, summaries.c.day.between(self.start, self.end)]
        if self.language:
            found.append(summaries.c.language == self.language)
        if self.outcome:
            found.append(summaries.c[self.outcome] > 0)
        if self.gear:
            found.append(_GEAR_COLUMNS[self.gear] > 0)
        if self.product:
            found.append(self._about_product(summaries.c.conversation_id))
        return found

    def on_turns(self, *, by_range: bool = True) -> list[ColumnElement[bool]]:
        """Conditions on `turn_summary`.

        Args:
            by_range: look turns up by shop and day. False where few turns, the shop's anyhow, are joined by their id:
                SQLite would otherwise go through all of the range for them. `coalesce` hides the day from its indexes.
        """
        day = turns.c.day if by_range else func.coalesce(turns.c.day, turns.c.day)
        found = [day.between(self.start, self.end), *([turns.c.shop == self.shop] if by_range else [])]
        found += [turns.c[name] == value for name in ("language", "outcome", "gear") if (value := getattr(self, name))]
        if self.product:
            found.append(self._about_product(turns.c.conversation_id))
        return found

    def on_aspects(self) -> list[ColumnElement[bool]]:
        """Conditions on `conversation_aspect`."""
        found = [aspects.c.shop == self.shop, aspects.c.day.between(self.start, self.end)]
        if self.language:
            found.append(aspects.c.language == self.language)
        if self.product:
            found.append(aspects.c.product_id == self.product)
        if self.outcome or self.gear:
            matching = select(summaries.c.conversation_id).where(*self.on_conversations())
            found.append(aspects.c.conversation_id.in_(matching))
        return found

    def _about_product(self, conversation_id: ColumnElement[str]) -> ColumnElement[bool]:
        return conversation_id.in_(
            select(products.c.conversation_id).where(
                products.c.shop == self.shop, products.c.product_id == self.product
            )
        )
