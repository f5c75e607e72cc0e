"""LazyEmbedder: known by name and length from the start, loaded at the first text, for commands that may need none."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge.embedding import (
    DEFAULT_EMBEDDER,
    ENGLISH,
    MULTILINGUAL,
    PAIR,
    Embedder,
    index_name,
    load_embedder,
    tuned_name,
)
from knowledge.tuned_embedder import is_tuned, read_tuned
from knowledge.weights import ModelStore

DIMS = {MULTILINGUAL: 512, ENGLISH: 384, PAIR: 512 + 384}
"""Lengths of the packaged embedders' vectors; others are loaded to find out."""


class LazyEmbedder:
    """An Embedder that is loaded when the first text comes, once, whichever thread brings it.

    Args:
        name: what the index of its vectors is called.
        dim: length of a vector.
        load: gives the embedder itself.
    """

    def __init__(self, name: str, dim: int, load: Callable[[], Embedder]) -> None:
        self.name, self.dim = name, dim
        self._load = load
        self._embedder: Embedder | None = None
        self._loading = threading.Lock()

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is stored, (n, dim)."""
        return self._loaded().embed_passages(texts)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is asked, (n, dim)."""
        return self._loaded().embed_questions(texts)

    def _loaded(self) -> Embedder:
        with self._loading:
            if self._embedder is None:
                self._embedder = self._load()
            return self._embedder


def embedder_name(setting: str) -> str:
    """What the embedder of a setting calls itself, without loading it.

    Raises:
        ModelDamaged: it is a tuned one that cannot be read.
    """
    name = setting or DEFAULT_EMBEDDER
    return tuned_name(read_tuned(Path(name))) if is_tuned(Path(name)) else index_name(name)


def lazy_embedder(name: str, *, store: ModelStore, device: str) -> Embedder:
    """As `load_embedder`, but a packaged embedder, tuned or not, is loaded only when it is given a text.

    Raises:
        ModelMissing, ModelDamaged: here for an embedder of one's own, at the first text for a packaged one.
    """
    name = name or DEFAULT_EMBEDDER

    def load() -> Embedder:
        return load_embedder(name, store=store, device=device)

    if is_tuned(Path(name)):
        return LazyEmbedder(tuned_name(read_tuned(Path(name))), DIMS[PAIR], load)
    return LazyEmbedder(name, DIMS[name], load) if name in DIMS else load()
