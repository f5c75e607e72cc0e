"""TunedEmbedder: a packaged embedder with what `shopclerk train embedder` added to its weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import ModelDamaged

if TYPE_CHECKING:
    from torch import Tensor, nn

DESCRIPTION, WEIGHTS, FIGURES = "model.json", "difference.safetensors", "figures.json"
DOWN, UP = ".down", ".up"
"""Ends of the names of a difference's two matrices, of which the larger is the product: `up @ down`."""

_MADE_BY = "shopclerk train embedder"


@dataclass(frozen=True)
class TunedEmbedder:
    """A folder that the training wrote.

    Attributes:
        folder: that holds the difference.
        base: the packaged embedder that it belongs to.
        digest: of the difference; part of the index's name, so that no vectors of other weights are compared with its.
        scale: what the products are multiplied by.
    """

    folder: Path
    base: str
    digest: str
    scale: float

    def add_to(self, model: "nn.Module") -> None:
        """Add the difference to the base's weights.

        Raises:
            ModelDamaged: it cannot be read, or does not fit.
        """
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            difference = load_file(self.folder / WEIGHTS)
            weights = dict(model.named_parameters())
            with torch.no_grad():
                for name, product in _products(difference, self.scale):
                    weights[name].add_(product.to(weights[name]))
        except (OSError, KeyError, RuntimeError, SafetensorError) as error:
            raise _damaged(self.folder, error) from error


def is_tuned(folder: Path) -> bool:
    """Whether a folder is one of a tuned embedder."""
    return (folder / DESCRIPTION).is_file() and (folder / WEIGHTS).is_file()


def read_tuned(folder: Path) -> TunedEmbedder:
    """What a folder says about itself; the difference stays unread.

    Raises:
        ModelDamaged: it says nothing that can be used.
    """
    try:
        said = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        return TunedEmbedder(folder, str(said["base"]), str(said["digest"]), float(said["scale"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, error) from error


def _products(difference: "Mapping[str, Tensor]", scale: float) -> "list[tuple[str, Tensor]]":
    """Each changed weight's name, and what is added to it."""
    return [
        (name.removesuffix(DOWN), difference[name.removesuffix(DOWN) + UP].float() @ down.float() * scale)
        for name, down in difference.items()
        if name.endswith(DOWN)
    ]


def _damaged(folder: Path, error: Exception) -> ModelDamaged:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return ModelDamaged(
        f"The tuned embedder in {str(folder)!r} cannot be loaded ({reason}); run again: {_MADE_BY}, "
        "or set SHOPCLERK_EMBEDDER to nothing for the built-in one."
    )
