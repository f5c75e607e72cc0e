"""Where a generator's weights lie, in a form that transformers loads in seconds: GGUF is converted once."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from knowledge.errors import ModelDamaged, ModelMissing
from knowledge.weights import CATALOGUE, ModelStore

CONVERTED = "safetensors"
RECORD = "conversion.json"


def generator_weights(name: str, store: ModelStore) -> str:
    """What transformers can load for a setting: a folder, or the Hugging Face id as it is.

    Args:
        name: a packaged model, a folder of safetensors or GGUF, or a Hugging Face id.
        store: where packaged models lie.

    Raises:
        ModelMissing, ModelDamaged: with the command that mends it.
    """
    if name in CATALOGUE:
        return str(_loadable(store.path(name)))
    if Path(name).is_dir():
        return str(_loadable(Path(name)))
    if name.count("/") == 1 and not name.startswith((".", "/")):
        return name
    return str(store.path(name))  # raises: no such model


def _loadable(folder: Path) -> Path:
    if (folder / "config.json").exists():
        return folder
    ggufs = sorted(folder.glob("*.gguf"))
    if not ggufs:
        raise ModelMissing(f"The folder {str(folder)!r} holds no model; expected config.json with weights, or *.gguf.")
    return converted(ggufs[0])


def converted(gguf: Path) -> Path:
    """The folder of safetensors made from a GGUF file, beside it; made when missing, stale or cut off.

    A conversion that is killed leaves nothing that would be taken for whole; two at once make one.

    Raises:
        ModelDamaged: the file cannot be read as a model.
    """
    target = gguf.parent / CONVERTED
    if not _whole(target, gguf):
        with FileLock(gguf.parent / f".{CONVERTED}.lock"):
            if not _whole(target, gguf):
                _convert(gguf, target)
    return target


def _whole(target: Path, gguf: Path) -> bool:
    """Whether the record, written last, fits the GGUF file and every converted file by size."""
    try:
        record = json.loads((target / RECORD).read_text())
        sizes = {file: (target / file).stat().st_size for file in record["files"]}
    except (OSError, ValueError, KeyError):
        return False
    return bool(record["source"] == gguf.name and record["bytes"] == gguf.stat().st_size and record["files"] == sizes)


def _convert(gguf: Path, target: Path) -> None:
    for leftover in gguf.parent.glob(f".{CONVERTED}-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=gguf.parent, prefix=f".{CONVERTED}-") as scratch:
        fresh = Path(scratch) / CONVERTED
        try:
            _save_as_safetensors(gguf, fresh)
        except OSError as error:
            raise ModelDamaged(f"{gguf.name} could not be converted in {str(gguf.parent)!r}: {error}.") from error
        except Exception as error:
            raise ModelDamaged(
                f"{gguf.name} cannot be read as a model ({error}); run: shopclerk models fetch {gguf.parent.name}"
            ) from error
        sizes = {path.name: path.stat().st_size for path in sorted(fresh.iterdir())}
        record = {"source": gguf.name, "bytes": gguf.stat().st_size, "files": sizes}
        (fresh / RECORD).write_text(json.dumps(record, indent=1))
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)


def _save_as_safetensors(gguf: Path, folder: Path) -> None:
    """Unpacked to bfloat16: half of float32's size, and finer than the 4-bit steps that the file holds."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    with quiet_transformers():
        model = AutoModelForCausalLM.from_pretrained(
            gguf.parent,
            gguf_file=gguf.name,
            quantization_config=GgufConfig(dequantize=True),  # left packed, it can be neither saved nor trained
            dtype=torch.bfloat16,
            local_files_only=True,
        )
        tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name, local_files_only=True)
        # The record of how it was read would make a plain load look for the GGUF file again.
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)


@contextlib.contextmanager
def quiet_transformers() -> Iterator[None]:
    """No progress bars of another library in between our own."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
