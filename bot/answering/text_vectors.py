"""Vectors of texts that come again and again, such as the sentences of a shop's pages, are remembered."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from knowledge.embedding import Embedder

KEPT = 16_384  # texts


class TextVectors:
    """Embeds what it has not met lately, all at once, and remembers it. Safe to call from several threads.

    Args:
        embed: gives the vectors of texts in their order, (n_texts, dim): of questions or of passages.
        dim: of a vector.
        kept: how many texts are remembered.
    """

    def __init__(self, embed: Callable[[Sequence[str]], np.ndarray], *, dim: int, kept: int = KEPT) -> None:
        self._embed, self._dim, self._most = embed, dim, kept
        self._kept: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of the texts in their order, (n_texts, dim), float32."""
        if not texts:
            return np.zeros((0, self._dim), dtype=np.float32)
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, self._embed(new), strict=True))
        with self._lock:
            for text in dict.fromkeys(texts):
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return np.stack([known[text] for text in texts])


class RememberingEmbedder:
    """An Embedder that embeds what it has not met lately and remembers it. Safe to call from several threads.

    Args:
        embedder: gives the vectors.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.dim = embedder.name, embedder.dim
        self._questions = TextVectors(embedder.embed_questions, dim=embedder.dim)
        self._passages = TextVectors(embedder.embed_passages, dim=embedder.dim)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is asked, (n, dim)."""
        return self._questions.of(texts)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is stored, (n, dim)."""
        return self._passages.of(texts)
