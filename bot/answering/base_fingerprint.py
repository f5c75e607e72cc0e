"""Which base weights lie somewhere: an adapter fits only those it was trained on."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.answering.gguf_file import GgufFile
from knowledge.errors import ModelDamaged

ROWS = 2
COLUMNS = 2 * ROWS


def base_fingerprint(weights: Path) -> str:
    """A short hash of names, shapes and first rows of all matrices.

    Of the values and not of the files, which another version of a library may write otherwise; and of a few rows only,
    since it is asked for at each start. A GGUF file has the fingerprint of the safetensors that it is converted to.

    Args:
        weights: a folder of safetensors, or a GGUF file.

    Raises:
        ModelDamaged: there are no weights that can be read.
    """
    said = _said_by_gguf(weights) if weights.is_file() else _said_by_safetensors(weights)
    return hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()[:16]


def _said_by_safetensors(folder: Path) -> Iterator[str]:
    from safetensors import safe_open

    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ModelDamaged(f"The folder {str(folder)!r} holds no safetensors; expected a model's weights.")
    for file in files:
        try:
            with safe_open(file, framework="pt") as weights:
                for name in weights.keys():  # noqa: SIM118  # it is no mapping
                    part = weights.get_slice(name)
                    shape = part.get_shape()
                    if len(shape) == 2:
                        yield _line(name, shape, part[:ROWS, :COLUMNS].float().flatten().tolist())
        except Exception as error:
            raise ModelDamaged(f"{str(file)!r} cannot be read ({error}); fetch or convert the model again.") from error


def _said_by_gguf(path: Path) -> Iterator[str]:
    import torch

    file = GgufFile.read(path)
    for matrix in file.matrices:
        try:
            values = torch.from_numpy(file.beginning(matrix, ROWS, COLUMNS))
        except (OSError, ValueError, IndexError) as error:
            raise ModelDamaged(
                f"{path.name} is cut off or damaged at {matrix.name} ({error}); run: shopclerk models fetch "
                f"{path.parent.name}"
            ) from error
        yield _line(matrix.twin or matrix.name, matrix.shape, values.bfloat16().flatten().tolist())


def _line(name: str, shape: Sequence[int], values: Sequence[float]) -> str:
    return f"{name} {list(shape)} {' '.join(f'{value:.5g}' for value in values)}"
