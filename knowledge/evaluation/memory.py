"""Knowledge and exact vectors in memory: what a measured set is searched in."""

from collections.abc import Sequence

import numpy as np

from knowledge.documents import Chunk


class MemoryVersions:
    """One published version of each shop (a PublishedChunks)."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks: dict[str, list[Chunk]] = {}
        for chunk in chunks:
            self._chunks.setdefault(chunk.shop, []).append(chunk)

    def active(self, shop: str) -> int | None:
        """1, or None for a shop without chunks."""
        return 1 if shop in self._chunks else None

    def chunks(self, shop: str, version: int) -> list[Chunk]:  # noqa: ARG002 -- there is one version
        """All of them."""
        return self._chunks[shop]


class MemoryIndex:
    """Vectors by id, compared with every one of them (a VectorIndex)."""

    def __init__(self, dim: int) -> None:
        self._dim = dim
        self._rows: dict[str, np.ndarray] = {}

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Those of the ids that have no vector, in their order."""
        return [chunk_id for chunk_id in ids if chunk_id not in self._rows]

    def add(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Store vectors, (n, dim)."""
        self._rows |= dict(zip(ids, vectors, strict=True))

    def vectors(self, ids: Sequence[str]) -> np.ndarray:
        """The vectors of ids that are all there, (n, dim)."""
        return np.array([self._rows[chunk_id] for chunk_id in ids], dtype=np.float32).reshape(len(ids), self._dim)

    def query(self, vector: np.ndarray, k: int, *, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The k most similar, best first."""
        ids = list(self._rows) if among is None else [chunk_id for chunk_id in among if chunk_id in self._rows]
        similarities = self.vectors(ids) @ vector
        return [(ids[place], float(similarities[place])) for place in np.argsort(-similarities, kind="stable")[:k]]

    def delete(self, ids: Sequence[str]) -> None:
        """Forget vectors."""
        for chunk_id in ids:
            self._rows.pop(chunk_id, None)

    def ids(self) -> list[str]:
        """Every id that has a vector."""
        return list(self._rows)

    def count(self) -> int:
        """How many vectors there are."""
        return len(self._rows)


class MemoryIndexes:
    """One MemoryIndex for each shop and embedder (a VectorIndexes)."""

    def __init__(self) -> None:
        self._indexes: dict[tuple[str, str], MemoryIndex] = {}

    def open(self, shop: str, embedder: str, dim: int) -> MemoryIndex:
        """That shop's vectors of that embedder; made when absent."""
        return self._indexes.setdefault((shop, embedder), MemoryIndex(dim))

    def drop(self, shop: str) -> None:
        """Forget all vectors of a shop."""
        self._indexes = {key: index for key, index in self._indexes.items() if key[0] != shop}

    def close(self) -> None:
        """Nothing to let go."""
