"""KeywordIndex: BM25 over English and Chinese words, model numbers and near misspellings."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import bm25s
import jieba
import numpy as np
import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.documents import content_hash

BM25_K1 = 1.2
BM25_B = 0.3  # passages are cut to a size, so a longer one says more, not the same at greater length; measured

_RUN = re.compile(r"(?P<han>[㐀-鿿豈-﫿]+)|(?P<latin>[^\W㐀-鿿豈-﫿_]+(?:[-./&+][^\W㐀-鿿豈-﫿_]+)*)")
_APOSTROPHE = re.compile(r"['’](?:s\b)?")
_SEPARATORS = re.compile(r"[-./&+]")


def tokenize(text: str) -> list[str]:
    """Words as the index knows them.

    Full-width forms become half-width; English words are lower-cased and stemmed; Chinese is cut by jieba in search
    mode; a word with inner signs, such as WH-1000XM4, stays whole (`wh1000xm4`) and also gives its parts.
    """
    return [_stem(word) for word in _words(_normal(text)) if word not in _stop_words()]


@cache
def tokenizer_version() -> str:
    """Changes whenever `tokenize` may cut otherwise: with this file, the stop words, the cutter or the stemmer."""
    here = [Path(__file__), Path(__file__).parent / "stop_words.txt"]
    return content_hash(*(file.read_text("utf-8") for file in here), version("jieba"), version("PyStemmer"))


def content_share(text: str) -> float:
    """The share of words that carry content: 1.0 for a bare name, 0 where there is none."""
    words = list(_words(_normal(text)))
    return sum(word not in _stop_words() for word in words) / len(words) if words else 0.0


def _normal(text: str) -> str:
    return _APOSTROPHE.sub("", unicodedata.normalize("NFKC", text).lower())


def _words(text: str) -> Iterator[str]:
    for run in _RUN.finditer(text):
        yield from _cut(run["han"]) if run["han"] else _latin(run["latin"])


def _latin(run: str) -> Iterator[str]:
    parts = _SEPARATORS.split(run)
    if len(parts) > 1:
        yield "".join(parts)
    yield from parts


@lru_cache(maxsize=100_000)  # attributes and options say the same in many products
def _cut(run: str) -> tuple[str, ...]:
    return tuple(_segmenter().cut_for_search(run))


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@cache
def _stop_words() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "stop_words.txt").read_text("utf-8").split())


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@cache
def _segmenter() -> jieba.Tokenizer:
    """Jieba with its dictionary read here: its own way logs, and trusts a cache in a folder that others may write."""
    segmenter = jieba.Tokenizer()
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    return segmenter


def segmented(text: str) -> list[str]:
    """A text cut into words and what stands between them, Chinese ones too, nothing left out."""
    return list(_segmenter().cut(text, HMM=False))


class KeywordIndex:
    """BM25 over a fixed list of texts, given as their words.

    Args:
        words: of each text that is searched, as `tokenize` cuts them; scores come in this order.
    """

    def __init__(self, words: Sequence[Sequence[str]]) -> None:
        self._vocabulary = {word: number for number, word in enumerate(dict.fromkeys(chain.from_iterable(words)))}
        self._size = len(words)
        self._spelled = _by_length(self._vocabulary)
        self._bm25 = self._build(words) if self._vocabulary else None
        self._idf = self._inverse_frequencies(words)
        self._rarest = float(np.log1p((self._size + 0.5) / 0.5))

    def scores(self, question: str) -> np.ndarray:
        """How much of the question each text holds, 0 to 1, (n_texts,), float32.

        The BM25 sum divided by the most that any text could reach; a word that no text holds counts as the rarest.
        """
        words = [self._known(word) for word in tokenize(question)]
        known = [self._vocabulary[word] for word in words if word]
        if not known or self._bm25 is None:
            return np.zeros(self._size, dtype=np.float32)
        most = float(self._idf[known].sum()) + self._rarest * sum(word is None for word in words)
        return np.asarray(self._bm25.get_scores_from_ids(known) / most, dtype=np.float32)

    def _build(self, words: Sequence[Sequence[str]]) -> bm25s.BM25:
        index = bm25s.BM25(k1=BM25_K1, b=BM25_B, method="lucene", backend="numpy")
        numbers = [[self._vocabulary[word] for word in text] for text in words]
        # What `index` does, less its line in the log, which bm25s lets through at every level.
        index.scores = index.build_index_from_ids(list(self._vocabulary.values()), numbers, show_progress=False)
        return index

    def _inverse_frequencies(self, words: Sequence[Sequence[str]]) -> np.ndarray:
        found_in = np.zeros(len(self._vocabulary), dtype=np.float32)
        for text in words:
            found_in[[self._vocabulary[word] for word in set(text)]] += 1
        return np.log1p((self._size - found_in + 0.5) / (found_in + 0.5))  # Lucene's formula, as bm25s uses it

    def _known(self, word: str) -> str | None:
        """The word, or the nearest one that the texts hold."""
        if word in self._vocabulary:
            return word
        slips = _slips_allowed(word)
        if not slips:
            return None
        lengths = sorted(range(len(word) - slips, len(word) + slips + 1), key=lambda length: abs(length - len(word)))
        near = [other for length in lengths for other in self._spelled.get(length, ())]
        found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
        return str(found[0]) if found else None


def _by_length(vocabulary: Iterable[str]) -> dict[int, list[str]]:
    """The words that may have been meant by a misspelt one."""
    groups: dict[int, list[str]] = {}
    for word in vocabulary:
        if word.isascii() and word.isalpha():
            groups.setdefault(len(word), []).append(word)
    return groups


def _slips_allowed(word: str) -> int:
    """How many letters may be wrong: none in short words, numbers and Chinese."""
    if not word.isascii() or not word.isalpha() or len(word) < 4:
        return 0
    return 1 if len(word) < 8 else 2
