"""Aspects: what of a product is a number that shoppers compare, read from its row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from bot.answering.tools.products.measures import Measure, stated
from bot.answering.tools.products.options import options_of
from knowledge.attribute_names import attribute_name
from knowledge.catalog import CatalogProduct

Way = Literal["less", "more"]
Form = Literal["plain", "comparative", "superlative"]
Bare = Literal["least", "most", "near", "fits", "holds"]
WAYS: tuple[Way, ...] = ("less", "more")
FORMS: tuple[Form, ...] = ("superlative", "comparative", "plain")
"""In the order they are looked for: "cheapest" is not just cheap."""


@dataclass(frozen=True)
class Aspect:
    """Something that is a number.

    Attributes:
        name: of the catalogue's column, without its unit.
        dimensions: of its numbers.
        calls: words that name it in a question.
        degrees: words for little or much of it.
        bare: what a number that is not compared means.
    """

    name: str
    dimensions: tuple[str, ...]
    calls: re.Pattern[str]
    degrees: Mapping[tuple[Way, Form], re.Pattern[str]]
    bare: Bare
    _columns: re.Pattern[str]
    _words: Mapping[str, Mapping[str, str]]

    def values(self, product: CatalogProduct) -> tuple[Measure, ...]:
        """What the row states: of the product, else of its choices, else in its name; none where nothing does."""
        if self.name == "price":
            return (Measure(float(product.price), "money"),) if product.price is not None else ()
        found = [
            measure
            for column, value in product.attributes.items()
            if self.has_column(column)
            for measure in stated(attribute_name(column, product.language).value(value))
            if measure.dimension in self.dimensions
        ]
        return tuple(found) or self._of_choices(product)

    def told(self, product: CatalogProduct) -> str:
        """The value as the row writes it, with its unit; empty where no column states it."""
        for column, value in product.attributes.items():
            if self.has_column(column):
                return attribute_name(column, product.language).value(value)
        return ""

    def label(self, language: str) -> str:
        """What it is called in front of shoppers."""
        return attribute_name(self.name, language).label

    def most(self, way: Way, language: str) -> str:
        """The superlative: `lightest`."""
        return self._words[way][language]

    def has_column(self, column: str) -> bool:
        """Whether a catalogue's column states it."""
        return _is_column(self.name, self._columns.pattern, column)

    def _of_choices(self, product: CatalogProduct) -> tuple[Measure, ...]:
        said = " ; ".join(value for values in options_of(product).values() for value in values)
        for text in (said, product.title):
            found = tuple(one for one in stated(text) if one.dimension and one.dimension in self.dimensions)
            if found:
                return found
        return ()


@lru_cache(maxsize=20_000)
def _is_column(name: str, others: str, column: str) -> bool:
    label = column.replace("_", " ").casefold()
    return name in (column, column.rpartition("_")[0]) or bool(re.fullmatch(rf"(?:{others})(?: \(?\w+\)?)?", label))


@cache
def aspects() -> Mapping[str, Aspect]:
    """All that are known, by name."""
    read = yaml.safe_load((files("bot.answering.tools.products") / "aspects.yaml").read_text(encoding="utf-8"))
    return {name: _aspect(name, said) for name, said in read.items()}


def _aspect(name: str, said: dict[str, Any]) -> Aspect:
    degrees = {
        (way, form): re.compile(said[way][form]) for way in WAYS for form in FORMS if way in said and form in said[way]
    }
    return Aspect(
        name=name,
        dimensions=tuple(said["dimension"]),
        calls=re.compile(said["calls"]),
        degrees=degrees,
        bare=said["bare"],
        _columns=re.compile(said.get("columns", "$^")),
        _words=said.get("words", {}),
    )
