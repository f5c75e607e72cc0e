"""Pages of statements on anything a shop may say, so that reading is learned and not a set of subjects.

They lie in `statements/en` and `statements/zh`, those in their folder `train` for training alone; each file is a list
of pages:

    title: the page's heading
    near: topics whose questions it may answer
    product: the heading is a product, its lines are attributes and sentences of a product page
    draw: as in topics
    lines: `statement | question / question | fact; fact | answer`; without an answer the statement answers itself
    missing: questions that none of its lines answers

"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from bot.learning.examples import Split
from bot.learning.imaginary.drawing import Language
from bot.learning.imaginary.topic import lines, part_of

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class FreeLine:
    """One statement with its questions.

    Attributes:
        facts: strings of which a right answer has all; alternatives joined by `~`.
        said: the answer; empty: the statement itself.
    """

    name: str
    text: str
    questions: tuple[str, ...]
    facts: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class FreePage:
    """One page; see the module."""

    name: str
    title: str
    near: tuple[str, ...]
    product: bool
    draws: Mapping[str, Mapping[str, Any]]
    lines: tuple[FreeLine, ...]
    unanswered: tuple[str, ...]


@cache
def free_pages(language: Language, split: Split) -> tuple[FreePage, ...]:
    """The pages that a split may use: of each six of a shared file one is for dev, one for test."""
    folder = files("bot.learning.imaginary") / "statements" / language
    found = [page for pages in _read(folder) for page in part_of(pages, split)]
    if split == "train":
        found += [page for pages in _read(folder / "train") for page in pages]
    return tuple(_page(page) for page in found)


def _read(folder: Traversable) -> Iterator[list[Mapping[str, Any]]]:
    """The pages of each file of a folder."""
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            yield yaml.load(file.read_text(encoding="utf-8"), _LOADER)


def _page(read: Mapping[str, Any]) -> FreePage:
    return FreePage(
        name=read.get("name", read["title"]),
        title=read["title"],
        near=tuple(read.get("near", ())),
        product=bool(read.get("product")),
        draws=read.get("draw", {}),
        lines=tuple(_line(line, place) for place, line in enumerate(lines(read["lines"]))),
        unanswered=lines(read.get("missing", "")),
    )


def _line(line: str, place: int) -> FreeLine:
    text, questions, facts, *said = (part.strip() for part in line.split(" | "))
    return FreeLine(
        name=str(place),
        text=text,
        questions=tuple(question.strip() for question in questions.split(" / ")),
        facts=tuple(fact.strip().replace("~", "|") for fact in facts.split(";") if fact.strip()),
        said=said[0] if said else "",
    )
