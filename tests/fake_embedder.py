"""An embedder without a model, in a file of its own: processes that a test kills import it in no time."""

import hashlib
from collections.abc import Sequence

import numpy as np

from knowledge.keywords import tokenize


class FakeEmbedder:
    """Bags of words, each word hashed to one of `dim` places; unit length."""

    def __init__(self, *, dim: int = 256, name: str = "fake-words") -> None:
        self.name, self.dim = name, dim
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded.extend(texts)
        return self._vectors(texts)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in tokenize(text):
                vectors[row, int(hashlib.md5(word.encode()).hexdigest(), 16) % self.dim] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
