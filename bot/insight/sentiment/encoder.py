"""FeelingEncoder: the multilingual sentence encoder with layers tuned to hear feelings; texts to vectors."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from knowledge.embedding_universal import UniversalSentenceEncoder

DIM = 512
MOST_TOKENS = 120  # read of one text: how it begins, and twice as much of how it ends, where the verdict stands
TEXTS_AT_ONCE = 256


class TextEncoder(Protocol):
    """Turns texts into vectors that a linear head reads feelings from."""

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """(n_texts, dim), float32."""
        ...


class FeelingEncoder:
    """The tuned encoder; safe to call from several threads.

    Args:
        module: the packaged encoder with the tuned layers in their places.
    """

    def __init__(self, module: "UniversalSentenceEncoder") -> None:
        self.module = module.eval()

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """(n_texts, 512), float32, unit length; of a long text its beginning and its end are read."""
        if not texts:
            return np.zeros((0, DIM), dtype=np.float32)
        read = self.tokens(texts)
        order = sorted(range(len(texts)), key=lambda place: len(read[place]))
        found = np.empty((len(texts), DIM), dtype=np.float32)
        for start in range(0, len(order), TEXTS_AT_ONCE):
            places = order[start : start + TEXTS_AT_ONCE]
            found[places] = self._encode([read[place] for place in places])
        return found

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, at most 120."""
        tokenizer = self.module.tokenizer
        return [
            shortened([tokenizer.bos_id(), *(ids or [tokenizer.unk_id()]), tokenizer.eos_id()])
            for ids in tokenizer.encode(list(texts))
        ]

    def _encode(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        import torch

        with torch.inference_mode():
            features = {
                "input_ids": torch.tensor(list(chain.from_iterable(ids))),  # (n_tokens,)
                "lengths": torch.tensor([len(one) for one in ids]),  # (n_texts,)
            }
            return np.asarray(self.module(features)["sentence_embedding"].float().numpy())


def shortened(ids: list[int]) -> list[int]:
    """At most 120 ids: the first third of them, and the last ones."""
    if len(ids) <= MOST_TOKENS:
        return ids
    return ids[: MOST_TOKENS // 3] + ids[-(MOST_TOKENS - MOST_TOKENS // 3) :]


def load_encoder(packaged: Path, tuned: Mapping[str, np.ndarray]) -> FeelingEncoder:
    """The packaged encoder with tuned layers.

    Args:
        packaged: folder of the packaged weights.
        tuned: layers by their names in the module; others stay as they are.

    Raises:
        RuntimeError: a layer does not fit.
    """
    import torch

    from knowledge.embedding_universal import UniversalSentenceEncoder

    module = UniversalSentenceEncoder.from_package(packaged)
    state = {name: torch.from_numpy(np.asarray(layer, dtype=np.float32)) for name, layer in tuned.items()}
    module.load_state_dict(state, strict=False)
    return FeelingEncoder(module)
