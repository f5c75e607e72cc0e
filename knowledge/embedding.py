"""Embedder: texts to vectors whose dot product says how near their meanings are."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from knowledge.errors import ModelDamaged, ModelMissing
from knowledge.tuned_embedder import TunedEmbedder, is_tuned, read_tuned
from knowledge.weights import CATALOGUE, ModelStore

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MULTILINGUAL = "use-multilingual-v3"
ENGLISH = "all-minilm-l6-v2"
PAIR = "use-minilm-pair"
DEFAULT_EMBEDDER = PAIR
"""What an empty setting means."""

TUNED = "+"
"""Stands in the name of a pair one of whose embedders was tuned, before the digest of what was added to it."""

TEXTS_AT_ONCE = 64
QUESTIONS_KEPT = 512  # a turn asks the same words of several parts, and many shoppers ask the same
ENGLISH_SHARE = 0.5  # of the similarity between two English texts
MULTILINGUAL_DIM = 512


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
        self.dim = int(model.get_embedding_dimension() or 0)
        self._model = model.eval()
        self._question = lru_cache(maxsize=QUESTIONS_KEPT)(self._ask)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is stored, (n, dim)."""
        return self._vectors(self._model.encode_document, texts)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is asked, (n, dim); the last few questions are remembered."""
        if len(texts) == 1:
            return self._question(texts[0]).copy()
        return self._vectors(self._model.encode_query, texts)

    def _ask(self, text: str) -> np.ndarray:
        """What `encode_query` gives for one text, (1, dim), without its set-up, which takes a quarter of the time."""
        import torch
        from torch.nn import functional

        model = self._model
        prompt = model.prompts.get("query") or model.prompts.get(model.default_prompt_name or "")
        with torch.inference_mode():
            features = model.preprocess([text], prompt=prompt or None, task="query")
            placed = {name: part.to(model.device) if torch.is_tensor(part) else part for name, part in features.items()}
            vector = model(placed, task="query")["sentence_embedding"][:, : self.dim]
            return np.asarray(functional.normalize(vector.float(), dim=1).cpu().numpy())

    def _vectors(self, encode: Callable[..., Any], texts: Sequence[str]) -> np.ndarray:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors = encode(list(texts), batch_size=TEXTS_AT_ONCE, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


class PairEmbedder:
    """A multilingual and an English embedder in one vector, so that one index serves both languages.

    Vectors have unit length; the English part of a text written mostly in Han characters is zero. Between two
    English texts the dot product is the weighted mean of both similarities, between two Chinese ones that of the
    multilingual embedder, and across languages the latter times the root of its weight.

    Args:
        multilingual: knows every language.
        english: knows English better.
        english_share: its weight between two English texts, 0 to 1.
        name: what the index of its vectors is called.
    """

    def __init__(
        self, multilingual: Embedder, english: Embedder, *, english_share: float = ENGLISH_SHARE, name: str = PAIR
    ) -> None:
        self.name = name
        self.dim = multilingual.dim + english.dim
        self._multilingual, self._english, self._share = multilingual, english, english_share

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is stored, (n, dim)."""
        return self._joined(texts, self._multilingual.embed_passages(texts), self._english.embed_passages)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is asked, (n, dim)."""
        return self._joined(texts, self._multilingual.embed_questions(texts), self._english.embed_questions)

    def _joined(
        self, texts: Sequence[str], left: np.ndarray, embed_english: Callable[[Sequence[str]], np.ndarray]
    ) -> np.ndarray:
        latin = [number for number, text in enumerate(texts) if not mostly_han(text)]
        right = np.zeros((len(texts), self._english.dim), dtype=np.float32)
        right[latin] = embed_english([texts[number] for number in latin])
        share = np.zeros((len(texts), 1), dtype=np.float32)
        share[latin] = self._share
        return np.hstack([left * np.sqrt(1 - share), right * np.sqrt(share)])


def across_languages(name: str, vectors: np.ndarray) -> np.ndarray:
    """The part of an embedder's vectors that compares texts of different languages as well as those of one.

    Args:
        name: the embedder's.
        vectors: (n, dim), as it made them.

    Returns:
        (n, dim of that part), unit length.
    """
    if name.partition(TUNED)[0] != PAIR:
        return vectors
    part = vectors[:, :MULTILINGUAL_DIM]
    return np.asarray(part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), np.float32(1e-9)))


def mostly_han(text: str) -> bool:
    """Whether a text is Chinese more than anything else: one Han character weighs as much as three letters."""
    han = sum("㐀" <= character <= "鿿" for character in text)
    letters = sum(character.isascii() and character.isalpha() for character in text)
    return 3 * han > letters


def load_embedder(name: str, *, store: ModelStore, device: str) -> Embedder:
    """Load an embedder.

    Args:
        name: of the catalogue, a folder, or a Hugging Face id; empty: the default. The folder of a tuned embedder
            gives the pair with that one in place of its base.
        store: where packaged models lie.
        device: `auto`, `cpu`, `cuda` or `mps`.

    Raises:
        ModelMissing, ModelDamaged: with the command that mends it.
    """
    name = name or DEFAULT_EMBEDDER
    if name == PAIR:
        return _pair(None, store, device)
    if is_tuned(Path(name)):
        return _pair(read_tuned(Path(name)), store, device)
    return SentenceTransformerEmbedder(index_name(name), load_model(name, store=store, device=device))


def tuned_name(tuned: TunedEmbedder) -> str:
    """What the index is called of the pair with a tuned embedder in it."""
    return f"{PAIR}{TUNED}{tuned.digest}"


def load_model(name: str, *, store: ModelStore, device: str) -> "SentenceTransformer":
    """The model behind a single embedder; for arguments and errors see `load_embedder`."""
    where = None if device == "auto" else device
    if name == MULTILINGUAL or _is_universal(Path(name)):
        folder = store.path(name) if name == MULTILINGUAL else Path(name)
        from knowledge.embedding_universal import load_universal_encoder

        return load_universal_encoder(folder, device=where)
    return _load(name, store, where)


def _pair(tuned: TunedEmbedder | None, store: ModelStore, device: str) -> PairEmbedder:
    """Both packaged embedders, one of them tuned."""
    both = (MULTILINGUAL, ENGLISH)
    if tuned is not None and tuned.base not in both:
        raise ModelDamaged(
            f"The tuned embedder in {str(tuned.folder)!r} belongs to {tuned.base!r}, expected {' or '.join(both)}; "
            "run again: shopclerk train embedder"
        )
    embedders = []
    for name in both:
        model = load_model(name, store=store, device=device)
        if tuned is not None and tuned.base == name:
            tuned.add_to(model)
        embedders.append(SentenceTransformerEmbedder(name, model))
    return PairEmbedder(*embedders, name=PAIR if tuned is None else tuned_name(tuned))


def _load(name: str, store: ModelStore, device: str | None) -> "SentenceTransformer":
    path = str(store.path(name)) if name in CATALOGUE else name
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # it would draw its own bar across ours
    try:
        return SentenceTransformer(path, device=device)
    except (OSError, ValueError) as error:
        raise ModelMissing(
            f"The embedder {name!r} cannot be loaded ({str(error).splitlines()[0]}); expected one of {PAIR}, "
            f"{MULTILINGUAL}, {ENGLISH}, a folder, or a Hugging Face id that can be reached."
        ) from error


def _is_universal(folder: Path) -> bool:
    """Whether a folder holds our multilingual encoder as saved after training."""
    modules = folder / "modules.json"
    return modules.is_file() and "knowledge.embedding_universal." in modules.read_text("utf-8")


def index_name(name: str) -> str:
    """The last part of a folder or hub id."""
    return Path(name).name or name
