"""ProseRows: sentences of one paragraph that say the same of different things, as the rows of a table do."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Self

import numpy as np
from rapidfuzz.distance import Postfix, Prefix

from bot.answering.coverage import Coverage
from bot.answering.evidence import Unit
from bot.answering.table_rows import asked_for
from knowledge.keywords import tokenize

SAME_WORDS = 0.5
"""Of the words of the shorter one of two sentences that each begin with what they are about ("Lamp: …"), which both
have, from which both say the same of different things."""
SAME_FRAME = 0.5
"""The same for sentences that begin and end alike, of the characters of the shorter one."""
LEAST_FRAME = 6
"""Characters: "19 loops" and "690 grams" have no frame in common."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LABEL = re.compile(r"([^\W\d][^:：,，;；]*)[:：]")


def of_other_things(units: Sequence[Unit], coverage: Coverage) -> frozenset[int]:
    """Places of the sentences that speak of other things than the question, where others beside them speak of those.

    "Sending to Oslo costs $9. From $80 it is free. Sending to Rome costs $7. From $90 it is free." has two rows of two
    sentences; whoever asks about Rome is to see the second alone.

    Args:
        units: of one passage.
        coverage: of the question.
    """
    beside: set[int] = set()
    for rows, named in _paragraphs(tuple(units)):
        held = [coverage.held(words) > 0 for words in named]
        asked = asked_for(held, [thing.said for thing in coverage.things])
        if asked:
            shown = np.logical_or.reduce([_held(units, coverage, rows[row]) for row in asked])
            others = (places for row, places in enumerate(rows) if row not in asked)
            beside.update(one for places in others for one in places if not _held(units, coverage, [one])[~shown].any())
    return frozenset(beside)


def _held(units: Sequence[Unit], coverage: Coverage, places: Sequence[int]) -> np.ndarray:
    """Which of the question's things the sentences at these places speak of, (n_things,)."""
    return coverage.held(set().union(*(_words(units[place].text) for place in places))) > 0


@lru_cache(maxsize=4096)  # cutting words takes longer than all the rest, and pages are read again and again
def _words(text: str) -> frozenset[str]:
    return frozenset(tokenize(text))


@lru_cache(maxsize=4096)  # for the same reason
def _paragraphs(units: tuple[Unit, ...]) -> tuple[tuple[list[list[int]], list[set[str]]], ...]:
    """The rows of each paragraph that has several, and the words by which each differs from the others."""
    return tuple(_found(units))


def _found(units: Sequence[Unit]) -> Iterator[tuple[list[list[int]], list[set[str]]]]:
    sentences = [place for place, unit in enumerate(units) if unit.kind == "sentence"]
    for _, group in groupby(sentences, key=lambda place: units[place].group):
        places = list(group)
        read = [_Sentence.of(units[place].text) for place in places]
        heads = next(_alike(read), [])
        if heads:
            longest = max(after - head for head, after in pairwise(heads))
            ends = [*heads[1:], min(heads[-1] + longest, len(places))]  # what follows the last is of all again
            yield (
                [places[start:end] for start, end in zip(heads, ends, strict=True)],
                _own([read[head].words for head in heads]),
            )


@dataclass(frozen=True)
class _Sentence:
    """A sentence without its numbers.

    Attributes:
        words: of all of it.
        labels: what stands before a colon in it.
        said: its words after the first of these.
        text: each number of it as one sign.
    """

    words: set[str]
    labels: set[str]
    said: set[str]
    text: str

    @classmethod
    def of(cls, text: str) -> Self:
        """What a text holds."""
        framed, text = _NUMBER.sub("#", text), _NUMBER.sub(" ", text)
        labels = list(_LABEL.finditer(text))
        after = text[labels[0].end() :] if labels else text
        return cls(set(tokenize(text)), {label[1] for label in labels}, set(tokenize(after)), framed)

    def like(self, other: Self) -> bool:
        """Whether both say the same: under one label, in one frame, or with the words that both have."""
        if self.labels & other.labels or self._framed_as(other):
            return True
        least = SAME_WORDS * min(len(self.said), len(other.said))
        return bool(self.labels and other.labels) and len(self.said & other.said) >= max(least, 1)

    def _framed_as(self, other: Self) -> bool:
        begin = Prefix.similarity(self.text, other.text)
        end = Postfix.similarity(self.text[begin:], other.text[begin:])
        return begin + end >= max(SAME_FRAME * min(len(self.text), len(other.text)), LEAST_FRAME)


def _alike(read: Sequence[_Sentence]) -> Iterator[list[int]]:
    """Places of sentences that say the same, each of something of its own."""
    for place, one in enumerate(read):
        alike = [other for other in range(place, len(read)) if other == place or one.like(read[other])]
        if len(alike) > 1 and all(_own([read[other].words for other in alike])):
            yield alike


def _own(words: Sequence[set[str]]) -> list[set[str]]:
    """The words of each that no other has."""
    count = Counter(word for mine in words for word in mine)
    return [{word for word in mine if count[word] == 1} for mine in words]
