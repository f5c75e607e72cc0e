"""Runs a RetrievalSet through search and measures words alone, meaning alone, both fused, and reranked."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.documents import Passage
from knowledge.embedding import Embedder
from knowledge.evaluation.datasets import RetrievalQuestion, RetrievalSet
from knowledge.evaluation.memory import MemoryIndexes, MemoryVersions
from knowledge.evaluation.metrics import average_precision, hit, ndcg, reciprocal_rank
from knowledge.reranking import Reranker
from knowledge.search import CANDIDATES, Searcher, rerank_head
from knowledge.snapshot import Snapshot

METHODS = ("BM25", "dense", "fused", "reranked")
CHUNKS_AT_ONCE = 256

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class MethodResult:
    """How one method did on one set.

    Attributes:
        values: metric name → mean over the questions.
        ms_per_question: time it takes by itself, embedding the question included where it needs that.
    """

    method: str
    values: Mapping[str, float]
    ms_per_question: float


@dataclass(frozen=True)
class SetResult:
    """How all methods did on one set."""

    name: str
    title: str
    questions: int
    methods: Sequence[MethodResult]


@dataclass(frozen=True)
class _Asked:
    """One question's lists of chunk ids, best first, by method, and what each took in seconds."""

    found: Mapping[str, Sequence[str]]
    seconds: Mapping[str, float]
    gains: Mapping[str, int]


def evaluate(
    measured: RetrievalSet,
    embedder: Embedder,
    *,
    reranker: Reranker,
    indexes: MemoryIndexes | None = None,
    on_progress: Progress = lambda _step, _done, _total: None,
) -> SetResult:
    """Ask every question of a set, all of whose chunks are of one shop.

    Args:
        measured: the set.
        embedder: of questions and chunks.
        reranker: of the last column.
        indexes: vectors that are there already; what is missing is added.
        on_progress: told the step, how much of it is done, and of how much.
    """
    indexes = indexes or MemoryIndexes()
    _embed_missing(measured, embedder, indexes, on_progress)
    desk = _Desk(measured, embedder, reranker, indexes)
    asked = []
    for number, question in enumerate(measured.questions):
        on_progress(f"asking {measured.name}", number, len(measured.questions))
        asked.append(desk.ask(question))
    methods = [_summary(method, asked, measured) for method in METHODS]
    return SetResult(measured.name, measured.title, len(asked), methods)


class _Desk:
    """Everything that one set's questions are asked with."""

    def __init__(self, measured: RetrievalSet, embedder: Embedder, reranker: Reranker, indexes: MemoryIndexes) -> None:
        self._measured, self._embedder, self._reranker = measured, embedder, reranker
        self._shop = measured.chunks[0].shop
        self._index = indexes.open(self._shop, embedder.name, embedder.dim)
        versions = MemoryVersions(measured.chunks)
        self._fused = Searcher(versions, indexes, embedder)
        self._delivered = Searcher(versions, indexes, embedder, reranker=reranker)
        self._snapshot = Snapshot(1, measured.chunks)
        self._delivered.warm(self._shop)

    def ask(self, question: RetrievalQuestion) -> _Asked:
        """Each method's list, and the seconds that the method takes by itself."""
        words = _seconds(lambda: self._snapshot.keywords.scores(question.text))
        meaning = _seconds(lambda: self._index.query(self._embedder.embed_questions([question.text])[0], CANDIDATES))
        began = time.perf_counter()
        fused = self._ranked(question)
        both = time.perf_counter() - began
        began = time.perf_counter()
        reranked = self._reranked_list(question, fused)
        closer = time.perf_counter() - began
        found = {
            "BM25": sorted(fused, key=lambda one: (-one.scores["keyword"], self._snapshot.place[one.chunk.id])),
            "dense": sorted(fused, key=lambda one: -one.scores["dense"]),
            "fused": fused,
            "reranked": reranked,
        }
        taken = (words, meaning, both, closer if self._measured.as_delivered else both + closer)
        return _Asked(
            {method: [one.chunk.id for one in passages] for method, passages in found.items()},
            dict(zip(METHODS, taken, strict=True)),
            question.gains,
        )

    def _ranked(self, question: RetrievalQuestion) -> list[Passage]:
        return self._fused.ranked(question.text, shop=self._shop, filters=question.filters, today=self._measured.today)

    def _reranked_list(self, question: RetrievalQuestion, fused: Sequence[Passage]) -> list[Passage]:
        if self._measured.as_delivered:
            return self._delivered.search(
                question.text, shop=self._shop, filters=question.filters, today=self._measured.today, k=CANDIDATES
            )
        return rerank_head(self._reranker, question.text, fused)


def _embed_missing(measured: RetrievalSet, embedder: Embedder, indexes: MemoryIndexes, on_progress: Progress) -> None:
    index = indexes.open(measured.chunks[0].shop, embedder.name, embedder.dim)
    missing = set(index.missing([chunk.id for chunk in measured.chunks]))
    chunks = [chunk for chunk in measured.chunks if chunk.id in missing]
    for begin in range(0, len(chunks), CHUNKS_AT_ONCE):
        on_progress(f"embedding {measured.name}", begin, len(chunks))
        part = chunks[begin : begin + CHUNKS_AT_ONCE]
        index.add([chunk.id for chunk in part], embedder.embed_passages([chunk.embedding_text for chunk in part]))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _summary(method: str, asked: Sequence[_Asked], measured: RetrievalSet) -> MethodResult:
    def mean(metric: str) -> float:
        return float(np.mean([_value(metric, one.found[method], one.gains, measured.least_gain) for one in asked]))

    return MethodResult(
        method=method,
        values={metric: mean(metric) for metric in measured.metrics},
        ms_per_question=1000 * float(np.mean([one.seconds[method] for one in asked])),
    )


def _value(metric: str, found: Sequence[str], gains: Mapping[str, int], least_gain: int) -> float:
    """One metric of one list of chunk ids."""
    in_order = [gains.get(chunk_id, 0) for chunk_id in found]
    relevant = [float(gain >= least_gain) for gain in in_order]
    name, _, cut = metric.partition("@")
    if name in ("P", "hit"):
        return hit(relevant, int(cut))
    if name == "nDCG":
        return ndcg(in_order, list(gains.values()), int(cut))
    if name == "MRR":
        return reciprocal_rank(relevant)
    return average_precision(relevant, sum(gain >= least_gain for gain in gains.values()))
