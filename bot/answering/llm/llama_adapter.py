"""An adapter as llama.cpp reads it: written once for each adapter and base, beside the home's other files."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock

from bot.answering.adapters import WEIGHTS, Adapter
from bot.answering.gguf_file import GgufFile, GgufMatrix
from knowledge.errors import ModelDamaged

if TYPE_CHECKING:
    Values = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

FOLDER = "llama"
_KEPT_IN = np.float16  # finer than the bfloat16 that adapters are trained in, and half of float32's bytes a token
_LAYOUT = 1  # of the files written here; another one makes them anew


def llama_adapter(adapter: Adapter, base: GgufFile, home: Path) -> Path:
    """The GGUF file of an adapter; made when missing, damaged, or when the adapter or its base has changed.

    One that is killed on the way leaves nothing that would be taken for whole; two processes at once make one. Files
    of earlier adapters of this base are removed.

    Args:
        adapter: known to fit the base.
        base: the weights that it is added to.
        home: where it is kept, in the folder `llama`.

    Raises:
        ModelDamaged: the adapter cannot be read, or the file cannot be written.
        AdapterMismatch: it tunes what the base has not, or in other shapes.
    """
    folder = home / FOLDER
    name = Path(adapter.base).name
    target = folder / f"{name}-{_key(adapter, base)}.gguf"
    try:
        if _whole(target):
            return target
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{name}.lock"):
            if not _whole(target):
                _write(adapter, base, target)
                _remove_others(target, name)
    except OSError as error:
        raise ModelDamaged(
            f"The tuned weights could not be written for llama.cpp in {str(folder)!r} ({error.strerror or error}); "
            "free some space there, or set SHOPCLERK_ENGINE=torch."
        ) from error
    return target


def _key(adapter: Adapter, base: GgufFile) -> str:
    """Names the very adapter on the very base."""
    try:
        weights = hashlib.sha256((adapter.folder / WEIGHTS).read_bytes()).hexdigest()
    except OSError as error:
        raise ModelDamaged(f"The adapter in {str(adapter.folder)!r} cannot be read ({error}).") from error
    said = json.dumps([_LAYOUT, weights, adapter.scale, adapter.fingerprint, base.architecture])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _seal(path: Path) -> Path:
    """The file that holds a GGUF file's hash; it is put in place last."""
    return path.with_suffix(".sha256")


def _whole(path: Path) -> bool:
    try:
        return _seal(path).read_text() == hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, UnicodeDecodeError):
        return False


def _write(adapter: Adapter, base: GgufFile, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".writing-") as scratch:
        fresh = Path(scratch) / target.name
        _save(adapter, base, fresh)
        _seal(fresh).write_text(hashlib.sha256(fresh.read_bytes()).hexdigest())
        os.replace(fresh, target)
        os.replace(_seal(fresh), _seal(target))


def _save(adapter: Adapter, base: GgufFile, path: Path) -> None:
    from gguf import GGUFType, GGUFWriter, Keys

    writer = GGUFWriter(path, base.architecture)
    writer.add_type(GGUFType.ADAPTER)
    writer.add_string(Keys.Adapter.TYPE, "lora")
    writer.add_float32(Keys.Adapter.LORA_ALPHA, 1.0)
    for matrix, down, up in _pairs(adapter, base):
        # llama.cpp scales by alpha over rank: with an alpha of 1 the rank and our own scale go into the matrix.
        scaled = up[matrix.order()] * (adapter.scale * down.shape[0])
        writer.add_tensor(f"{matrix.name}.lora_a", np.ascontiguousarray(down.astype(_KEPT_IN)))
        writer.add_tensor(f"{matrix.name}.lora_b", np.ascontiguousarray(scaled.astype(_KEPT_IN)))
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def _pairs(adapter: Adapter, base: GgufFile) -> Iterator[tuple[GgufMatrix, "Values", "Values"]]:
    """Each tuned matrix with its down (rank, columns) and up (rows, rank)."""
    for name, down, up in adapter.pairs():
        matrix = base.by_twin.get(name)
        if matrix is None or matrix.shape != (up.shape[0], down.shape[1]):
            raise adapter.misfit(f"{name} has no counterpart of its shape")
        yield matrix, down.float().numpy(), up.float().numpy()


def _remove_others(target: Path, name: str) -> None:
    for path in target.parent.glob(f"{name}-*"):
        if path.stem != target.stem:
            path.unlink(missing_ok=True)
