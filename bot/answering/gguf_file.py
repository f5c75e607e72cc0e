"""GgufFile: what a GGUF file says of its model, and single rows of its weights, without reading the whole."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np

from knowledge.errors import ModelDamaged

MAGIC = b"GGUF"
_ARRAY, _STRING, _BOOL = 9, 8, 7
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_PARTS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_TABLES = {"token_embd.weight": "model.embed_tokens.weight", "output.weight": "lm_head.weight"}
_INTERLEAVED = {"attn_q": "head_count", "attn_k": "head_count_kv"}


@dataclass(frozen=True)
class GgufMatrix:
    """One matrix of weights.

    Attributes:
        name: in the file.
        twin: what transformers calls it; empty where that is not known.
        shape: rows and columns.
        kind: number of the format its rows are packed in.
        offset: of its first byte in the file.
        halves: of Llama's queries and keys, how many heads they are of; their rows lie in another order than in
            transformers: a head's first half and second half by turns. 0 for all others.
    """

    name: str
    twin: str
    shape: tuple[int, int]
    kind: int
    offset: int
    halves: int = 0

    def order(self) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """For each row of the file its place in transformers' matrix."""
        rows = np.arange(self.shape[0])
        if not self.halves:
            return rows
        return rows.reshape(self.halves, 2, -1).swapaxes(1, 2).reshape(-1)


@dataclass(frozen=True)
class GgufFile:
    """The header of a GGUF file.

    Attributes:
        fields: the single values that it holds, by their names in the file; lists are left out.
        matrices: all weights of two dimensions.
    """

    path: Path
    fields: Mapping[str, object]
    matrices: tuple[GgufMatrix, ...]

    @classmethod
    def read(cls, path: Path) -> "GgufFile":
        """Read the header.

        Raises:
            ModelDamaged: it is no GGUF file, or is cut off.
        """
        try:
            with path.open("rb") as file:
                return cls._read(path, _Reader(file))
        except (OSError, struct.error, ValueError, KeyError, OverflowError, MemoryError) as error:
            raise ModelDamaged(
                f"{path.name} cannot be read as a GGUF model ({error}); run: shopclerk models fetch {path.parent.name}"
            ) from error

    @classmethod
    def _read(cls, path: Path, reader: "_Reader") -> "GgufFile":
        if reader.take(4) != MAGIC:
            raise ValueError("it does not begin with the letters GGUF")
        reader.number("I")  # version; 2 and 3 are laid out alike
        tensors, count = reader.number("Q"), reader.number("Q")
        fields = dict(reader.field() for _ in range(count))
        described = [reader.tensor() for _ in range(tensors)]
        step = int(str(fields.get("general.alignment", 32)))
        start = -(-reader.place // step) * step
        matrices = tuple(_matrix(*one, start=start, fields=fields) for one in described if len(one[1]) == 2)
        return cls(path, {name: value for name, value in fields.items() if value is not None}, matrices)

    @property
    def architecture(self) -> str:
        """The family of models, as llama.cpp calls it."""
        return str(self.fields.get("general.architecture", ""))

    @property
    def chat_template(self) -> str:
        """The template for conversations; empty for a base model."""
        return str(self.fields.get("tokenizer.chat_template", ""))

    @property
    def longest(self) -> int:
        """Tokens that the model reads at once."""
        return int(str(self.fields.get(f"{self.architecture}.context_length", 2048)))

    @cached_property
    def by_twin(self) -> Mapping[str, GgufMatrix]:
        """The matrices by the names that transformers gives them."""
        return {matrix.twin: matrix for matrix in self.matrices if matrix.twin}

    def beginning(
        self, matrix: GgufMatrix, rows: int, columns: int
    ) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        """The first values of a matrix's first rows, in transformers' order of them."""
        from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize

        kind = GGMLQuantizationType(matrix.kind)
        block, size = GGML_QUANT_SIZES[kind]
        width = matrix.shape[1] // block * size
        order = matrix.order().tolist()
        found = []
        with self.path.open("rb") as file:
            for row in range(min(rows, matrix.shape[0])):
                file.seek(matrix.offset + order.index(row) * width)
                found.append(dequantize(np.frombuffer(file.read(width), dtype=np.uint8), kind)[:columns])
        return np.stack(found).astype(np.float32)


def _matrix(
    name: str, shape: tuple[int, ...], kind: int, offset: int, *, start: int, fields: Mapping[str, object]
) -> GgufMatrix:
    twin, halves = _TABLES.get(name, ""), 0
    pieces = name.split(".")
    if len(pieces) == 4 and pieces[0] == "blk" and pieces[2] in _PARTS:
        twin = f"model.layers.{pieces[1]}.{_PARTS[pieces[2]]}.{pieces[3]}"
        # Only Llama's own kind is stored so (`permute` in llama.cpp's conversion).
        if fields.get("general.architecture") == "llama" and pieces[2] in _INTERLEAVED:
            halves = int(str(fields[f"llama.attention.{_INTERLEAVED[pieces[2]]}"]))
    columns, rows = shape
    return GgufMatrix(name, twin, (rows, columns), kind, start + offset, halves)


class _Reader:
    """Reads a header value by value."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    @property
    def place(self) -> int:
        return self._file.tell()

    def take(self, count: int) -> bytes:
        taken = self._file.read(count)
        if len(taken) != count:
            raise ValueError("it is cut off")
        return taken

    def number(self, kind: str) -> int:
        return int(struct.unpack(f"<{kind}", self.take(struct.calcsize(kind)))[0])

    def text(self) -> str:
        return self.take(self.number("Q")).decode("utf-8", errors="replace")

    def field(self) -> tuple[str, object]:
        name = self.text()
        return name, self._value(self.number("I"))

    def tensor(self) -> tuple[str, tuple[int, ...], int, int]:
        name = self.text()
        shape = tuple(self.number("Q") for _ in range(self.number("I")))
        return name, shape, self.number("I"), self.number("Q")

    def _value(self, kind: int) -> object:
        """A single value; None for a list, which is passed over."""
        if kind == _ARRAY:
            self._pass_over(self.number("I"), self.number("Q"))
            return None
        if kind == _STRING:
            return self.text()
        letter = _NUMBERS[kind]
        return struct.unpack(f"<{letter}", self.take(struct.calcsize(letter)))[0]

    def _pass_over(self, kind: int, count: int) -> None:
        if kind == _STRING:
            for _ in range(count):
                self.take(self.number("Q"))
        elif kind == _ARRAY:
            for _ in range(count):
                self._value(_ARRAY)
        else:
            self.take(count * struct.calcsize(_NUMBERS[kind]))
