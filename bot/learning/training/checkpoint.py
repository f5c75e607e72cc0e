"""Checkpoints: where a training stands, written so that a kill or a full disk leaves the one before it whole."""

import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import TrainingError
from knowledge.whole_folder import put_folder, restore_folder

if TYPE_CHECKING:
    import torch

FILE = "checkpoint.pt"


@dataclass
class Standing:
    """How far a training has come.

    Attributes:
        seconds: of training so far, over all of its runs.
        examples: seen so far.
        tokens: that went through the model, padding not counted.
        best: the lowest dev loss, and the step it was seen at.
        worse: looks at dev since then.
        kept: share of the weights begun from in the best ones.
        curve: points of step, seconds, train loss and dev loss (None between two looks).
    """

    step: int = 0
    seconds: float = 0.0
    examples: int = 0
    tokens: int = 0
    best: float = float("inf")
    best_step: int = 0
    worse: int = 0
    kept: float = 0.0
    curve: list[dict[str, float | None]] = field(default_factory=list)


def write_checkpoint(
    folder: Path, standing: Standing, masters: list["torch.Tensor"], optimizer: dict[str, Any], *, of: str
) -> None:
    """Replace the checkpoint of a folder.

    Args:
        folder: of the training.
        standing: how far it has come.
        masters: the tuned weights.
        optimizer: its state.
        of: names recipe and data, so that another training does not go on from it.

    Raises:
        TrainingError: the disk does not take it; the one before it is kept.
    """
    import torch

    buffer = io.BytesIO()  # torch's own writer does not say that a disk is full
    torch.save({"of": of, "standing": asdict(standing), "masters": masters, "optimizer": optimizer}, buffer)
    path = folder / FILE
    fresh = path.with_suffix(".new")
    with saving(folder):
        fresh.write_bytes(buffer.getbuffer())
        os.replace(fresh, path)


def read_checkpoint(folder: Path, *, of: str) -> tuple[Standing, list["torch.Tensor"], dict[str, Any]]:
    """What `write_checkpoint` wrote.

    Raises:
        TrainingError: there is none, it cannot be read, or it is of another training.
    """
    import torch

    path = folder / FILE
    if not path.exists():
        raise TrainingError(f"There is no training to resume in {str(folder)!r}; leave out --resume to begin one.")
    try:
        read = torch.load(path, weights_only=True)
        standing = Standing(**read["standing"])
    except Exception as error:
        raise TrainingError(f"{str(path)!r} cannot be read ({error}); leave out --resume to begin anew.") from error
    if read["of"] != of:
        raise TrainingError(
            f"{str(path)!r} is of a training with other settings or examples; give the same ones, or leave out "
            "--resume to begin anew."
        )
    return standing, read["masters"], read["optimizer"]


def forget_checkpoint(folder: Path) -> None:
    """Let no training go on from what an earlier one left."""
    (folder / FILE).unlink(missing_ok=True)


def replace_folder(target: Path, write: Callable[[Path], None]) -> None:
    """Have a folder written beside the old one, and put it in its place when it is whole.

    Raises:
        TrainingError: the disk does not take it; the old one is kept.
    """
    fresh = target.with_name(f".{target.name}.new")
    with saving(target.parent):
        restore_folder(target)
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        write(fresh)
        put_folder(fresh, target)


@contextmanager
def saving(folder: Path) -> Iterator[None]:
    """Turns what a full or closed disk does into one sentence."""
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) or type(error).__name__ == "SafetensorError":
            raise TrainingError(
                f"The training could not be saved in {str(folder)!r} ({error}); what was saved before is whole. "
                "Make room, then run the same command with --resume."
            ) from error
        raise
