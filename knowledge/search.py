"""Searcher: a question to the shop's passages that answer it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

import numpy as np

from knowledge.confidence import confidence
from knowledge.documents import Passage
from knowledge.embedding import Embedder, mostly_han
from knowledge.filters import SearchFilters, parse_filters
from knowledge.fusion import fuse, keyword_weight
from knowledge.kind_preference import about_service, kind_bonus
from knowledge.language_share import with_other_language
from knowledge.repetition import without_repetition
from knowledge.reranking import Reranker
from knowledge.snapshot import Snapshot
from knowledge.snapshots import PublishedChunks, Snapshots

CANDIDATES = 50  # from each way of finding
OVERFETCH = 4  # times as many are asked of the index, which also holds what this version or filter leaves out
FEW = 2_000  # up to so many allowed chunks, the index is asked about just these
VERY_FEW = 250  # up to so many, comparing each is quicker than a filtered search of Chroma's graph
RERANKED = 30
SAME_LANGUAGE_BONUS = 0.03


class SimilarChunks(Protocol):
    """Vectors by chunk id; `VectorIndex` is the real one."""

    def vectors(self, ids: Sequence[str]) -> np.ndarray:
        """Those of ids that are all there, (n, dim); KeyError when one is not."""
        ...

    def query(self, vector: np.ndarray, k: int, *, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The k most similar, best first."""
        ...


class Indexes(Protocol):
    """One set of vectors for each shop and embedder; `ChromaIndexes` is the real one."""

    def open(self, shop: str, embedder: str, dim: int) -> SimilarChunks:
        """The vectors of one shop."""
        ...


@dataclass(frozen=True)
class Candidates:
    """What both ways of finding brought, by place in the snapshot; all arrays (n_candidates,)."""

    places: np.ndarray
    dense: np.ndarray
    keyword: np.ndarray
    by_meaning: np.ndarray  # bool: among the best by meaning
    by_words: np.ndarray  # bool: among the best by words


@dataclass(frozen=True)
class SearchStages:
    """How one search went.

    Attributes:
        filters: the limits that the question states.
        passages: all candidates, reranked; `rank` is that of the fused order.
        shown: ids of the chunks that a search gives, in its order.
        left_out: candidates that the limits or their dates of validity forbid; without fused scores.
    """

    filters: SearchFilters
    passages: tuple[Passage, ...]
    shown: tuple[str, ...]
    left_out: tuple[Passage, ...]


class Searcher:
    """Finds passages by meaning and by words at once.

    Safe to call from several threads. Holds the chunks of each shop's active version in memory; when another
    becomes active, the old one answers until the new one is loaded.

    Args:
        versions: what each shop knows.
        indexes: the vectors of it, made with the same embedder.
        embedder: turns the question into a vector.
        reranker: looks closer at the best; none: the fused order stands.
        words_folder: where the words of each shop are kept for the next start; None: nowhere.
    """

    def __init__(
        self,
        versions: PublishedChunks,
        indexes: Indexes,
        embedder: Embedder,
        *,
        reranker: Reranker | None = None,
        words_folder: Path | None = None,
    ) -> None:
        self._indexes, self._embedder, self._reranker = indexes, embedder, reranker
        self._snapshots = Snapshots(versions, words_folder=words_folder)

    def search(
        self,
        question: str,
        *,
        shop: str,
        k: int = 10,
        language: str | None = None,
        filters: SearchFilters | None = None,
        today: date | None = None,
    ) -> list[Passage]:
        """The passages that answer the question best, best first.

        Args:
            question: a standalone question, in any language.
            shop: whose knowledge to look in; no other shop's is ever seen.
            k: how many at most.
            language: the shopper's, a preference between near equals; None: the question's.
            filters: hard limits; None: those that the question states.
            today: validity is checked against it; None: the present day, UTC.

        Returns:
            At most k passages; none when the shop has no published knowledge.
        """
        ranked = self.ranked(question, shop=shop, language=language, filters=filters, today=today)
        if self._reranker is not None and ranked:
            ranked = rerank_head(self._reranker, question, ranked)
        spoken = language or _language(question)
        kept = without_repetition(with_other_language(ranked, language=spoken), k, language=spoken)
        return [replace(passage, rank=rank) for rank, passage in enumerate(kept, start=1)]

    def ranked(
        self,
        question: str,
        *,
        shop: str,
        language: str | None = None,
        filters: SearchFilters | None = None,
        today: date | None = None,
    ) -> list[Passage]:
        """All candidates in fused order, before any is reranked or left out as a duplicate."""
        snapshot = self._snapshots.get(shop)
        if snapshot is None or not snapshot.chunks or not question.strip():
            return []
        if filters is None:
            filters = parse_filters(question, categories=snapshot.categories, currencies=snapshot.currencies)
        found = self._candidates(question, shop, snapshot, snapshot.allowed(filters, today or datetime.now(UTC).date()))
        fused = fuse(found.dense, found.keyword, weight=keyword_weight(question))
        preferred = language or _language(question)
        service = about_service(question)
        chunks = [snapshot.chunks[place] for place in found.places]
        fused = fused + SAME_LANGUAGE_BONUS * np.array([chunk.language == preferred for chunk in chunks])
        fused = fused + np.array([kind_bonus(chunk, service=service) for chunk in chunks])
        scores = confidence(found.dense, found.keyword, language=_language(question))
        order = np.argsort(-fused, kind="stable")
        return [
            _passage(snapshot, found, int(row), rank, fused=float(fused[row]), score=float(scores[row]))
            for rank, row in enumerate(order, start=1)
        ]

    def stages(
        self, question: str, *, shop: str, k: int = 10, language: str | None = None, today: date | None = None
    ) -> SearchStages:
        """What each stage of a search made of a question; for the arguments see `search`."""
        snapshot = self._snapshots.get(shop)
        if snapshot is None or not snapshot.chunks or not question.strip():
            return SearchStages(SearchFilters(), (), (), ())
        day = today or datetime.now(UTC).date()
        filters = parse_filters(question, categories=snapshot.categories, currencies=snapshot.currencies)
        allowed = snapshot.allowed(filters, day)
        every = self._candidates(question, shop, snapshot, np.ones(len(snapshot.chunks), dtype=bool))
        left_out = [
            _passage(snapshot, every, row, row + 1, fused=0.0, score=0.0)
            for row, place in enumerate(every.places)
            if not allowed[place]
        ]
        ranked = self.ranked(question, shop=shop, language=language, filters=filters, today=day)
        closer = rerank_head(self._reranker, question, ranked) if self._reranker is not None and ranked else ranked
        spoken = language or _language(question)
        kept = without_repetition(with_other_language(closer, language=spoken), k, language=spoken)
        return SearchStages(filters, tuple(closer), tuple(one.chunk.id for one in kept), tuple(left_out))

    @property
    def reranker(self) -> Reranker | None:
        """What looks closer at the best."""
        return self._reranker

    def warm(self, shop: str) -> None:
        """Load what the first search of a shop would have to load."""
        self.search("warm", shop=shop, k=1)

    def refresh(self, shop: str) -> None:
        """Make the active version the one that answers, however long it takes to load."""
        self._snapshots.refresh(shop)

    def _candidates(self, question: str, shop: str, snapshot: Snapshot, allowed: np.ndarray) -> Candidates:
        index = self._indexes.open(shop, self._embedder.name, self._embedder.dim)
        vector = self._embedder.embed_questions([question])[0]
        similar = _similar(index, vector, snapshot, allowed)
        words = np.where(allowed, snapshot.keywords.scores(question), 0.0)
        worded = _best(words, CANDIDATES)
        both = np.array(list(dict.fromkeys([*similar, *worded])), dtype=np.intp)
        dense = similar | _similarities(index, vector, snapshot, [place for place in worded if place not in similar])
        floor = min(dense.values(), default=0.0)
        return Candidates(
            places=both,
            dense=np.array([dense.get(place, floor) for place in both]),
            keyword=words[both],
            by_meaning=np.array([place in similar for place in both], dtype=bool),
            by_words=np.isin(both, worded),
        )


