"""Fusion: one score from similarity of meaning and share of words, weighted by the kind of question."""

import re

import numpy as np

from knowledge.embedding import mostly_han
from knowledge.keywords import content_share

ENGLISH_KEYWORD_WEIGHT = 0.75
CHINESE_KEYWORD_WEIGHT = 1.25
LOOKUP_KEYWORD_WEIGHT = 4.0
LOOKUP_CONTENT_SHARE = 0.75  # of a name's words carry content; of a sentence's hardly more than half

_SPEAKING = re.compile(r"\b(?:my|me|we|our|you|your|ago)\b", re.IGNORECASE)


def keyword_weight(question: str) -> float:
    """How much words count beside meaning.

    Someone who types a product's name or number wants just that, so words count most; in a whole sentence, meaning
    does, less so in Chinese, which only one of the two embedders reads. Measured: on product titles BM25 beats every
    embedder here, on product questions it is the other way round.
    """
    if mostly_han(question):
        return CHINESE_KEYWORD_WEIGHT
    return LOOKUP_KEYWORD_WEIGHT if is_lookup(question) else ENGLISH_KEYWORD_WEIGHT


def is_lookup(question: str) -> bool:
    """Whether English only names a thing: no question mark, nobody speaks, and hardly a word holds a sentence."""
    if question.rstrip().endswith("?") or _SPEAKING.search(question):
        return False
    return content_share(question) >= LOOKUP_CONTENT_SHARE


def fuse(dense: np.ndarray, keyword: np.ndarray, *, weight: float) -> np.ndarray:
    """Weighted sum; comparable only within one question.

    Args:
        dense: similarities, (n,).
        keyword: shares of the question's words, 0 to 1, (n,).
        weight: of the keywords.
    """
    return dense + weight * keyword
