"""Attributes of products as their rows state them, and which of them a question asks for."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from rapidfuzz.distance import OSA

from knowledge.attribute_names import attribute_name
from knowledge.catalog import CatalogProduct

SLIP_FROM = 7  # letters, from which one may be wrong or missing
_WORD = re.compile(r"[a-z]+")
_SENTENCE = re.compile(r"[^.!?。！？]*(?:\.(?=\d)[^.!?。！？]*)*[.!?。！？]?")
_SPELT = ("waterproof", "material", "battery", "impedance", "bluetooth", "wireless", "capacity", "temperature")


@dataclass(frozen=True)
class Attribute:
    """Something that a product has or not.

    Attributes:
        name: what it is known by.
        column: of the catalogue that states it, without its unit.
    """

    name: str
    column: str
    _asks: re.Pattern[str]
    _text: re.Pattern[str]
    _has: re.Pattern[str] | None
    _lacks: re.Pattern[str] | None = None

    @property
    def limits(self) -> bool:
        """Whether products that have it can be told from those that have not."""
        return self._has is not None

    def asked(self, plain: str) -> bool:
        """Whether the lower-cased question asks for it."""
        return bool(self._asks.search(plain))

    def found(self, plain: str) -> re.Match[str]:
        """Where the lower-cased question asks for it.

        Raises:
            ValueError: it does not.
        """
        found = self._asks.search(_spelt(plain))
        if found is None:
            raise ValueError(f"{plain!r} does not ask for {self.name!r}; look with `asked` first.")
        return found

    def unwanted(self, plain: str) -> bool:
        """Whether the words themselves ask for what has it not: "unscented"."""
        return self._lacks is not None and bool(self._lacks.search(plain))

    def taken_out(self, plain: str) -> str:
        """The question without the words that ask for it."""
        return self._asks.sub(" ", plain)

    def label(self, language: str) -> str:
        """What it is called in front of shoppers."""
        return attribute_name(self.column, language).label

    def values(self, product: CatalogProduct) -> tuple[tuple[str, str], ...]:
        """What the product's row states: label and value with its unit; none where it is not stated."""
        found = []
        for column, value in product.attributes.items():
            if self.column in (column, column.rpartition("_")[0]):
                name = attribute_name(column, product.language)
                found.append((name.label, name.value(value)))
        return tuple(found)

    def told(self, product: CatalogProduct) -> str:
        """The first sentence of the product's own description that speaks of it; empty where none does."""
        sentences = (found.group().strip() for found in _SENTENCE.finditer(product.description))
        return next((one for one in sentences if one and self._text.search(plainly(one))), "")

    def had_by(self, product: CatalogProduct) -> bool:
        """Whether the row says that the product has it; not stated is no."""
        return self._has is not None and any(self._has.search(plainly(value)) for _, value in self.values(product))


def asked_attributes(question: str) -> tuple[Attribute, ...]:
    """The attributes that a question asks for; one letter of a long word may be wrong."""
    plain = _spelt(plainly(question))
    return tuple(attribute for attribute in _attributes() if attribute.asked(plain))


def without(question: str, attributes: Sequence[Attribute]) -> str:
    """The question without the words that ask for these attributes: what is left names the product."""
    plain = _spelt(plainly(question))
    for attribute in attributes:
        plain = attribute.taken_out(plain)
    return plain


def plainly(text: str) -> str:
    """Lower case, half width, one kind of apostrophe."""
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def _spelt(plain: str) -> str:
    def mended(found: re.Match[str]) -> str:
        word = found.group()
        if len(word) < SLIP_FROM - 1:
            return word
        return next((right for right in _SPELT if OSA.distance(word, right) == 1), word)

    return _WORD.sub(mended, plain)


@cache
def _attributes() -> tuple[Attribute, ...]:
    read = yaml.safe_load((files("bot.answering") / "attribute_cues.yaml").read_text(encoding="utf-8"))
    return tuple(
        Attribute(
            name,
            cues.get("column", name),
            re.compile(cues["asks"]),
            re.compile(cues.get("text", cues["asks"])),
            re.compile(cues["has"]) if "has" in cues else None,
            re.compile(cues["lacks"]) if "lacks" in cues else None,
        )
        for name, cues in read.items()
    )
