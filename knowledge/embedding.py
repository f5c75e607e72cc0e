"""Embedder: texts to vectors whose dot product says how near their meanings are."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from knowledge.weights import CATALOGUE, ModelStore

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_EMBEDDER = "all-minilm-l6-v2"
"""What an empty setting means."""

BATCH_TEXTS = 32


class Embedder(Protocol):
    """Turns texts into vectors, (n, dim), float32; similarity is the dot product.

    Attributes:
        name: identifies the vectors: two embedders with one name may share an index.
        dim: length of a vector.
    """

    name: str
    dim: int

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is stored."""
        ...

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is asked."""
        ...


class SentenceTransformerEmbedder:
    """Any model that sentence-transformers loads; vectors have unit length.

    Args:
        name: what the index of its vectors is called.
        model: loaded, on its device.
    """

    def __init__(self, name: str, model: "SentenceTransformer") -> None:
        self.name = name
        self._model = model
        self.dim = int(model.get_embedding_dimension() or 0)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is stored, (n, dim)."""
        return self._vectors(self._model.encode_document, texts)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is asked, (n, dim)."""
        return self._vectors(self._model.encode_query, texts)

    def _vectors(self, encode: object, texts: Sequence[str]) -> np.ndarray:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors = encode(list(texts), batch_size=BATCH_TEXTS, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def load_embedder(name: str, *, store: ModelStore, device: str) -> Embedder:
    """Load an embedder.

    Args:
        name: of the catalogue, a folder, or a Hugging Face id; empty: the default.
        store: where packaged models lie.
        device: `auto`, `cpu`, `cuda` or `mps`.

    Raises:
        ModelMissing, ModelDamaged: with the command that mends it.
    """
    name = name or DEFAULT_EMBEDDER
    from sentence_transformers import SentenceTransformer

    path = str(store.path(name)) if name in CATALOGUE else name
    return SentenceTransformerEmbedder(
        Path(name).name, SentenceTransformer(path, device=None if device == "auto" else device)
    )
