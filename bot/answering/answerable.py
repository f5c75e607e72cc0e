"""Answerable: the chance that a passage really answers a question, from the scores of its search."""

import math

from knowledge.documents import Passage

SHOWN_FROM = 0.5
"""Below it the bot says that it does not know. On the golden dev questions this showed 72 of 83 right passages and
16 of 40 wrong ones, and refused 12 of 17 unanswerable questions (leave-one-out)."""

# Logistic regression on the golden dev questions: right passage or not. Similarities of Chinese questions come from
# the multilingual model alone and lie lower, so they have a slope of their own.
_BIAS, _KEYWORD = -1.56, 5.12
_DENSE = {"en": 2.17, "zh": 5.79}
_LANGUAGE = {"en": 0.0, "zh": -0.20}


def answerable(passage: Passage, *, language: str) -> float:
    """The chance, 0 to 1, that the passage answers a question asked in the language."""
    dense, keyword = passage.scores.get("dense", passage.score), passage.scores.get("keyword", 0.0)
    slope, shift = _DENSE.get(language, _DENSE["en"]), _LANGUAGE.get(language, 0.0)
    return 1 / (1 + math.exp(-(_BIAS + shift + slope * dense + _KEYWORD * keyword)))
