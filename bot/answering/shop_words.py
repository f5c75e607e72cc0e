"""Shop words: what a shopper's words are called in shops, in both languages, from `shop_words.yaml`."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

import yaml
from babel import Locale
from rapidfuzz.distance import OSA

from knowledge.keywords import tokenize

_HAN = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[a-z]+")
ThingKind = Literal["thing", "goods", "place"]

_NO_COUNTRIES = {"EU", "UN", "EZ", "QO", "XA", "XB", "ZZ"}
_ALSO_CLOTHES = {"Jersey", "Guernsey"}
SLIP_FROM = 6  # letters, from which one may be wrong or missing


@dataclass(frozen=True)
class Meant:
    """One thing that a question speaks of.

    Attributes:
        said: as the shopper put it.
        shops: how shops put it, by language.
        ways: the words of each way to say it, in any language.
        kind: what is said of one place or of one kind of goods does not hold for another.
    """

    said: str
    shops: Mapping[str, str]
    ways: tuple[frozenset[str], ...]
    kind: ThingKind


@dataclass(frozen=True)
class _Entry:
    patterns: tuple[tuple[str, str, re.Pattern[str]], ...]
    shops: Mapping[str, str]
    ways: tuple[frozenset[str], ...]
    kind: ThingKind


@lru_cache(maxsize=4096)
def meant(question: str) -> tuple[Meant, ...]:
    """The things of the list that a question speaks of; remembered, as one question is read many times."""
    plain = _plain(question)
    return tuple(
        Meant(said, entry.shops, entry.ways, entry.kind)
        for entry in _entries()
        if (said := next(_said(plain, entry), ""))
    )


def as_shops_say(question: str, language: str) -> str:
    """The question with the shopper's words replaced by those that shops use."""
    text = _plain(question)
    for thing in meant(question):
        shops = thing.shops.get(language, "")
        if shops and shops.casefold() not in text:
            text = text.replace(thing.said, shops, 1)
    return text


def translated(question: str, language: str) -> str:
    """The known things of a question in another language, one after the other; empty when they are fewer than two."""
    named = [thing.shops[language] for thing in meant(question) if language in thing.shops]
    return " ".join(dict.fromkeys(named)) if len(named) > 1 else ""


def with_the_newer(question: str, said_last: str) -> str:
    """The question without the places and goods that its last words put others in the place of.

    "How much is shipping to Canada? Japan" asks of Japan only.
    """
    newer = meant(said_last)
    kinds = {thing.kind for thing in newer} - {"thing"}
    older = [thing for thing in meant(question) if thing.kind in kinds and thing not in newer]
    text = question
    for thing in older:
        text = re.sub(re.escape(thing.said), "", text, count=1, flags=re.IGNORECASE)
    return text


def _said(plain: str, entry: _Entry) -> Iterator[str]:
    for term, _, pattern in entry.patterns:
        # Most terms stand in no text: looking for the letters first spares the expression.
        found = pattern.search(plain) if term in plain else None
        if found:
            yield found[0]
        elif len(term) >= SLIP_FROM and term.isascii() and term.isalpha():
            yield from (word for word in _long_words(plain) if _slip(word, term))


@lru_cache(maxsize=8)  # each entry asks for those of the same text
def _long_words(plain: str) -> tuple[str, ...]:
    return tuple(word for word in _WORD.findall(plain) if len(word) >= SLIP_FROM - 1)


def _slip(word: str, term: str) -> bool:
    return abs(len(word) - len(term)) <= 1 and OSA.distance(word, term, score_cutoff=1) == 1


@cache
def _entries() -> tuple[_Entry, ...]:
    read = yaml.safe_load((files("bot.answering") / "shop_words.yaml").read_text(encoding="utf-8"))
    entries = [_entry({"en": thing["en"], "zh": thing["zh"]}, "thing") for thing in read["things"]]
    entries += [_entry({"en": goods["en"], "zh": goods["zh"]}, "goods") for goods in read["goods"]]
    for wider in read["holds"]:
        terms = {language: [wider[language]["name"], *wider[language]["places"]] for language in ("en", "zh")}
        entries.append(_entry(terms, "place"))
    entries += [_entry(terms, "place") for terms in _other_countries(read["holds"])]
    return tuple(entries)


def _other_countries(listed: list[dict[str, dict[str, object]]]) -> Iterator[dict[str, list[str]]]:
    """Every country of the Unicode locale data that the list does not name, each by its name alone."""
    known = " ".join(str(part).casefold() for wider in listed for part in wider["en"].values())
    names = {language: Locale(language).territories for language in ("en", "zh")}
    for code, name in names["en"].items():
        is_country = len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
        if is_country and name.casefold() not in known and name not in _ALSO_CLOTHES:
            yield {"en": [name], "zh": [names["zh"].get(code, name)]}


def places_named(text: str) -> frozenset[str]:
    """The places that a text names, each by the widest one listed that holds it."""
    return frozenset(thing.shops["en"] for thing in meant(text) if thing.kind == "place")


def goods_named(text: str) -> frozenset[str]:
    """The kinds of goods that a text names, each by how shops put it."""
    return frozenset(thing.shops["en"] for thing in meant(text) if thing.kind == "goods")


def _entry(terms: Mapping[str, list[str]], kind: ThingKind) -> _Entry:
    every = [(_plain(term), language) for language, said in terms.items() for term in said]
    longest_first = sorted(every, key=lambda pair: -len(pair[0]))
    patterns = tuple((term, language, _pattern(term)) for term, language in longest_first)
    shops = {language: said[0] for language, said in terms.items()}
    # A passage on another town of the same land does not speak of this one.
    sure = [said[0] for said in terms.values()] if kind == "place" else [term for term, _ in every]
    return _Entry(patterns, shops, tuple(frozenset(tokenize(term)) for term in sure if tokenize(term)), kind)


def _pattern(term: str) -> re.Pattern[str]:
    return re.compile(re.escape(term) if _HAN.search(term) else rf"\b{re.escape(term)}s?\b")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
