"""Kinds: which kind of thing a text names, such as tents, and the shop's products of that kind."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from knowledge.catalog import CatalogProduct
from knowledge.keywords import tokenize

GAP = "\0"
"""Stands where words were taken out of a text."""

HAN_ENDING = 5  # characters of a Chinese name, up to which its end is a kind of thing
_MEASURE = re.compile(
    r"(?:\s[\d.×% ]*\d[\d.×% ]*(?:ml|l|m|mm|cm|w|g|kg|inch|毫升|升|米|毫米|厘米|瓦|寸|公斤|千克|克|件|片|张|支|色)?)+$",
    re.IGNORECASE,
)
NEAR_THE_END = 3  # words of a name, among which its kind is
_UNITS = frozenset(("ml", "l", "m", "mm", "cm", "w", "g", "kg", "inch"))
# "a bag for a laptop" wishes for bags.
_GOING_WITH = re.compile(r"\b(?:for|to fit|that fits?|which fits?|with|without|compatible with)\b")


@dataclass(frozen=True)
class Kind:
    """Products of one kind.

    Attributes:
        ids: of them, the kind's own before those that only share a word.
        words: of the text, that name the kind.
        category: whether a category of the shop is named.
    """

    ids: tuple[str, ...]
    words: frozenset[str]
    category: str = ""


class Kinds:
    """What a shop's products are, by category and by what their names end in.

    Args:
        products: the same products may come once for each language.
    """

    def __init__(self, products: Iterable[CatalogProduct]) -> None:
        self._ends: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._titles: defaultdict[str, set[str]] = defaultdict(set)
        self._names: defaultdict[str, list[str]] = defaultdict(list)
        self._categories: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for product in products:
            self._add(product)
        self._terms: dict[str, tuple[str, ...]] = {}
        self._named = {name: frozenset(tokenize(name)) for name in self._categories if tokenize(name)}

    def _add(self, product: CatalogProduct) -> None:
        self._titles[product.product_id].update(tokenize(product.title))
        self._names[product.product_id].append(product.title)
        if product.category:
            self._categories[product.category][product.product_id] = None
        for ending in _endings(end_of(product.title)):
            self._ends[ending][product.product_id] = None

    def named(self, text: str) -> Kind | None:
        """The kind of thing that a text names; None where it names none."""
        front = _GOING_WITH.split(text.casefold(), maxsplit=1)[0]
        return self._in(front) or (self._in(text) if front != text else None)

    def ending(self, word: str) -> tuple[str, ...]:
        """Ids of the products whose names end in a word, as `tokenize` gives it."""
        return tuple(self._ends.get(word, ()))

    def of(self, product: CatalogProduct) -> Kind | None:
        """The kind that a product is of: what its name ends in, or else, where no other does, its category."""
        kind = self._in(end_of(product.title))
        if kind and len(kind.ids) > 1 and product.product_id in kind.ids:
            return Kind(kind.ids, frozenset(), kind.category)
        return Kind(tuple(self._categories[product.category]), frozenset(), product.category)

    def _in(self, text: str) -> Kind | None:
        said = tokenize(text)
        category = self._category(said)
        heads = [word for word in dict.fromkeys(said) if word in self._ends and word not in _of(category, self._named)]
        heads = [word for word in heads if word.isascii() or len(word) > 1] or heads
        heads = [word for word in heads if not any(word != other and other.endswith(word) for other in heads)]
        alike = self._alike(text, said)
        words = {word for _, used in alike for word in used}
        # "sleeping bag" is no bag.
        ids = {one: None for word in heads if word not in words for one in self._ends[word]}
        ids |= {one: None for group, _ in alike for one in group}
        words |= set(heads)
        if category:
            inside = {one: None for one in ids if one in self._categories[category]}
            ids = inside or dict(self._categories[category])
            words |= self._named[category]
        if not ids:
            return None
        return Kind(tuple(ids), frozenset(words), category)

    def _category(self, said: Sequence[str]) -> str:
        """The one category whose whole name is said, in any language, or in which a Chinese word ends."""
        words = set(said)
        named = [name for name, parts in self._named.items() if parts <= words]
        longest = [name for name in named if not any(self._named[name] < self._named[other] for other in named)]
        if len(longest) == 1:
            return longest[0]
        endings = [name for name in self._named if not name.isascii() and any(word.endswith(name) for word in words)]
        return endings[0] if not named and len(endings) == 1 else ""

    def _alike(self, text: str, said: Sequence[str]) -> list[tuple[list[str], set[str]]]:
        """Products that go by another word for the kind that is said, and the words of the text for it."""
        found = []
        for group in _alike():
            used = {word for term in group for word in _said(term, text, said)}
            if used:
                ids = [one for term in group for one in self._of_term(term)]
                found.append((ids, used))
        return [(ids, used) for ids, used in found if ids and not any(used < more for _, more in found)]

    def _of_term(self, term: str) -> Sequence[str]:
        """Products whose names hold the term, and those of a category that goes by it."""
        held = self._terms.get(term)
        if held is None:
            words = set(tokenize(term))
            ids = [one for one, names in self._names.items() if any(_is_called(name, term, words) for name in names)]
            named = [name for name, parts in self._named.items() if parts == words or name == term]
            ids += [one for name in named for one in self._categories[name]]
            held = self._terms[term] = tuple(dict.fromkeys(ids))
        return held

    def narrowed(self, kind: Kind, text: str) -> Kind:
        """Only those whose names also hold the word right before the kind: "rain jacket", where there are any.

        Args:
            kind: as named.
            text: in which it is, without words that say something else, such as "waterproof".
        """
        said = [word for run in text.split(GAP) for word in (*tokenize(run), "")]
        places = [place for place, word in enumerate(said) if word in kind.words]
        before = {said[place - 1] for place in places if place} - kind.words
        for word in before:
            ids = tuple(one for one in kind.ids if word in self._titles[one])
            if (word.isascii() or len(word) > 1) and ids and len(ids) < len(kind.ids):
                return Kind(ids, kind.words | {word}, kind.category)
        return kind


def end_of(title: str) -> str:
    """A name without what stands after the kind of thing: `Fjord 2 Tent (2025 model)` ends in `Tent`."""
    return _MEASURE.sub("", re.sub(r"[(（].*|,.*", "", title).strip()).strip()


def _endings(end: str) -> list[str]:
    if not end:
        return []
    han = re.search(r"[㐀-鿿]+$", end)
    if han is None:
        words = [word for word in tokenize(end) if word not in _UNITS and not any(map(str.isdigit, word))]
        return words[-1:]
    return [han.group()[-count:] for count in range(1, min(HAN_ENDING, len(han.group())) + 1)]


def _is_called(name: str, term: str, words: set[str]) -> bool:
    """Whether a product's name says the term as its kind: near its end, where what kind it is stands."""
    if not term.isascii():
        return end_of(name).endswith(term) if len(term) == 1 else term in name
    said = [word for word in tokenize(name) if not any(map(str.isdigit, word))]
    return words <= set(said) and bool(words & set(said[-NEAR_THE_END:]))


def _of(category: str, named: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return named.get(category, frozenset())


def _said(term: str, text: str, said: Sequence[str]) -> set[str]:
    """The words of a text in which a term is said; none where it is not."""
    if not term.isascii():
        if term not in text:
            return set()
        return {word for word in said if word in term or word.endswith(term)} or {term}
    words = tokenize(term)
    places = range(len(said) - len(words) + 1)
    return set(words) if words and any(list(said[place : place + len(words)]) == words for place in places) else set()


@cache
def _alike() -> tuple[tuple[str, ...], ...]:
    read = yaml.safe_load((files("bot.answering.tools.products") / "kind_words.yaml").read_text(encoding="utf-8"))
    return tuple(tuple(group) for group in read)
