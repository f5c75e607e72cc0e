"""Contradicting: another page that says the same with other numbers, so that neither may be shown as if it held."""

import re
from collections.abc import Iterator

from bot.answering.evidence import Unit, last_heading
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
    if not found.ranked:
        return None
    first = found.ranked[0]
    mine = first.units[first.stretch.best]
    numbers = quantities(normalised(mine.text))
    chunk = first.passage.chunk
    if not numbers or chunk.kind == "product":
        return None
    words = _words(mine.text)
    for other in found.ranked[1:LOOKED_AT]:
        if not _beside(chunk, other.passage.chunk):
            continue
        if any(_same(words, _words(unit.text)) and _differ(numbers, unit) for unit in _shown(other)):
            return other
    return None


def _beside(one: Chunk, other: Chunk) -> bool:
    """Whether two passages are of two pages in one language, under the same name."""
    if one.document_id == other.document_id or one.language != other.language or other.kind != one.kind:
        return False
    return _name(one) == _name(other)


def _name(chunk: Chunk) -> set[str]:
    return _words(last_heading(chunk.heading) or chunk.title)


def _shown(reading: Reading) -> Iterator[Unit]:
    return (reading.units[place] for place in reading.stretch.chosen)


def _words(text: str) -> set[str]:
    return set(tokenize(_NUMBER.sub(" ", normalised(text))))


def _same(one: set[str], other: set[str]) -> bool:
    return bool(one) and len(one & other) >= SAME_WORDS * len(one | other)


def _differ(numbers: list[Quantity], unit: Unit) -> bool:
    """Whether the numbers of a statement are of the same sorts, in the same order, and not all the same."""
    theirs = quantities(normalised(unit.text))
    return [one.unit for one in theirs] == [one.unit for one in numbers] and any(
        not one.same(other) for one, other in zip(numbers, theirs, strict=True)
    )
