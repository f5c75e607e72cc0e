"""Wishes: which of a product's items a shopper wants instead, told from their words over its options."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.answering.tools.orders.tokens import CLAUSE_ENDS, places, tokens
from knowledge.orders import Choice

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_YES, _NO = frozenset({"yes", "是", "有"}), ("no", "none", "not", "non", "无", "没", "否")
_SIZE_WORDS = frozenset(tokens("size sized 码号"))
_FILLERS = frozenset(tokens("a an the to for in with one ones please 1 it of is 换成改为要的那个吧"))
PART_LETTERS = 4
"""A part of a value's word tells it from so many letters on."""


@dataclass(frozen=True)
class Wished:
    """What fits a wish.

    Attributes:
        exact: available items with everything that was said, else as the old one; best first.
        other: available items with everything that was said, but different in something that was not; best first.
        near: available items with the most of what was said, where nothing has all of it.
        said: whether the words told anything about the item at all.
    """

    exact: tuple[Choice, ...] = ()
    other: tuple[Choice, ...] = ()
    near: tuple[Choice, ...] = ()
    said: bool = False

    @property
    def settled(self) -> Choice | None:
        """The one that is meant, where only one can be."""
        best = self.exact or self.other
        return best[0] if len(best) == 1 else None


Value = tuple[str, str]
"""(option, value)"""


@dataclass
class _Told:
    """What the clauses said so far; each of `wanted` is satisfied by any of its values."""

    wanted: list[frozenset[Value]] = field(default_factory=list)
    unwanted: set[Value] = field(default_factory=set)
    pinned: set[str] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    liked: list[Value] = field(default_factory=list)
    by_price: int = 0
    price_step: int = 0
    ends: list[tuple[str, bool]] = field(default_factory=list)
    item: str = ""

    @property
    def anything(self) -> bool:
        return bool(
            self.wanted or self.unwanted or self.pinned or self.liked or self.by_price or self.price_step
        ) or bool(self.ends or self.free or self.item)

    @property
    def named(self) -> set[str]:
        """The options that were spoken of."""
        said = {name for values in self.wanted for name, _ in values}
        return said | {name for name, _ in self.liked} | {name for name, _ in self.ends}


