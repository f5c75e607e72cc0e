"""Adapters: small tuned weights that are added to a base model's own when it is loaded."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.answering.adapter_shelf import AdapterShelf
from bot.answering.base_fingerprint import base_fingerprint
from knowledge.errors import AdapterMismatch, ModelDamaged, ModelMissing

if TYPE_CHECKING:
    import torch

NONE = "none"
"""The setting for a base model as it is."""

CONFIG, WEIGHTS, FIGURES = "adapter_config.json", "adapter_model.safetensors", "figures.json"
_PREFIX = "base_model.model."


@dataclass(frozen=True)
class Adapter:
    """An adapter that lies ready.

    Attributes:
        scale: what the product of its two matrices is multiplied by.
        base: name of the model it was trained on.
        fingerprint: of that model's weights.
    """

    folder: Path
    scale: float
    base: str
    fingerprint: str

    def add_to(self, model: Any) -> None:
        """Add W + scale · B·A to each tuned matrix (Hu et al. 2021), in float32 before it is rounded again.

        Done here and not by PEFT, whose import alone takes longer than all of this.

        Raises:
            ModelDamaged: the adapter's weights cannot be read.
            AdapterMismatch: it tunes what the model has not, or in other shapes.
        """
        import torch

        tuned = dict(model.named_parameters())
        with torch.no_grad():
            for name, down, up in self.pairs():
                target = tuned.get(name)
                if target is None or target.shape != (up.shape[0], down.shape[1]):
                    raise self.misfit(f"{name} has no counterpart of its shape")
                target += self._product(up, down).to(target)

    def pairs(self) -> Iterator[tuple[str, "torch.Tensor", "torch.Tensor"]]:
        """Each tuned matrix's name in the base, its A (rank, columns) and its B (rows, rank).

        Raises:
            ModelDamaged: the adapter's weights cannot be read.
        """
        from safetensors.torch import load_file

        try:
            weights = load_file(self.folder / WEIGHTS)
            downs = [name for name in weights if ".lora_A." in name]
            ups = [weights[name.replace(".lora_A.", ".lora_B.")] for name in downs]
        except Exception as error:
            raise ModelDamaged(f"The adapter in {str(self.folder)!r} cannot be read ({error}).") from error
        for name, up in zip(downs, ups, strict=True):
            yield name.removeprefix(_PREFIX).replace(".lora_A.", "."), weights[name], up

    def _product(self, up: "torch.Tensor", down: "torch.Tensor") -> "torch.Tensor":
        return (up.float() @ down.float()) * self.scale

    def misfit(self, reason: str) -> AdapterMismatch:
        """The error of an adapter that was trained on another base."""
        return AdapterMismatch(
            f"The adapter in {str(self.folder)!r} does not fit this generator ({reason}): it was trained on "
            f"{self.base}. Train one for this generator (shopclerk train generator), or set SHOPCLERK_ADAPTER=none."
        )


def find_adapter(setting: str, *, generator: str, weights: Path, home: Path) -> Adapter | None:
    """The adapter to load with a base model.

    Args:
        setting: `none`, a folder, or empty for the adopted one, else the shipped one, of this generator.
        generator: what the settings call the base.
        weights: folder of the base's safetensors, or its GGUF file.
        home: where adopted adapters lie.

    Raises:
        ModelMissing: the folder holds no adapter.
        ModelDamaged: it cannot be read.
        AdapterMismatch: it was trained on other weights.
    """
    if setting == NONE:
        return None
    folder = Path(setting) if setting else current_adapter(generator, home)
    if folder is None:
        return None
    adapter = read_adapter(folder)
    found = base_fingerprint(weights)
    if found != adapter.fingerprint:
        raise adapter.misfit(f"the weights of {generator} are others")
    return adapter


def current_adapter(generator: str, home: Path) -> Path | None:
    """The folder of the adapter that is in use for a base: adopted here, or shipped; None where there is neither."""
    return AdapterShelf(home, generator).current() or shipped_adapter(generator)


def shipped_adapter(generator: str) -> Path | None:
    """The folder of the adapter that comes with this package."""
    if Path(generator).name != generator:
        return None
    folder = Path(str(files("bot.learning"))) / "adapters" / generator
    return folder if (folder / CONFIG).is_file() else None


def read_adapter(folder: Path) -> Adapter:
    """What an adapter's files say of it.

    Raises:
        ModelMissing: there is no adapter in the folder.
        ModelDamaged: its files cannot be read, or it is of a kind that cannot be added to a base.
    """
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        figures = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
        rank, alpha, kind = int(config["r"]), float(config["lora_alpha"]), config["peft_type"]
        base, fingerprint = str(figures["base"]), str(figures["base_fingerprint"])
    except FileNotFoundError as error:
        raise ModelMissing(
            f"The folder {str(folder)!r} holds no adapter; expected {CONFIG}, {WEIGHTS} and {FIGURES}. Set "
            "SHOPCLERK_ADAPTER to a folder that shopclerk train generator made, or to none."
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelDamaged(f"The adapter in {str(folder)!r} cannot be read ({error!r}).") from error
    if kind != "LORA" or config.get("use_dora") or config.get("bias", "none") != "none":
        raise ModelDamaged(f"The adapter in {str(folder)!r} is of another kind than plain LoRA; expected that.")
    scale = alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)
    return Adapter(folder, scale, base, fingerprint)
