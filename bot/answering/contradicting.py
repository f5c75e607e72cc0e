"""Contradicting: another page that says the same with other numbers, so that neither may be shown as if it held."""

import re
from dataclasses import dataclass
from itertools import product

from bot.answering.evidence import last_heading
from bot.answering.extraction import Reading, Readings
from bot.answering.outdated import names_a_year
from bot.answering.quantities import Quantity, normalised, quantities
from knowledge.documents import Chunk
from knowledge.keywords import tokenize

ALIKE = 0.5
"""Of the words of two statements beside their numbers, which both have, from which they state the like; where not all
are the same, of different things, and what stands beside them holds for these."""
LOOKED_AT = 8
"""Of the likeliest stretches: what contradicts an answer answers nearly as well."""

_NUMBER = re.compile(r"\d+(?:[.,:：]\d+)*")


def contradicting(found: Readings, question: str) -> Reading | None:
    """The stretch of another page that states what the likeliest one states, with other numbers; None: there is none.

    What one page says of a product, a place or a year is no contradiction to what another says of another one: both
    must stand under the same title and heading, and differ in nothing but numbers of the same sorts. Pages that say of
    what time they are come here only where the question names a year (`bot.answering.outdated`), and may differ then.
    """
    if not found.ranked or found.ranked[0].passage.chunk.kind == "product" or names_a_year(question):
        return None
    first = found.ranked[0]
    mine = _stated(first)
    for other in found.ranked[1:LOOKED_AT] if mine else ():
        if not _beside(first.passage.chunk, other.passage.chunk):
            continue
        pairs = list(product(mine, _stated(other)))
        if any(one.differs(another) for one, another in pairs) and not any(one.like(another) for one, another in pairs):
            return other
    return None


@dataclass(frozen=True)
class _Statement:
    """A statement with numbers, and its words beside them."""

    words: frozenset[str]
    numbers: tuple[Quantity, ...]

    def differs(self, other: "_Statement") -> bool:
        """Whether both say the same, with numbers of the same sorts in the same order, and not all the same."""
        return (
            self.words == other.words
            and [one.unit for one in self.numbers] == [one.unit for one in other.numbers]
            and any(not one.same(another) for one, another in zip(self.numbers, other.numbers, strict=True))
        )

    def like(self, other: "_Statement") -> bool:
        """Whether both say the like of different things."""
        return self.words != other.words and len(self.words & other.words) >= ALIKE * len(self.words | other.words)


def _stated(reading: Reading) -> list[_Statement]:
    """What of a stretch has numbers, and words beside them."""
    texts = [normalised(reading.units[place].text) for place in reading.stretch.chosen]
    read = [_statement(text) for text in texts]
    return [one for one in read if one.words and one.numbers]


def _statement(text: str) -> _Statement:
    numbers = tuple(quantities(text))
    for one in reversed(numbers):
        text = f"{text[: one.start]} {text[one.end :]}"
    return _Statement(_words(text), numbers)


def _beside(one: Chunk, other: Chunk) -> bool:
    """Whether two passages are of two pages in one language, under the same name."""
    if one.document_id == other.document_id or one.language != other.language or other.kind != one.kind:
        return False
    return _name(one) == _name(other)


def _name(chunk: Chunk) -> tuple[str, str]:
    return chunk.title.casefold(), last_heading(chunk.heading).casefold()


def _words(text: str) -> frozenset[str]:
    return frozenset(tokenize(_NUMBER.sub(" ", text)))
