"""OwnLanguage: leaves out translations of what the shop says in the shopper's language, and what strays from it."""

import re
from collections.abc import Sequence

import numpy as np

from knowledge.documents import Chunk
from knowledge.embedding import mostly_han

# "returns.en.md", "zh/returns.html", "products.csv#HP-101@en": the part of a source's name that tells its language.
_LANGUAGE = re.compile(r"(?<![a-z])(?:en|zh)(?:[-_](?:us|gb|cn|tw|hk|hans|hant))?(?![a-z])", re.IGNORECASE)
_HAN = re.compile(r"[㐀-鿿]")
_SMALL_WORD = re.compile(r"(?<![\w@./:-])[a-z]{2,}(?![\w@/:-]|\.\w)")  # of no address, name or model
A_SENTENCE = 3
"""Words in small letters, units of two aside, from which a sentence is more than names, sizes and terms."""

HARDLY = 0.03
"""Of the chance of what is said in another language, from which its like in the shopper's is taken instead."""


def own_first(chunks: Sequence[Chunk], chances: np.ndarray, language: str) -> np.ndarray:
    """The chances without those of translations; their sum stays.

    A page or product gives way to itself in the shopper's language; a file that holds both, such as a list of
    questions, to anything.

    Args:
        chunks: of each stretch.
        chances: that each answers, (n_stretches,).
        language: the shopper's.
    """
    own: dict[str, float] = {}
    for chunk, chance in zip(chunks, chances, strict=True):
        if chunk.language == language:
            for name in (_name(chunk.source), ""):
                own[name] = max(own.get(name, 0.0), float(chance))
    names = [_name(chunk.source) if _LANGUAGE.search(chunk.source) else "" for chunk in chunks]
    like = np.array([own.get(name, 0.0) for name in names])
    spoken = np.array([chunk.language == language for chunk in chunks])
    kept = np.where(spoken | (like < HARDLY * chances), chances, 0.0)
    return np.asarray(kept * (chances.sum() / kept.sum())) if kept.any() else chances


def strays(sentence: str, language: str) -> bool:
    """Whether a sentence is in another language than its page.

    It is no part of what the page says there, and a stranger may have put it in. Names, sizes, addresses and terms in
    Latin letters belong to a Chinese page.

    Args:
        sentence: as a reader sees it.
        language: the page's.
    """
    if language != "zh":
        return mostly_han(sentence)
    return not _HAN.search(sentence) and sum(len(word) > 2 for word in _SMALL_WORD.findall(sentence)) >= A_SENTENCE


def unlike(question: str, answer: str) -> bool:
    """Whether a page's question and the sentence after it are in two languages, so that the one answers not the other.

    A number, a price or an address answers in any.
    """
    if mostly_han(answer):
        return not _HAN.search(question) and bool(_SMALL_WORD.search(question))
    return mostly_han(question) and strays(answer, "zh")


def _name(source: str) -> str:
    """A source's name without its language."""
    return _LANGUAGE.sub("*", source)
