"""A VectorIndex in memory and an embedder that needs no model, for tests of everything above them."""

import hashlib
import threading
from collections.abc import Sequence

import numpy as np


class HashEmbedder:
    """Vectors from hashed words: texts that share words are near each other."""

    name = "hashed"
    dim = 64

    def __init__(self):
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded.extend(texts)
        return self._vectors(texts)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, hashlib.md5(word.encode()).digest()[0] % self.dim] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


class MemoryIndex:
    def __init__(self):
        self.rows: dict[str, np.ndarray] = {}
        self._lock = threading.Lock()

    def missing(self, ids):
        return [chunk_id for chunk_id in ids if chunk_id not in self.rows]

    def add(self, ids, vectors):
        with self._lock:
            self.rows.update(zip(ids, np.asarray(vectors, dtype=np.float32), strict=True))

    def vectors(self, ids):
        return np.stack([self.rows[chunk_id] for chunk_id in ids])

    def query(self, vector, k, *, among=None):
        ids = list(self.rows) if among is None else [chunk_id for chunk_id in among if chunk_id in self.rows]
        scored = [(chunk_id, float(self.rows[chunk_id] @ vector)) for chunk_id in ids]
        return sorted(scored, key=lambda pair: -pair[1])[:k]

    def delete(self, ids):
        for chunk_id in ids:
            self.rows.pop(chunk_id, None)

    def ids(self):
        return list(self.rows)

    def count(self):
        return len(self.rows)


class MemoryIndexes:
    def __init__(self):
        self.opened: dict[tuple[str, str, int], MemoryIndex] = {}

    def open(self, shop, embedder, dim):
        return self.opened.setdefault((shop, embedder, dim), MemoryIndex())

    def drop(self, shop):
        self.opened = {key: index for key, index in self.opened.items() if key[0] != shop}

    def close(self):
        pass