class ItemSpace:
    """The options of one product and how its values are ordered.

    Args:
        choices: its items, in one language.
        old: the item that is to be replaced: its options and what was paid.
        price: of the old one.
    """

    def __init__(self, choices: Sequence[Choice], *, old_item: str, old: Mapping[str, str], price: Decimal) -> None:
        self._choices, self._old_item, self._price = choices, old_item, price
        self._old = next((dict(one.options) for one in choices if one.item_id == old_item), dict(old))
        self._values: dict[str, list[str]] = {}
        for choice in choices:
            for name, value in choice.options.items():
                if value not in self._values.setdefault(name, []):
                    self._values[name].append(value)

    def wished(self, said: Sequence[str]) -> Wished:
        """What the words ask for.

        Args:
            said: tokens of the wish, without the words that only name the old item.
        """
        told = self._told(said)
        if not told.anything:
            return Wished()
        open_to = [one for one in self._choices if one.available and one.item_id != self._old_item]
        if told.item:
            return Wished(exact=tuple(one for one in open_to if one.item_id == told.item), said=True)
        fitting = self._at_the_ends([one for one in open_to if self._fits(one, told)], told)
        if not fitting:
            return Wished(near=tuple(self._nearest(open_to, told)), said=True)
        kept = [name for name in self._old if name not in told.named and name not in told.free]
        exact = [one for one in fitting if all(one.options.get(name) == self._old[name] for name in kept)]
        exact, other = self._preferred(exact, told), self._preferred(fitting, told)
        if told.by_price:
            other = sorted(fitting, key=lambda one: told.by_price * (one.price or Decimal(0)))[:1]
            exact = []
        return Wished(tuple(exact), tuple(other), said=True)

    def described(self, said: Sequence[str]) -> frozenset[Value]:
        """The values that the words name, for telling one ordered item from another."""
        found = self._named_values(tuple(said), loose=True)
        return frozenset(value for alternatives, _ in found for value in alternatives)

    def _fits(self, choice: Choice, told: _Told) -> bool:
        has = set(choice.options.items())
        if any(not (values & has) for values in told.wanted) or told.unwanted & has:
            return False
        if any(choice.options.get(name) != self._old.get(name) for name in told.pinned):
            return False
        price = choice.price if choice.price is not None else self._price
        return told.price_step == 0 or (price - self._price) * told.price_step > 0

    def _at_the_ends(self, fitting: list[Choice], told: _Told) -> list[Choice]:
        """Only those that go furthest along the options of which the most or the least was asked for."""
        for name, up in told.ends:
            ranks = [(self._rank(name, one.options.get(name, "")), one) for one in fitting]
            if ranks:
                best = (max if up else min)(rank for rank, _ in ranks)
                fitting = [one for rank, one in ranks if rank == best]
        return fitting

    def _preferred(self, fitting: list[Choice], told: _Told) -> list[Choice]:
        """The best by what is liked, most alike first; where a preference tells them apart, only the best of them."""

        def key(choice: Choice) -> tuple[int, int, Decimal]:
            liked = next(
                (place for place, (name, value) in enumerate(told.liked) if choice.options.get(name) == value), 99
            )
            alike = sum(choice.options.get(name) == value for name, value in self._old.items())
            return liked, -alike, choice.price or Decimal(0)

        ranked = sorted(fitting, key=key)
        if not told.liked or not ranked:
            return ranked
        best = key(ranked[0])[0]
        return [choice for choice in ranked if key(choice)[0] == best]

    def _nearest(self, open_to: list[Choice], told: _Told) -> list[Choice]:
        def key(choice: Choice) -> tuple[int, int]:
            has = set(choice.options.items())
            alike = sum(choice.options.get(name) == value for name, value in self._old.items())
            return -sum(bool(values & has) for values in told.wanted), -alike

        return sorted(open_to, key=key)

    def _told(self, said: Sequence[str]) -> _Told:
        told = _Told()
        line = re.sub(_cues().instead, " , ", " ".join(said))
        ids = {one.item_id.casefold(): one.item_id for one in self._choices}
        told.item = next((ids[word] for word in line.split() if word in ids), "")
        for clause in _clauses(line.split()):
            self._read(clause, told)
        return told

    def _read(self, clause: tuple[str, ...], told: _Told) -> None:
        cues, line = _cues(), " ".join(clause)
        values = self._named_values(clause)
        names = self._names_in(clause) | {name for alternatives, _ in values for name, _ in alternatives}
        if cues.free.search(line):
            told.free |= names or set(self._old)
            return
        if cues.prefer.search(line) and values:
            told.liked += [value for alternatives, _ in values for value in sorted(alternatives)]
            return
        if cues.cheapest.search(line) or cues.dearest.search(line):
            told.by_price = 1 if cues.cheapest.search(line) else -1
        elif cues.cheaper.search(line) or cues.dearer.search(line):
            told.price_step = -1 if cues.cheaper.search(line) else 1
        elif moved := self._moved(clause, line, told):
            # A number beside it says how far, and is no value of its own.
            values = [
                (alternatives, no) for alternatives, no in values if moved not in {name for name, _ in alternatives}
            ]
        if cues.same.search(line) and not values:
            told.pinned |= self._names_in(clause)
            return
        for alternatives, no in values:
            if no:
                told.unwanted |= alternatives
            else:
                told.wanted.append(alternatives)

    def _moved(self, clause: tuple[str, ...], line: str, told: _Told) -> str | None:
        """Read "a bigger one", "1000 more pieces", "the longest"; gives the option they are said of."""
        for end in _cues().ends:
            if re.search(end["words"], line) and (name := self._orderly(clause, end["of"])):
                told.ends.append((name, end["up"]))
                return name
        for step in _cues().steps:
            found = re.search(step["words"], line)
            name = self._orderly(clause, step["of"]) if found else None
            if found and name:
                self._step(name, step["up"], line, found, told)
                return name
        return None

    def _step(self, name: str, up: bool, line: str, found: re.Match[str], told: _Told) -> None:
        old = self._rank(name, self._old.get(name, ""))
        beyond = sorted(
            (
                value
                for value in self._values[name]
                if (self._rank(name, value) > old if up else self._rank(name, value) < old)
            ),
            key=lambda value: self._rank(name, value),
            reverse=not up,
        )
        by = re.search(r"(\d+(?:\.\d+)?) (?:\w+ )?$", line[: found.start()])
        if by and (exactly := [v for v in beyond if abs(abs(self._rank(name, v) - old) - float(by.group(1))) < 1e-6]):
            beyond = exactly
        elif re.search(_cues().next_step, line):
            beyond = beyond[:1]
        told.wanted.append(frozenset((name, value) for value in beyond) or frozenset({(name, "\0")}))

    def _orderly(self, clause: tuple[str, ...], of: Sequence[str]) -> str | None:
        """The option with an order that is spoken of: by its name, else by what the word is usually said of."""
        orderly = [name for name, values in self._values.items() if len(values) > 1 and self._ordered(name)]
        named = [name for name in orderly if name in self._names_in(clause)]
        if named:
            return named[0]
        usual = [name for start in of for name in orderly if any(word.startswith(start) for word in tokens(name))]
        return usual[0] if usual else None

    def _ordered(self, name: str) -> bool:
        return all(self._rank(name, value) >= 0 for value in self._values[name])

    def _rank(self, name: str, value: str) -> float:
        """The place of a value in the order of its option; -1 where it has none."""
        plain = " ".join(tokens(value))
        for scale in _cues().scales:
            if plain in scale and all(" ".join(tokens(one)) in scale for one in self._values.get(name, ())):
                return float(scale.index(plain))
        number = _NUMBER.search(plain)
        if number:
            # 8 GB is less than 1 TB.
            return float(number.group()) * (1000.0 if re.search(r"\btb\b", plain) else 1.0)
        return 0.0 if plain in _NO else -1.0

    def _names_in(self, clause: tuple[str, ...]) -> set[str]:
        """The options that the clause speaks of by their name."""
        found = set()
        for name in self._values:
            words = [word for word in tokens(name) if word not in CLAUSE_ENDS]
            heads = {words[-1], words[0]} if words else set()
            joined = "".join(words)
            if joined and (joined in "".join(clause) if not joined.isascii() else heads & set(clause)):
                found.add(name)
        return found

    def _named_values(self, clause: tuple[str, ...], *, loose: bool = False) -> list[tuple[frozenset[Value], bool]]:
        """The values in a clause, longest first seen, each with whether it is turned down."""
        used: set[int] = set()
        found: list[tuple[int, frozenset[Value], bool]] = []
        for words, alternatives in self._ways():
            for at in places(words, clause):
                span = set(range(at, at + len(words)))
                if span & used or not (loose or self._in_place(words, at, clause, alternatives)):
                    continue
                used |= span
                narrowed = self._narrowed(alternatives, clause)
                found.append((at, self._or_above(narrowed, clause[at + len(words) :]), _turned_down(clause[:at])))
        for name in self._values:
            if not any(name in {one for one, _ in values} for _, values, _ in found):
                found += self._by_name_alone(name, clause)
        return [(values, no) for _, values, no in sorted(found, key=lambda one: one[0])]

    def _by_name_alone(self, name: str, clause: tuple[str, ...]) -> Iterable[tuple[int, frozenset[Value], bool]]:
        """What "waterproof" says of an option that is yes or no, and "without backlight" of one that can be none."""
        words = tokens(name)
        at = next(iter(places(words, clause) or places(words[:1], clause)), None)
        if at is None:
            return
        none = [value for value in self._values[name] if any(word in _NO for word in tokens(value)[:1])]
        yes = [value for value in self._values[name] if value.casefold() in _YES]
        behind = clause[at + len(words) : at + len(words) + 2]
        if none and (_turned_down(clause[:at]) or any(word in _NO for word in behind)):
            yield at, frozenset((name, value) for value in none), False
        elif yes and not _cues().same.search(" ".join(clause)):
            yield at, frozenset((name, value) for value in yes), False

    def _ways(self) -> list[tuple[tuple[str, ...], frozenset[Value]]]:
        """Each way to say a value with all (option, value) that it may mean, the longest first."""
        ways: dict[tuple[str, ...], set[Value]] = {}
        parts: dict[tuple[str, ...], set[Value]] = {}
        for name, values in self._values.items():
            for value in values:
                whole = tokens(value)
                if len(whole) > 1 or (whole and whole[0] not in _NO and whole[0] not in _YES):
                    ways.setdefault(whole, set()).add((name, value))
                    for other in _cues().spoken.get(" ".join(whole), ()):
                        ways.setdefault(tuple(other.split()), set()).add((name, value))
                    for part in _parts(whole):
                        parts.setdefault(part, set()).add((name, value))
        for part, meant in parts.items():
            if part not in ways and len(meant) == 1:
                ways[part] = meant
        return [(words, frozenset(meant)) for words, meant in sorted(ways.items(), key=lambda way: -len(way[0]))]

    def _in_place(
        self, words: tuple[str, ...], at: int, clause: tuple[str, ...], alternatives: frozenset[Value]
    ) -> bool:
        """Whether a bare number stands where a value of that option would."""
        if len(words) > 1 or not words[0].replace(".", "").isdigit():
            return True
        names = {word for name, _ in alternatives for word in tokens(name)} | _SIZE_WORDS
        beside = set(clause[max(0, at - 2) : at]) | set(clause[at + 1 : at + 2])
        return bool(names & beside) or set(clause) <= _FILLERS | set(words) | names

    def _narrowed(self, alternatives: frozenset[Value], clause: tuple[str, ...]) -> frozenset[Value]:
        """Where one word is a value of several options, those that the clause names."""
        named = frozenset((name, value) for name, value in alternatives if name in self._names_in(clause))
        return named or alternatives

    def _or_above(self, values: frozenset[Value], rest: tuple[str, ...]) -> frozenset[Value]:
        if not re.search(_cues().or_above, " " + " ".join(rest)):
            return values
        return frozenset(
            (name, other)
            for name, value in values
            for other in self._values[name]
            if self._trailing(other) >= self._trailing(value)
        )

    @staticmethod
    def _trailing(value: str) -> float:
        number = _NUMBER.search(value)
        return float(number.group()) if number else -1.0


