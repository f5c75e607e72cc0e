"""Coverage: how much of what a question speaks of a text holds, other words for the same thing counted."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.answering.shop_words import ThingKind, meant
from knowledge.keywords import tokenize

OTHER_WORDS = 0.8  # of a thing that is named in other words than the shopper's
WEIGHTS: dict[ThingKind, float] = {"thing": 1.0, "goods": 1.3, "place": 1.5}  # on another place says nothing
SLIP_FROM = 5
_WRITTEN = re.compile(r"[㐀-鿿]+|[^\W_㐀-鿿][^\s㐀-鿿]*")


@dataclass(frozen=True)
class Thing:
    """One thing that a question speaks of.

    Attributes:
        said: in the shopper's words.
        ways: the words of each way to say it, with what each counts.
        weight: the rarer among the texts, the more.
        kind: None for a word that no list knows.
    """

    said: str
    ways: tuple[tuple[frozenset[str], float], ...]
    weight: float
    kind: ThingKind | None

    def held(self, words: set[str]) -> float:
        """How well the words of a text say it, 0 to 1."""
        return max((value for way, value in self.ways if way <= words), default=0.0)


class Coverage:
    """The things of one question, each weighing as much as it is rare among the texts compared.

    Args:
        question: as asked.
        texts: the words of each text that is compared.
    """

    def __init__(self, question: str, texts: Sequence[set[str]]) -> None:
        self._texts = len(texts)
        self._found_in = Counter(word for bag in texts for word in bag)
        self.things = self._listed(question)
        self.weights = np.array([thing.weight for thing in self.things])
        self._subjects = [thing for thing in self.things if thing.kind not in {None, "thing"}]
        self._named = {word for thing in self.things for way, _ in thing.ways for word in way}
        self._named |= set(tokenize(question))

    def held(self, words: set[str]) -> np.ndarray:
        """How well a text says each thing, (n_things,), 0 to 1."""
        return np.array([thing.held(words) for thing in self.things])

    def of(self, words: set[str]) -> float:
        """The share of the question that a text holds, 0 to 1."""
        most = float(self.weights.sum())
        return float(self.weights @ self.held(words)) / most if most else 0.0

    def same_question(self, words: set[str]) -> float:
        """The share of another question's words that this one speaks of too, 0 to 1."""
        return len(words & self._named) / len(words) if words else 0.0

    def missed(self, words: set[str]) -> float:
        """The share of the places and kinds of goods asked about that a text does not name, 0 to 1."""
        missed = sum(not thing.held(words) for thing in self._subjects)
        return missed / len(self._subjects) if self._subjects else 0.0

    def unknown(self) -> float:
        """The share of the question that none of the texts says at all, 0 to 1."""
        most = float(self.weights.sum())
        return float(self.weights @ (self.held(set(self._found_in)) == 0)) / most if most else 0.0

    def _listed(self, question: str) -> tuple[Thing, ...]:
        things: list[Thing] = []
        spoken: set[str] = set()
        for thing in meant(question):
            said = frozenset(tokenize(thing.said))
            spoken |= said
            ways = [(said, 1.0)] if said else []
            ways += [(way, 1.0 if way == said else OTHER_WORDS) for way in thing.ways]
            things.append(Thing(thing.said, tuple(ways), self._rarest(ways) * WEIGHTS[thing.kind], thing.kind))
        for word, written in _as_said(question).items():
            if word not in spoken:
                known = self._known(word)
                things.append(Thing(written, ((frozenset((known,)), 1.0),), self._rarity(known), None))
        return tuple(things)

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


def _as_said(question: str) -> dict[str, str]:
    """The words of a question as texts are compared by, each with how the shopper wrote it."""
    said: dict[str, str] = {}
    for written in _WRITTEN.findall(question):
        for word in tokenize(written):
            said.setdefault(word, written if word.isascii() else word)
    return said
