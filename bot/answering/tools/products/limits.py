"""Limits: what each product of an answer must have, each told from the product's row."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Protocol

import yaml

from bot.answering.money import money
from bot.answering.tools.products.aspects import Aspect
from bot.answering.tools.products.attributes import Attribute, plainly
from bot.answering.tools.products.measures import as_dimension
from bot.answering.tools.products.options import Asked, options_of
from bot.answering.wording import Wording
from knowledge.catalog import CatalogProduct, CatalogVariant
from knowledge.keywords import tokenize

NEAR = 0.12  # of a number, within which another is about the same
NOT_STATED = 1.2  # how far from a limit a product is whose row does not tell
_KIDS = re.compile(r"\b(?:kids?|child|children|junior|baby|toddler)\b|儿童|宝宝|童|小孩")


class Limit(Protocol):
    """One thing that a product must have."""

    @property
    def slot(self) -> str:
        """What it limits; a later limit on the same takes its place."""
        ...

    @property
    def said(self) -> str:
        """The shopper's words for it."""
        ...

    def miss(self, product: CatalogProduct) -> float:
        """How far the product is from it: 0 where it is met."""
        ...

    def reason(self, product: CatalogProduct, words: Wording) -> str:
        """What the row says to it, in the reader's language; empty where it says nothing."""
        ...


@dataclass(frozen=True)
class PriceLimit:
    """A range of money, inclusive.

    Attributes:
        currency: of the two; a product in another currency misses it.
        strict: the upper end itself is too much: "cheaper than that one".
    """

    low: Decimal | None
    high: Decimal | None
    currency: str | None
    said: str
    strict: bool = False
    slot: str = "price"

    def miss(self, product: CatalogProduct) -> float:
        """The share by which the price is too high or too low."""
        price = product.price
        if price is None or (self.currency and product.currency != self.currency):
            return NOT_STATED
        if self.high is not None and (price > self.high or (self.strict and price == self.high)):
            return float((price - self.high) / max(self.high, Decimal(1))) + 0.001
        if self.low is not None and (price < self.low or (self.strict and price == self.low)):
            return float((self.low - price) / max(self.low, Decimal(1))) + 0.001
        return 0.0

    def reason(self, product: CatalogProduct, words: Wording) -> str:
        """Where the price stands to the limit."""
        if product.price is None or not self._compared(product):
            return ""
        bound = self.high if self.high is not None else self.low
        if self.miss(product) > 0:
            key = "why_price_above" if self.high is not None and product.price >= self.high else "why_price_below"
        else:
            key = "why_price_under" if self.high is not None else "why_price_over"
        return words.say(key, bound=money(bound or Decimal(0), product.currency, words.language))

    def _compared(self, product: CatalogProduct) -> bool:
        return not self.currency or product.currency == self.currency


@dataclass(frozen=True)
class MeasureLimit:
    """A range of a number that rows state.

    Attributes:
        low, high: in the dimension's unit, inclusive unless `strict`.
        dimension: of both.
        holds: the product's own range must hold the number: "a game for three".
    """

    aspect: Aspect
    low: float | None
    high: float | None
    dimension: str
    said: str
    strict: bool = False
    holds: bool = False

    @property
    def slot(self) -> str:
        """The aspect."""
        return self.aspect.name

    def miss(self, product: CatalogProduct) -> float:
        """The share by which the nearest of the stated numbers is too high or too low."""
        values = [
            value
            for measure in self.aspect.values(product)
            if (value := as_dimension(measure, self.dimension)) is not None
        ]
        if not values:
            return NOT_STATED
        if self.holds and self.low is not None and min(values) <= self.low <= max(values):
            return 0.0
        return min(self._miss(value) for value in values)

    def reason(self, product: CatalogProduct, words: Wording) -> str:
        """The value under its name."""
        return aspect_told(self.aspect, product, words)

    def _miss(self, value: float) -> float:
        for bound, over in ((self.high, 1), (self.low, -1)):
            if bound is None:
                continue
            too_far = (value - bound) * over
            if too_far > 1e-6 or (self.strict and too_far > -1e-6):
                return max(0.0, too_far) / max(abs(bound), 1.0) + 0.001
        return 0.0


