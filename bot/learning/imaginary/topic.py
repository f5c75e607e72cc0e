"""Topic: one thing shops have rules or facts on, with how pages state it, how shoppers ask it, and the answers.

A topic is a file in `topics`. Its shape:

    test_only: no shop of train or dev speaks of it (false where it is left out)
    near: other topics whose pages may answer the same questions
    also: ask: others that a passage which answers it half answers too
    draw: the values, name: {kind: arguments}
    passages: for each language, `asks it answers | Title: text`; `~name` there is an ask that it half answers
    unanswered: for each language, questions on the topic that none of its passages answers
    asks: by name
      is: yes or no, where the answer is one
      entity: the value by which shops' rules differ (a country, a product); about another one a page says nothing
      let: further names for values, so that asks that differ in a value share their questions
      tags: what it exercises
      facts, forbidden: for each language; see Example
      en, zh: {q: questions, a: answers, short: a word or two, follow: after an earlier question,
               bare: without the entity, about: what is asked, in a noun phrase, value: what is answered, in few words}

Several templates are the lines of one text. In each `{name}` is a value as the shop writes it, `{name.said}` as a
shopper says it, and `<a|b>` either; `//` parts the sentences of an answer.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.learning.examples import Split
from bot.learning.imaginary.drawing import Language, Value

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
_CHOICE = re.compile(r"<([^<>]*)>")
_BETWEEN_HAN = re.compile(r"(?<=[㐀-鿿]) +(?=[㐀-鿿])")
_HAN_BESIDE = re.compile(r"(?<=[㐀-鿿]) (?=[\w¥$])|(?<=[\w%]) (?=[㐀-鿿])")


@dataclass(frozen=True)
class PassageText:
    """How a page may state some facts of a topic.

    Attributes:
        answers: the asks that it answers.
        touches: those and the ones that it half answers.
    """

    text: str
    answers: frozenset[str]
    touches: frozenset[str]


@dataclass(frozen=True)
class Ask:
    """One thing that is asked, in one language; see the module for the fields.

    Attributes:
        wording: of all its questions; asks that share it are rivals: the page decides which of them is answered.
    """

    topic: str
    name: str
    wording: str
    polarity: str
    entity: str
    renamed: Mapping[str, str]
    tags: tuple[str, ...]
    facts: tuple[str, ...]
    forbidden: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    short: tuple[str, ...]
    follow: tuple[str, ...]
    bare: tuple[str, ...]
    about: str
    value: str


@dataclass(frozen=True)
class Topic:
    """A topic in one language, as one split may use it."""

    name: str
    draws: Mapping[str, Mapping[str, Any]]
    near: frozenset[str]
    passages: tuple[PassageText, ...]
    asks: tuple[Ask, ...]
    unanswered: tuple[str, ...]

    def stating(self, ask: Ask) -> list[PassageText]:
        """The passages that answer it."""
        return [passage for passage in self.passages if ask.name in passage.answers]

    def silent_on(self, ask: Ask) -> list[PassageText]:
        """The passages that say nothing on it, nor on what is asked in the same words."""
        return [passage for passage in self.passages if not self.rivals(ask) & passage.touches]

    def rivals(self, ask: Ask) -> frozenset[str]:
        """The asks that are asked in the same words, itself among them."""
        return frozenset(other.name for other in self.asks if other.wording == ask.wording)

    def agree(self, one: PassageText, other: PassageText) -> bool:
        """Whether one page may say both: they do not answer the same words differently."""
        for ask in self.asks:
            first, second = (self.rivals(ask) & passage.touches for passage in (one, other))
            if first and second and first != second:
                return False
        return True


@cache
def topics(language: Language, split: Split) -> tuple[Topic, ...]:
    """The topics that a split may use, each with its part of the templates."""
    of_split = [(name, topic) for name, topic in _read() if split == "test" or not topic.get("test_only")]
    return tuple(_topic(name, topic, language, split) for name, topic in of_split)


@cache
def _read() -> tuple[tuple[str, Mapping[str, Any]], ...]:
    folder = files("bot.learning.imaginary") / "topics"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(
        (file.name.removesuffix(".yaml"), yaml.load(file.read_text(encoding="utf-8"), _LOADER)) for file in found
    )


def fill(text: str, values: Mapping[str, Value], rng: random.Random, *, tight: bool = False) -> str:
    """A template as one text: choices taken, values filled in; `tight` has no spaces beside Chinese letters."""
    while "<" in text:
        text = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), text)
    text = _BETWEEN_HAN.sub("", text.format(**values)).replace(".m..", ".m.")
    return _HAN_BESIDE.sub("", text) if tight else text


def part_of(items: Sequence[Any], split: Split, *, whole: bool = False) -> tuple[Any, ...]:
    """A split's part of some templates: of each six one is for dev, one for test; `whole` takes all of them."""
    if whole:
        return tuple(items)
    places = {4: "dev", 5: "test"}
    return tuple(item for place, item in enumerate(items) if places.get(place % 6, "train") == split)


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text that are not empty."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _topic(name: str, read: Mapping[str, Any], language: Language, split: Split) -> Topic:
    whole = bool(read.get("test_only"))
    also = read.get("also", {})
    passages = tuple(_passage(line, also) for line in lines(read["passages"][language]))
    return Topic(
        name=name,
        draws=read["draw"],
        near=frozenset({name, *read.get("near", ())}),
        passages=part_of_passages(passages, split, whole=whole),
        asks=tuple(_ask(name, ask, asked, language, split, whole) for ask, asked in read["asks"].items()),
        unanswered=part_of(lines(read.get("unanswered", {}).get(language, "")), split, whole=whole),
    )


def part_of_passages(items: Sequence[PassageText], split: Split, *, whole: bool) -> tuple[PassageText, ...]:
    """As `part_of`, of each five: pages have fewer templates."""
    if whole:
        return tuple(items)
    places = {3: "dev", 4: "test"}
    return tuple(item for place, item in enumerate(items) if places.get(place % 5, "train") == split)


def _passage(line: str, also: Mapping[str, Sequence[str]]) -> PassageText:
    names, _, text = line.partition(" | ")
    marked = names.removeprefix("-").split()
    touched = {name.lstrip("~") for name in marked}
    half = {other for name in touched for other in also.get(name, ())}
    return PassageText(text, frozenset(name for name in marked if not name.startswith("~")), frozenset(touched | half))


def _ask(topic: str, name: str, read: Mapping[str, Any], language: Language, split: Split, whole: bool) -> Ask:
    said = read[language]

    def of(key: str) -> tuple[str, ...]:
        found = read.get(key, ())
        return tuple(found[language] if isinstance(found, dict) else found)

    def part(key: str) -> tuple[str, ...]:
        return part_of(lines(said.get(key, "")), split, whole=whole)

    return Ask(
        topic=topic,
        name=name,
        wording=said["q"],
        polarity={True: "yes", False: "no", None: ""}[read.get("is")],
        entity=read.get("entity", ""),
        renamed=read.get("let", {}),
        tags=tuple(read.get("tags", ())),
        facts=of("facts"),
        forbidden=of("forbidden"),
        questions=part("q"),
        answers=lines(said["a"]),
        short=part("short"),
        follow=part("follow"),
        bare=part("bare"),
        about=said.get("about", ""),
        value=said.get("value", ""),
    )
