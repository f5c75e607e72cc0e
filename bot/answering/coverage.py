"""Coverage: how much of what a question speaks of a text holds, other words for the same thing counted."""

import math
from collections import Counter
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.answering.shop_words import meant
from knowledge.keywords import tokenize

OTHER_WORDS = 0.8  # of a thing that is named in other words than the shopper's
WEIGHTS = {"thing": 1.0, "goods": 1.3, "place": 1.5}  # a text on another place answers nothing
SLIP_FROM = 5


class Coverage:
    """The things of one question, each weighing as much as it is rare among the texts compared.

    Args:
        question: as asked.
        texts: the words of each text that is compared.
    """

    def __init__(self, question: str, texts: Sequence[set[str]]) -> None:
        self._texts = len(texts)
        self._found_in = Counter(word for bag in texts for word in bag)
        things: list[tuple[list[tuple[frozenset[str], float]], float]] = []
        self._subjects: list[list[tuple[frozenset[str], float]]] = []
        spoken: set[str] = set()
        for thing in meant(question):
            said = frozenset(tokenize(thing.said))
            spoken |= said
            ways = [(said, 1.0)] if said else []
            ways += [(way, 1.0 if way == said else OTHER_WORDS) for way in thing.ways]
            weight = self._rarest(ways) * (WEIGHTS[thing.kind])
            things.append((ways, weight))
            if thing.kind != "thing":
                self._subjects.append(ways)
        for word in dict.fromkeys(tokenize(question)):
            if word not in spoken:
                known = self._known(word)
                things.append(([(frozenset((known,)), 1.0)], self._rarity(known)))
        self._things = things
        self._named = {word for ways, _ in things for way, _ in ways for word in way} | set(tokenize(question))
        self._most = sum(weight for _, weight in things) or 1.0

    def of(self, words: set[str]) -> float:
        """The share of the question that a text holds, 0 to 1."""
        held = 0.0
        for ways, weight in self._things:
            held += weight * max((value for way, value in ways if way <= words), default=0.0)
        return held / self._most

    def same_question(self, words: set[str]) -> float:
        """The share of another question's words that this one speaks of too, 0 to 1."""
        return len(words & self._named) / len(words) if words else 0.0

    def missed(self, words: set[str]) -> float:
        """The share of the places and kinds of goods asked about that a text does not name, 0 to 1."""
        missed = sum(not any(way <= words for way, _ in ways) for ways in self._subjects)
        return missed / len(self._subjects) if self._subjects else 0.0

    def _rarest(self, ways: Sequence[tuple[frozenset[str], float]]) -> float:
        """A thing said in any of several ways is as frequent as its most frequent way."""
        return min((max(self._rarity(word) for word in way) for way, _ in ways), default=1.0)

    def _rarity(self, word: str) -> float:
        return math.log1p(self._texts / self._found_in[word]) if self._found_in[word] else math.log1p(self._texts)

    def _known(self, word: str) -> str:
        """The word, or the one of the texts that it is a slip of."""
        if word in self._found_in or len(word) < SLIP_FROM or not word.isascii() or not word.isalpha():
            return word
        found = process.extractOne(word, self._found_in.keys(), scorer=OSA.distance, score_cutoff=1)
        return str(found[0]) if found else word