@dataclass(frozen=True)
class HasLimit:
    """An attribute that the product must have, or must not have."""

    attribute: Attribute
    wanted: bool
    said: str

    @property
    def slot(self) -> str:
        """The attribute."""
        return self.attribute.name

    def miss(self, product: CatalogProduct) -> float:
        """All or nothing."""
        return 0.0 if self.attribute.had_by(product) is self.wanted else 1.0

    def reason(self, product: CatalogProduct, words: Wording) -> str:
        """The stated value."""
        stated = self.attribute.values(product)
        return words.say("why_value", name=stated[0][0], value=stated[0][1]) if stated else ""


@dataclass(frozen=True)
class MadeOfLimit:
    """A material that the product must be made of, or must not."""

    name: str
    made_of: re.Pattern[str]
    wanted: bool
    said: str

    @property
    def slot(self) -> str:
        """The material; several may be wished for."""
        return f"material {self.name}"

    def miss(self, product: CatalogProduct) -> float:
        """All or nothing; a name may tell too."""
        text = plainly(f"{material(product)} {product.title}")
        return 0.0 if bool(self.made_of.search(text)) is self.wanted else 1.0

    def reason(self, product: CatalogProduct, words: Wording) -> str:
        """The stated material."""
        stated = material(product)
        return words.say("why_material", value=stated) if stated else ""


@dataclass(frozen=True)
class ValueLimit:
    """A value that a column of text must hold, or must not, such as `dark` of the roast."""

    column: str
    words: frozenset[str]
    label: str
    said: str
    wanted: bool = True

    @property
    def slot(self) -> str:
        """The column."""
        return self.column

    def miss(self, product: CatalogProduct) -> float:
        """All or nothing, by words."""
        held = self.words <= set(tokenize(str(product.attributes.get(self.column, ""))))
        stated = self.column in product.attributes
        return 0.0 if stated and held is self.wanted else 1.0

    def reason(self, product: CatalogProduct, words: Wording) -> str:
        """The stated value."""
        stated = product.attributes.get(self.column)
        return words.say("why_value", name=self.label, value=stated) if stated is not None else ""


@dataclass(frozen=True)
class BrandLimit:
    """Brands of which the product must be, or must not."""

    brands: frozenset[str]
    wanted: bool
    said: str
    slot: str = "brand"

    def miss(self, product: CatalogProduct) -> float:
        """All or nothing."""
        return 0.0 if (product.brand.casefold() in self.brands) is self.wanted else 1.0

    def reason(self, product: CatalogProduct, words: Wording) -> str:
        """The brand."""
        return words.say("why_brand", brand=product.brand) if product.brand else ""