def _language(question: str) -> str:
    return "zh" if mostly_han(question) else "en"


def _similar(index: SimilarChunks, vector: np.ndarray, snapshot: Snapshot, allowed: np.ndarray) -> dict[int, float]:
    """Similarities of the best by meaning, by place, best first."""
    count = int(allowed.sum())
    if count <= min(VERY_FEW, 0.9 * len(allowed)):
        of_all = _similarities(index, vector, snapshot, [int(place) for place in np.flatnonzero(allowed)])
        return dict(sorted(of_all.items(), key=lambda pair: -pair[1])[:CANDIDATES])
    if count <= min(FEW, 0.9 * len(allowed)):
        ids = [snapshot.chunks[int(place)].id for place in np.flatnonzero(allowed)]
        found = index.query(vector, CANDIDATES, among=ids)
    else:
        found = index.query(vector, CANDIDATES * OVERFETCH)
    places = ((snapshot.place.get(chunk_id), similarity) for chunk_id, similarity in found)
    kept = [(place, similarity) for place, similarity in places if place is not None and allowed[place]]
    return dict(kept[:CANDIDATES])


def _similarities(
    index: SimilarChunks, vector: np.ndarray, snapshot: Snapshot, places: Sequence[int]
) -> dict[int, float]:
    """Similarities of just these places; what has no vector yet is left out."""
    if not places:
        return {}
    ids = [snapshot.chunks[place].id for place in places]
    try:
        return dict(zip(places, (index.vectors(ids) @ vector).tolist(), strict=True))
    except KeyError:  # an ingest was cut off: ask for what is there, which is slow in a large index
        return {
            snapshot.place[chunk_id]: similarity for chunk_id, similarity in index.query(vector, len(ids), among=ids)
        }


def _best(scores: np.ndarray, k: int) -> list[int]:
    """Places of the k highest scores above zero, best first."""
    k = min(k, len(scores))
    top = np.argpartition(-scores, k - 1)[:k]
    return [int(place) for place in top[np.argsort(-scores[top], kind="stable")] if scores[place] > 0]


def _passage(snapshot: Snapshot, found: Candidates, row: int, rank: int, *, fused: float, score: float) -> Passage:
    ways = (("dense", found.by_meaning[row]), ("keyword", found.by_words[row]))
    return Passage(
        chunk=snapshot.chunks[int(found.places[row])],
        rank=rank,
        score=score,
        found_by=tuple(name for name, brought in ways if brought),
        scores={"dense": float(found.dense[row]), "keyword": float(found.keyword[row]), "fused": fused},
    )


def rerank_head(reranker: Reranker, question: str, passages: Sequence[Passage]) -> list[Passage]:
    """The first of them in the reranker's order, then the others as they were."""
    head = passages[:RERANKED]
    scores = reranker.rerank(question, head)
    scored = [
        replace(passage, scores={**passage.scores, "rerank": float(score)})
        for passage, score in zip(head, scores, strict=True)
    ]
    scored.sort(key=lambda passage: -passage.scores["rerank"])
    return [*scored, *passages[RERANKED:]]
