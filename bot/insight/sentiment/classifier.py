"""Sentiment: texts to Feelings, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.answering.language import detect
from bot.insight.sentiment.clauses import clauses
from bot.insight.sentiment.encoder import TextEncoder
from bot.insight.sentiment.feeling import ASPECTS, LABELS, AspectFeeling, Feeling
from bot.insight.sentiment.grams import grams
from bot.insight.sentiment.signs import Signs
from bot.insight.sentiment.weights import ASPECT_BITS, SentimentWeights
from knowledge.embedding import mostly_han

WHOLE_SHARE = 0.25  # of the whole text's verdict in that on one of its clauses
_NEUTRAL = LABELS.index("neutral")
_SIGN_LOGIT = 3.0  # a chance of nine in ten


@dataclass(frozen=True)
class Read:
    """Texts as the parts see them.

    Attributes:
        parts: (n_texts, n_parts), what the blend weighs: the encoder's logits, the n-grams' logits, the signs.
        aspects: (n_texts, 8), logits less their thresholds.
    """

    parts: np.ndarray
    aspects: np.ndarray


class Sentiment:
    """The classifier; safe to call from several threads.

    Args:
        encoder: texts to vectors.
        weights: what was learned.
    """

    def __init__(self, encoder: TextEncoder, weights: SentimentWeights) -> None:
        self._encoder, self._weights = encoder, weights
        self._signs = Signs(weights.lexicon)

    @property
    def version(self) -> str:
        """Of the weights; feelings with another version are another model's."""
        return self._weights.version

    def classify(self, texts: Sequence[str]) -> list[Feeling]:
        """What each text feels, in their order; a text without anything in it feels nothing, surely."""
        cut = [clauses(text) for text in texts]
        pieces = list(dict.fromkeys(piece for text, parts in zip(texts, cut, strict=True) for piece in (text, *parts)))
        place = {piece: number for number, piece in enumerate(pieces)}
        read = self.read(pieces)
        logits = self.blended(pieces, read)
        return [
            self._feeling(text, place[text], [place[part] for part in parts], pieces, logits, read.aspects)
            for text, parts in zip(texts, cut, strict=True)
        ]

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """Of the labels for each text as a whole, (n_texts, 3): as `classify`, without aspects and much faster."""
        return softmax(self.blended(texts, self.read(texts))) if texts else np.zeros((0, len(LABELS)))

    def read(self, texts: Sequence[str]) -> Read:
        """Texts as the parts see them."""
        weights = self._weights
        vectors = self._encoder.vectors(texts)  # (n, 512)
        found = [grams(text) for text in texts]
        by_grams = [weights.grams[one].sum(axis=0) / length_of(weights.rarity, one) for one in found]
        by_aspect_grams = [summed(weights.aspect_grams, one & ((1 << ASPECT_BITS) - 1)) for one in found]
        signs = [self._signs.of(text) for text in texts]
        if not texts:
            return Read(np.zeros((0, 0)), np.zeros((0, len(ASPECTS))))
        aspects = headed(vectors, weights.aspect_head) + np.stack(by_aspect_grams) - weights.aspect_thresholds
        return Read(np.hstack([headed(vectors, weights.head), np.stack(by_grams), np.stack(signs)]), aspects)

    def blended(self, texts: Sequence[str], read: Read) -> np.ndarray:
        """Calibrated logits of the labels, (n_texts, 3)."""
        logits = np.zeros((len(texts), len(LABELS)))
        if not texts:
            return logits
        han = np.array([mostly_han(text) for text in texts], dtype=bool)
        for kind, rows in (("han", han), ("latin", ~han)):
            blend = self._weights.blends[kind]
            if rows.any():
                logits[rows] = read.parts[rows] @ blend.weight + blend.constant
        self._by_signs(read.parts, logits)
        logits[[not text.strip() for text in texts]] = 50.0 * np.eye(len(LABELS))[_NEUTRAL]
        return logits

    def _by_signs(self, parts: np.ndarray, logits: np.ndarray) -> None:
        """Where there are no words, emoji alone decide."""
        signs = dict(zip(self._signs.names, parts[:, 2 * len(LABELS) :].T, strict=True))
        for sign, other, label in (("glad_sign", "sad_sign", 2), ("sad_sign", "glad_sign", 0)):
            rows = (signs["wordless"] > 0) & (signs[sign] > signs[other])
            logits[rows] = _SIGN_LOGIT * np.eye(len(LABELS))[label]

    def _feeling(
        self,
        text: str,
        whole: int,
        parts: Sequence[int],
        pieces: Sequence[str],
        logits: np.ndarray,
        aspects: np.ndarray,
    ) -> Feeling:
        chances = softmax(logits[whole])
        best = int(chances.argmax())
        return Feeling(
            label=LABELS[best],
            score=float(chances[best]),
            scores={label: float(chance) for label, chance in zip(LABELS, chances, strict=True)},
            language=detect(text),
            aspects=tuple(self._aspects(whole, parts, pieces, logits, aspects)),
        )

    def _aspects(
        self, whole: int, parts: Sequence[int], pieces: Sequence[str], logits: np.ndarray, aspects: np.ndarray
    ) -> list[AspectFeeling]:
        """Each aspect by the clause that speaks of it most; by the whole text where no clause does."""
        found: list[tuple[float, AspectFeeling]] = []
        for number, aspect in enumerate(ASPECTS):
            place = max(parts, key=lambda part: aspects[part, number], default=whole)
            if aspects[place, number] <= 0:
                place = whole
            if aspects[place, number] <= 0 or not pieces[place].strip():
                continue
            chances = softmax((1 - WHOLE_SHARE) * logits[place] + WHOLE_SHARE * logits[whole])
            best = int(chances.argmax())
            feeling = AspectFeeling(aspect, LABELS[best], float(chances[best]), pieces[place].strip())
            found.append((float(aspects[place, number]), feeling))
        return [feeling for _, feeling in sorted(found, key=lambda one: -one[0])]


def headed(vectors: np.ndarray, head: np.ndarray) -> np.ndarray:
    """A linear head on vectors; its last row is the constant."""
    return np.asarray(vectors @ head[:-1] + head[-1])


def summed(table: np.ndarray, found: np.ndarray) -> np.ndarray:
    """The weights of n-grams, added up and divided by the root of their number, (n_columns,)."""
    unique = np.unique(found)
    return np.asarray(table[unique].sum(axis=0) / np.sqrt(max(1, len(unique))))


def length_of(rarity: np.ndarray, found: np.ndarray) -> float:
    """The length of the vector of how rare the found n-grams are."""
    return max(1e-6, float(np.sqrt(np.square(rarity[found]).sum())))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Chances from logits, along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))