def _clauses(said: Sequence[str]) -> list[tuple[str, ...]]:
    clauses: list[list[str]] = [[]]
    for word in said:
        if word in CLAUSE_ENDS or word in {",", "but", "(", ")", ">"}:
            clauses.append([])
            if word == ">" and len(clauses) > 1:
                # "battery > USB": the order of liking goes on.
                clauses[-1] = ["prefer"]
        else:
            clauses[-1].append(word)
    return [tuple(clause) for clause in clauses if clause]


def _parts(whole: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Shorter ways to say a value: two of its words that stand together, a long word, the beginning of one."""
    if len(whole) > 1:
        for at in range(len(whole) - 1):
            yield whole[at : at + 2]
        yield from ((word,) for word in whole if len(word) >= PART_LETTERS and word.isalpha())
    elif len(whole[0]) > PART_LETTERS + 2 and whole[0].isascii() and whole[0].isalpha():
        yield from ((whole[0][:end],) for end in range(PART_LETTERS, len(whole[0])))
    if len(whole) == 2 and whole[1] == "色":
        yield whole[:1]


def _turned_down(before: Sequence[str]) -> bool:
    return bool(re.search(_cues().negative, " ".join(before) + " "))


@dataclass(frozen=True)
class _Cues:
    instead: str
    same: re.Pattern[str]
    free: re.Pattern[str]
    prefer: re.Pattern[str]
    or_above: str
    negative: str
    next_step: str
    cheapest: re.Pattern[str]
    dearest: re.Pattern[str]
    cheaper: re.Pattern[str]
    dearer: re.Pattern[str]
    steps: tuple[Mapping[str, Any], ...]
    ends: tuple[Mapping[str, Any], ...]
    scales: tuple[list[str], ...]
    spoken: Mapping[str, list[str]]


@cache
def _cues() -> _Cues:
    text = (files("bot.answering.tools.orders") / "wish_cues.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    compiled = {"same", "free", "prefer", "cheapest", "dearest", "cheaper", "dearer"}
    cues: dict[str, Any] = {name: re.compile(value) if name in compiled else value for name, value in read.items()}
    return _Cues(**cues)