@dataclass(frozen=True)
class OptionLimit:
    """A colour or size in which a variant must be in stock.

    Attributes:
        asked: option values as products have them; none: the shop has nothing in what was said.
        colour: what a variant's own colour may hold instead, such as "navy" for blue.
    """

    asked: Asked
    said: str
    colour: re.Pattern[str] | None = None
    slot: str = "option"

    def fitting(self, product: CatalogProduct) -> list[CatalogVariant]:
        """The variants in stock that have it."""
        return [variant for variant in product.variants if self._fits(variant) and variant.stock != 0]

    def miss(self, product: CatalogProduct) -> float:
        """A product that has it, but sold out, is nearer than one that has it not."""
        if self.fitting(product):
            return 0.0
        return 0.7 if any(self._fits(variant) for variant in product.variants) else 1.0

    def reason(self, product: CatalogProduct, words: Wording) -> str:
        """The variants."""
        said = [words.listed(tuple(variant.options.values())) for variant in self.fitting(product)[:2]]
        if said:
            return words.say("why_option", options=" / ".join(said))
        gone = [variant for variant in product.variants if self._fits(variant)]
        if gone:
            return words.say("why_option_gone", options=words.listed(tuple(gone[0].options.values())))
        names = options_of(product)
        return words.say("why_option_other", options=words.listed(next(iter(names.values())))) if names else ""

    def also(self, later: "OptionLimit") -> "OptionLimit":
        """Both, where they are of different things: size L, and then yellow; the later one alone, where not."""
        names = {name for name, _ in later.asked.values}
        same = any(name in names for name, _ in self.asked.values) or (self.colour and later.colour)
        if same or not (self.asked.values or self.colour) or not (later.asked.values or later.colour):
            return later
        values = Asked((*self.asked.values, *later.asked.values))
        return OptionLimit(values, f"{self.said}, {later.said}", self.colour or later.colour)

    def _fits(self, variant: CatalogVariant) -> bool:
        if self.colour and not any(self.colour.search(plainly(value)) for value in variant.options.values()):
            return False
        return self.asked.fits(variant) if self.asked.values else self.colour is not None


@dataclass(frozen=True)
class AgeLimit:
    """An age that the product must suit; without one, any child's.

    Attributes:
        years: None: it is to be for children.
    """

    years: int | None
    said: str
    slot: str = "age"

    def miss(self, product: CatalogProduct) -> float:
        """The years that a child is too young, in shares of ten."""
        stated = str(product.attributes.get("age_from", ""))
        begins = float(stated) if stated.replace(".", "", 1).isdigit() else None
        if self.years is None:
            return 0.0 if begins is not None or _for_kids(product) else 1.0
        return NOT_STATED if begins is None else max(0.0, begins - self.years) / 10

    def reason(self, product: CatalogProduct, words: Wording) -> str:
        """The age from which it is."""
        stated = product.attributes.get("age_from")
        return words.say("why_age", age=stated) if stated is not None else ""


@dataclass(frozen=True)
class StockLimit:
    """In stock now."""

    said: str
    slot: str = "stock"

    def miss(self, product: CatalogProduct) -> float:
        """Unknown is nearer than none."""
        if product.stock is None:
            return 0.5
        return 0.0 if product.stock > 0 else 1.0

    def reason(self, product: CatalogProduct, words: Wording) -> str:
        """In stock; the card says how many."""
        return words.say("line_in_stock") if product.stock else ""


def aspect_told(aspect: Aspect, product: CatalogProduct, words: Wording) -> str:
    """The value under its name: `Weight: 248 g`; empty where no column states it."""
    told = aspect.told(product)
    return words.say("why_value", name=aspect.label(words.language), value=told) if told else ""


def material(product: CatalogProduct) -> str:
    """What the row says that it is made of."""
    return next((str(value) for name, value in product.attributes.items() if _MATERIAL.search(name.casefold())), "")


_MATERIAL = re.compile(r"material|fabric|材质|面料|材料")


@dataclass(frozen=True)
class Words:
    """How shoppers say something, and how rows do.

    Attributes:
        never: who says it wishes for none of it: "vegan".
    """

    name: str
    asks: re.Pattern[str]
    has: re.Pattern[str]
    never: bool = False


@cache
def materials() -> tuple[Words, ...]:
    """All known materials."""
    return _read("materials.yaml")


@cache
def colours() -> tuple[Words, ...]:
    """All known families of colours."""
    return _read("colours.yaml")


def _read(name: str) -> tuple[Words, ...]:
    read = yaml.safe_load((files("bot.answering.tools.products") / name).read_text(encoding="utf-8"))
    return tuple(
        Words(key, re.compile(said["asks"]), re.compile(said["has"]), bool(said.get("never")))
        for key, said in read.items()
    )


def _for_kids(product: CatalogProduct) -> bool:
    said = " ".join([product.title, *(str(value) for value in product.attributes.values())])
    return bool(_KIDS.search(plainly(said).replace("'s", "")))
