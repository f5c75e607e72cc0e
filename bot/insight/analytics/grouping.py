"""Groups of questions that mean the same: agglomerative clustering of their vectors, and words that name a group."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from knowledge.keywords import tokenize

SAME_MATTER = 0.45
"""Mean cosine similarity from which two groups are one. At it the default embedder's groups of the open questions of
`scripts/demo_history.yaml` (7 matters, two languages) are just those seven; 0.40 joins two of them, 0.50 splits two."""

KEYWORDS = 4

_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9'’-]*")
_HAN_RUN = re.compile(r"[㐀-鿿]+")


def group(vectors: np.ndarray, *, similarity: float = SAME_MATTER) -> np.ndarray:
    """Which group each vector is in: average-linkage agglomerative clustering by cosine.

    It needs no number of groups, leaves what is like nothing else alone, and gives the same groups each time.

    Args:
        vectors: (n, dim), unit length.
        similarity: mean similarity that two groups must have to be one.

    Returns:
        (n,), int: groups are numbered from 0.
    """
    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=np.int64)
    from sklearn.cluster import AgglomerativeClustering

    clustering = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - similarity
    )
    return np.asarray(clustering.fit_predict(vectors))


def most_typical(vectors: np.ndarray, weights: Sequence[int]) -> int:
    """The place of the vector that is nearest to all others, each counted as often as it was asked."""
    return int(np.argmax(vectors @ (np.asarray(weights, dtype=np.float32) @ vectors)))


def key_words(groups: Sequence[Sequence[str]], k: int = KEYWORDS) -> list[tuple[str, ...]]:
    """Words that set each group of texts apart from the others, by class-based TF-IDF (Grootendorst 2022)."""
    counted = [Counter(word for text in texts for word in words(text)) for texts in groups]
    spread = Counter(stem for counts in counted for stem in {_stem(word) for word in counts})
    return [_best(counts, spread, len(groups), k) for counts in counted]


def words(text: str) -> Iterable[str]:
    """The words of a text that carry content, as they are written."""
    for word in _LATIN.findall(text):
        if tokenize(word):
            yield word.casefold()
    for run in _HAN_RUN.findall(text):
        yield from (word for word in tokenize(run) if len(word) > 1)


def _best(counts: Counter[str], spread: Counter[str], groups: int, k: int) -> tuple[str, ...]:
    """One written form a stem, the most frequent."""
    by_stem: dict[str, Counter[str]] = {}
    for word, count in counts.items():
        by_stem.setdefault(_stem(word), Counter())[word] += count

    def weight(stem: str) -> float:
        return by_stem[stem].total() * math.log(1 + groups / spread[stem])

    stems = sorted(by_stem, key=lambda stem: (-weight(stem), stem))[:k]
    return tuple(min(by_stem[stem], key=lambda word: (-by_stem[stem][word], word)) for stem in stems)


def _stem(word: str) -> str:
    return next(iter(tokenize(word)), word)
