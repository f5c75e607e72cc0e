"""Searcher: a question to the shop's passages that answer it."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import numpy as np

from knowledge.documents import Chunk, Passage
from knowledge.embedding import Embedder
from knowledge.filters import SearchFilters
from knowledge.reranking import Reranker


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
            language: the shopper's; a preference between equals, not a filter.
            filters: hard limits; None: those that the question states.
            today: validity is checked against it; None: the present day, UTC.

        Returns:
            At most k passages; none when the shop has no published knowledge.
        """
        raise NotImplementedError

    def warm(self, shop: str) -> None:
        """Load what the first search of a shop would have to load."""
        raise NotImplementedError
