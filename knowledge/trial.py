"""Trial: a shop's knowledge as it would be with some documents changed, searched without publishing anything."""

from collections.abc import Mapping, Sequence

import numpy as np

from knowledge.chunking import chunk_document
from knowledge.documents import Chunk, Document
from knowledge.embedding import Embedder
from knowledge.evaluation.memory import MemoryVersions
from knowledge.reranking import Reranker
from knowledge.search import Indexes, Searcher, SimilarChunks
from knowledge.sources.names import stem_of


def trial_chunks(published: Sequence[Chunk], source: str, documents: Sequence[Document]) -> list[Chunk]:
    """What questions would be answered from if a source held just these documents.

    Args:
        published: what they are answered from now.
        source: a source that no file holds; its documents are named `source#…`.
        documents: all that it says in the trial.
    """
    new = [chunk for document in documents for chunk in chunk_document(document)]
    replaced = {str(document.attributes["replaces"]) for document in documents if document.attributes.get("replaces")}
    kept = [
        chunk
        for chunk in published
        if not chunk.source.startswith(f"{source}#") and stem_of(chunk.source) not in replaced
    ]
    return [*kept, *new]


def trial_searcher(
    chunks: Sequence[Chunk], indexes: Indexes, embedder: Embedder, *, shop: str, reranker: Reranker | None
) -> Searcher:
    """A Searcher over these chunks of one shop; those without a vector in the index get one in memory only."""
    index = indexes.open(shop, embedder.name, embedder.dim)
    missing = [chunk for chunk in chunks if not _has_vector(index, chunk.id)]
    vectors = list(embedder.embed_passages([chunk.embedding_text for chunk in missing])) if missing else []
    rows = {chunk.id: vector for chunk, vector in zip(missing, vectors, strict=True)}
    return Searcher(MemoryVersions(chunks), _Beside(indexes, rows), embedder, reranker=reranker)


def _has_vector(index: SimilarChunks, chunk_id: str) -> bool:
    try:
        index.vectors([chunk_id])
    except KeyError:
        return False
    return True


class _Beside:
    """Stored vectors with some in memory beside them (an Indexes)."""

    def __init__(self, stored: Indexes, rows: Mapping[str, np.ndarray]) -> None:
        self._stored, self._rows = stored, rows

    def open(self, shop: str, embedder: str, dim: int) -> "_IndexBeside":
        """That shop's."""
        return _IndexBeside(self._stored.open(shop, embedder, dim), self._rows)


class _IndexBeside:
    """See `_Beside`."""

    def __init__(self, stored: SimilarChunks, rows: Mapping[str, np.ndarray]) -> None:
        self._stored, self._rows = stored, rows

    def vectors(self, ids: Sequence[str]) -> np.ndarray:
        """Those of ids that are all there, (n, dim)."""
        there = [chunk_id for chunk_id in ids if chunk_id not in self._rows]
        stored = dict(zip(there, self._stored.vectors(there), strict=True)) if there else {}
        return np.stack([self._rows[chunk_id] if chunk_id in self._rows else stored[chunk_id] for chunk_id in ids])

    def query(self, vector: np.ndarray, k: int, *, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The k most similar, best first."""
        wanted = None if among is None else set(among)
        beside = [
            (chunk_id, float(row @ vector))
            for chunk_id, row in self._rows.items()
            if wanted is None or chunk_id in wanted
        ]
        stored_among = None if among is None else [chunk_id for chunk_id in among if chunk_id not in self._rows]
        stored = self._stored.query(vector, k, among=stored_among) if stored_among is None or stored_among else []
        return sorted([*stored, *beside], key=lambda pair: -pair[1])[:k]
