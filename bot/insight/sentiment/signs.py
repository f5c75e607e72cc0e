"""Signs: what can be counted in a text without understanding it, from negations and emoji to a lexicon of feeling."""

import math
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import yaml

from bot.insight.sentiment.grams import plain

MOST = 4.0  # counted; more is no stronger
_NEGATIONS_REACH = 3  # words
_WORD = re.compile(r"[a-z'-]+|[.,;!?]")
_CAPITALS = re.compile(r"\b[A-Z]{3,}\b")
_LETTER = re.compile(r"\w")
_TURN = frozenset({"but", "however", "though", "although", "yet", "still"})


class Signs:
    """Counts signs.

    Args:
        lexicon: English words and how glad each is, about -4 to 4.
    """

    def __init__(self, lexicon: Mapping[str, float]) -> None:
        self._lexicon = lexicon

    @property
    def names(self) -> tuple[str, ...]:
        """What each place of `of` means."""
        return (*_patterns(), "capitals", "length", "wordless", "glad_words", "sad_words", "after_turn", "balance")

    def of(self, text: str) -> np.ndarray:
        """The signs in a text, (n_signs,), float32, each of the order of 1."""
        read = plain(text)
        counts = [min(MOST, sum(1 for _ in pattern.finditer(read))) for pattern in _patterns().values()]
        capitals = min(MOST, len(_CAPITALS.findall(text)))
        length = math.log1p(len(read)) / 4
        wordless = float(not _LETTER.search(read))
        return np.asarray([*counts, capitals, length, wordless, *self._words(read)], dtype=np.float32)

    def _words(self, read: str) -> tuple[float, float, float, float]:
        """Glad and sad words, what comes after a "but", and their balance as VADER squeezes it into -1 to 1."""
        glad = sad = after = 0.0
        since_negation = _NEGATIONS_REACH
        for word in _WORD.findall(read):
            if word in _TURN:
                after = 0.0
            since_negation = 0 if _negates(word) else since_negation + 1
            value = self._lexicon.get(word, 0.0)
            if since_negation and since_negation <= _NEGATIONS_REACH:
                value *= -0.74  # as measured for VADER
            glad, sad, after = glad + max(value, 0.0), sad - min(value, 0.0), after + value
        balance = (glad - sad) / math.sqrt((glad - sad) ** 2 + 15)
        return min(MOST, glad / 2), min(MOST, sad / 2), max(-MOST, min(MOST, after / 2)), balance


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    read = yaml.safe_load((files("bot.insight.sentiment") / "signs.yaml").read_text(encoding="utf-8"))
    return {name: re.compile(pattern) for name, pattern in read.items()}


@cache
def _negates(word: str) -> bool:
    return bool(_patterns()["negation"].fullmatch(word))
