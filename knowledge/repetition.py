"""Repetition among found passages: what says the same again only fills the list."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from rapidfuzz import fuzz

from knowledge.documents import Chunk, Passage

ALIKE = 95.0  # of 100, by letters
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")


def without_repetition(passages: Sequence[Passage], k: int, *, language: str) -> list[Passage]:
    """The first k that each add something, in their order.

    Left out are texts nearly equal to a better passage, and the same product again in another language than the
    shopper's. Different numbers or different products are never duplicates, however alike their texts.
    """
    return list(islice(_fresh(passages, language), k))


def _fresh(passages: Sequence[Passage], language: str) -> Iterator[Passage]:
    shown: list[Chunk] = []
    in_language = {_product(passage.chunk) for passage in passages if passage.chunk.language == language} - {None}
    for passage in passages:
        chunk = passage.chunk
        translated = chunk.language != language and _product(chunk) in in_language
        if not translated and not any(_same(chunk, other) for other in shown):
            shown.append(chunk)
            yield passage


def _product(chunk: Chunk) -> object:
    return chunk.attributes.get("product_id") if chunk.kind == "product" else None


def _same(chunk: Chunk, other: Chunk) -> bool:
    if _product(chunk) != _product(other) or chunk.language != other.language:
        return False
    if sorted(_NUMBERS.findall(chunk.text)) != sorted(_NUMBERS.findall(other.text)):
        return False
    return fuzz.ratio(chunk.text, other.text, score_cutoff=ALIKE) > 0
