"""Contradicting: another page that says the same with other numbers, so that neither may be shown as if it held."""

import re
from dataclasses import dataclass

from bot.answering.evidence import last_heading
from bot.answering.extraction import Reading, Readings
from bot.answering.quantities import Quantity, normalised, quantities
from knowledge.documents import Chunk
from knowledge.keywords import tokenize

SAME_WORDS = 0.8
"""Of the words of two statements beside their numbers, which both have, from which they state the same."""
LOOKED_AT = 8
"""Of the likeliest stretches: what contradicts an answer answers nearly as well."""

_NUMBER = re.compile(r"\d+(?:[.,:：]\d+)*")


def contradicting(found: Readings) -> Reading | None:
    """The stretch of another page that states what the likeliest one states, with other numbers; None: there is none.

    What one page says of a product, a place or a year is no contradiction to what another says of another one: both
    must stand under the same name, and differ in nothing but numbers of the same sorts. Pages that say of what time
    they are do not come here (`bot.answering.outdated`).
    """
    if not found.ranked or found.ranked[0].passage.chunk.kind == "product":
        return None
    first = found.ranked[0]
    mine = _stated(first)
    for other in found.ranked[1:LOOKED_AT] if mine else ():
        if _beside(first.passage.chunk, other.passage.chunk) and any(
            one.differs(another) for one in mine for another in _stated(other)
        ):
            return other
    return None


@dataclass(frozen=True)
class _Statement:
    """A statement with numbers, and its words beside them."""

    words: frozenset[str]
    numbers: tuple[Quantity, ...]

    def differs(self, other: "_Statement") -> bool:
        """Whether both say the same, with numbers of the same sorts in the same order, and not all the same."""
        if len(self.words & other.words) < SAME_WORDS * len(self.words | other.words):
            return False
        return [one.unit for one in self.numbers] == [one.unit for one in other.numbers] and any(
            not one.same(another) for one, another in zip(self.numbers, other.numbers, strict=True)
        )


def _stated(reading: Reading) -> list[_Statement]:
    """What of a stretch has numbers, and words beside them."""
    texts = [normalised(reading.units[place].text) for place in reading.stretch.chosen]
    read = [_Statement(_words(text), tuple(quantities(text))) for text in texts]
    return [one for one in read if one.words and one.numbers]


def _beside(one: Chunk, other: Chunk) -> bool:
    """Whether two passages are of two pages in one language, under the same name."""
    if one.document_id == other.document_id or one.language != other.language or other.kind != one.kind:
        return False
    return _name(one) == _name(other)


def _name(chunk: Chunk) -> frozenset[str]:
    return _words(last_heading(chunk.heading) or chunk.title)


def _words(text: str) -> frozenset[str]:
    return frozenset(tokenize(_NUMBER.sub(" ", normalised(text))))
