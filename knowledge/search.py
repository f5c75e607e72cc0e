"""Searcher: a question to the shop's passages that answer it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

import numpy as np

from knowledge.documents import Chunk, Passage
from knowledge.embedding import Embedder
from knowledge.filters import SearchFilters, parse_filters
from knowledge.keywords import KeywordIndex
from knowledge.reranking import Reranker

CANDIDATES = 60  # looked at closely, from each way of finding
OVERFETCH = 120  # asked of the index, which also holds the vectors of older versions
KEYWORD_WEIGHT = 0.5


class PublishedChunks(Protocol):
    """What a shop knows at present; `KnowledgeVersions` is the real one."""

    def active(self, shop: str) -> int | None:
        """Number of the version that answers."""
        ...

    def chunks(self, shop: str, version: int) -> list[Chunk]:
        """All of its chunks."""
        ...


class SimilarChunks(Protocol):
    """Vectors by chunk id; `VectorIndex` is the real one."""

    def query(self, vector: np.ndarray, k: int, *, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The k most similar, best first."""
        ...


class Indexes(Protocol):
    """One set of vectors for each shop and embedder; `ChromaIndexes` is the real one."""

    def open(self, shop: str, embedder: str, dim: int) -> SimilarChunks:
        """The vectors of one shop."""
        ...


@dataclass(frozen=True)
class Snapshot:
    """One version of one shop's knowledge, ready to be searched."""

    version: int
    chunks: Sequence[Chunk]
    place: dict[str, int]  # chunk id → place in `chunks`
    keywords: KeywordIndex
    categories: tuple[str, ...]


class Searcher:
    """Finds passages by meaning and by words at once.

    Safe to call from several threads. Holds the chunks of each shop's active version in memory and follows
    when another version becomes active.

    Args:
        versions: what each shop knows.
        indexes: the vectors of it, made with the same embedder.
        embedder: turns the question into a vector.
        reranker: looks closer at the best; none: the fused order stands.
    """

    def __init__(
        self, versions: PublishedChunks, indexes: Indexes, embedder: Embedder, *, reranker: Reranker | None = None
    ) -> None:
        self._versions, self._indexes, self._embedder, self._reranker = versions, indexes, embedder, reranker
        self._snapshots: dict[str, Snapshot] = {}
        self._loading = threading.Lock()

    def search(
        self,
        question: str,
        *,
        shop: str,
        k: int = 10,
        language: str | None = None,  # noqa: ARG002 -- the pair embedder prefers it by itself
        filters: SearchFilters | None = None,
        today: date | None = None,
    ) -> list[Passage]:
        """The passages that answer the question best, best first.

        Args:
            question: a standalone question, in any language.
            shop: whose knowledge to look in; no other shop's is ever seen.
            k: how many at most.
            language: the shopper's; a preference between equals, not a filter.
            filters: hard limits; None: those that the question states.
            today: validity is checked against it; None: the present day, UTC.

        Returns:
            At most k passages; none when the shop has no published knowledge.
        """
        snapshot = self._snapshot(shop)
        if snapshot is None or not snapshot.chunks or not question.strip():
            return []
        if filters is None:
            filters = parse_filters(question, categories=snapshot.categories)
        day = today or datetime.now(UTC).date()
        allowed = np.array([chunk.valid_on(day) and filters.admit(chunk) for chunk in snapshot.chunks])
        keyword = np.where(allowed, snapshot.keywords.scores(question), 0.0)
        dense = self._dense(question, shop, snapshot, allowed)
        places = list(dict.fromkeys([*dense, *_best(keyword, CANDIDATES)]))
        floor = min(dense.values(), default=0.0)
        fused = {place: dense.get(place, floor) + KEYWORD_WEIGHT * float(keyword[place]) for place in places}
        ranked = sorted(places, key=lambda place: -fused[place])[:k]
        return [
            Passage(
                chunk=snapshot.chunks[place],
                rank=rank,
                score=min(1.0, max(0.0, fused[place])),
                found_by=tuple(
                    name for name, found in (("dense", place in dense), ("keyword", keyword[place] > 0)) if found
                ),
                scores={
                    "dense": dense.get(place, floor),
                    "keyword": float(keyword[place]),
                    "fused": fused[place],
                },
            )
            for rank, place in enumerate(ranked, start=1)
        ]

    def warm(self, shop: str) -> None:
        """Load what the first search of a shop would have to load."""
        if self._snapshot(shop) is not None:
            self._embedder.embed_questions(["warm"])

    def _dense(self, question: str, shop: str, snapshot: Snapshot, allowed: np.ndarray) -> dict[int, float]:
        index = self._indexes.open(shop, self._embedder.name, self._embedder.dim)
        vector = self._embedder.embed_questions([question])[0]
        among = None if allowed.mean() > 0.5 else [snapshot.chunks[int(place)].id for place in np.flatnonzero(allowed)]
        if among == []:
            return {}
        found = index.query(vector, OVERFETCH, among=among)
        places = ((snapshot.place.get(chunk_id), similarity) for chunk_id, similarity in found)
        return {place: similarity for place, similarity in places if place is not None and allowed[place]}

    def _snapshot(self, shop: str) -> Snapshot | None:
        version = self._versions.active(shop)
        if version is None:
            return None
        held = self._snapshots.get(shop)
        if held is None or held.version != version:
            with self._loading:
                held = self._snapshots.get(shop)
                if held is None or held.version != version:
                    held = _load_snapshot(self._versions, shop, version)
                    self._snapshots[shop] = held
        return held


def _load_snapshot(versions: PublishedChunks, shop: str, version: int) -> Snapshot:
    chunks = versions.chunks(shop, version)
    categories = {str(chunk.attributes["category"]) for chunk in chunks if chunk.attributes.get("category")}
    return Snapshot(
        version=version,
        chunks=chunks,
        place={chunk.id: place for place, chunk in enumerate(chunks)},
        keywords=KeywordIndex([chunk.embedding_text for chunk in chunks]),
        categories=tuple(sorted(categories)),
    )


def _best(scores: np.ndarray, k: int) -> list[int]:
    """Places of the k highest scores above zero, best first."""
    k = min(k, len(scores))
    top = np.argpartition(-scores, k - 1)[:k]
    return [int(place) for place in top[np.argsort(-scores[top], kind="stable")] if scores[place] > 0]
