"""Finds pages and FAQ entries that say the same, nearly the same, or the same in other words."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from knowledge.documents import Chunk, Document, content_hash

ALIKE = 0.85
REWORDED = {"faq": 0.68, "page": 0.72}
"""Of the similarity of meaning, by kind. In the demo shop all pairs above say the same or are another year's version
of it, and so do two thirds of those that do, below: an entry of a few words has little to be known by."""
WORDS_IN_KEY = 3
TEXTS_PER_KEY_MAX = 30  # a key that more texts share is a phrase, not a sign
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Duplicate:
    """Two documents that say the same.

    Attributes:
        source: the newer one.
        other: what it repeats.
        similarity: 1 for the same words.
        numbers_differ: they agree in words and not in numbers, so one of them is probably out of date.
        reworded: they agree in meaning and not in words; `similarity` is that of their vectors.
    """

    source: str
    other: str
    similarity: float
    numbers_differ: bool
    reworded: bool = False


def find_duplicates(documents: Iterable[Document], *, new: Collection[str]) -> list[Duplicate]:
    """Pairs of which at least one is new, in one language and kind; products are never duplicates of each other.

    Texts are compared that share a run of three rare words: near ones always do, and most others never meet.

    Args:
        documents: all that the shop will know.
        new: ids of those to report.
    """
    texts = {
        document.id: (document, _words(f"{document.title} {document.text}"))
        for document in documents
        if document.kind != "product"
    }
    found = []
    for first, second in sorted(_candidates(texts.values())):
        one, two = sorted((texts[first], texts[second]), key=lambda text: (text[0].id in new, text[0].source))
        if two[0].id in new and (similarity := _similarity(one[1], two[1])) >= ALIKE:
            numbers_differ = _NUMBER.findall(one[0].text) != _NUMBER.findall(two[0].text)
            found.append(Duplicate(two[0].source, one[0].source, round(similarity, 3), numbers_differ))
    return sorted(found, key=lambda duplicate: (duplicate.source, duplicate.other))


def find_reworded(chunks: Sequence[Chunk], vectors: np.ndarray, *, new: Collection[str]) -> list[Duplicate]:
    """Pairs of sources of which at least one is new and whose texts mean the same, in one language and kind.

    What `find_duplicates` finds is among them. Pairs of chunks of long pages stand for the pages.

    Args:
        chunks: of all pages and FAQ entries that the shop knows now.
        vectors: theirs, (n_chunks, dim), unit length.
        new: ids of the documents to report.
    """
    found: dict[tuple[str, str], Duplicate] = {}
    for group in _groups(chunks):
        mine = np.array([place for place in group if chunks[place].document_id in new], dtype=np.intp)
        others = np.array(group, dtype=np.intp)
        alike = vectors[mine] @ vectors[others].T  # (n_new, n_group)
        for row, column in np.argwhere(alike >= REWORDED[chunks[group[0]].kind]).tolist():
            one, two = chunks[others[column]], chunks[mine[row]]
            if one.source == two.source or (one.document_id in new and one.source > two.source):
                continue
            similarity = round(float(alike[row, column]), 3)
            if (known := found.get((two.source, one.source))) is None or known.similarity < similarity:
                differ = _NUMBER.findall(one.text) != _NUMBER.findall(two.text)
                found[two.source, one.source] = Duplicate(two.source, one.source, similarity, differ, reworded=True)
    return sorted(found.values(), key=lambda duplicate: (duplicate.source, duplicate.other))


def _groups(chunks: Sequence[Chunk]) -> Iterable[list[int]]:
    """Places of the chunks that may repeat each other."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, chunk in enumerate(chunks):
        if chunk.kind in REWORDED:
            groups[chunk.language, chunk.kind].append(place)
    return groups.values()


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _candidates(texts: Iterable[tuple[Document, list[str]]]) -> set[tuple[str, str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for document, words in texts:
        for key in _keys(words):
            groups[f"{document.language} {document.kind} {key}"].append(document.id)
    return {pair for ids in groups.values() if len(ids) <= TEXTS_PER_KEY_MAX for pair in _pairs(ids)}


def _keys(words: list[str]) -> set[str]:
    """The lowest tenth of the hashed runs of words, and four at least: the same runs are lowest in near texts."""
    runs = sorted(
        {content_hash(*words[place : place + WORDS_IN_KEY]) for place in range(max(len(words) - WORDS_IN_KEY + 1, 1))}
    )
    return set(runs[: max(8, len(runs) // 10)])


def _pairs(ids: list[str]) -> Iterator[tuple[str, str]]:
    unique = sorted(set(ids))
    for place, first in enumerate(unique):
        for second in unique[place + 1 :]:
            yield first, second


def _similarity(one: list[str], two: list[str]) -> float:
    return fuzz.ratio(one, two) / 100
