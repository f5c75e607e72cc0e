"""SentimentWeights: what training makes and the classifier reads, in one folder of two files."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import ModelDamaged

SHIPPED = Path(__file__).parents[1] / "models_trained/sentiment"
WEIGHTS, DESCRIPTION = "model.safetensors", "model.json"
ASPECT_BITS = 16
"""N-grams that name aspects are fewer than those that carry feelings."""


@dataclass(frozen=True)
class Blend:
    """How the parts' verdicts are weighed for one kind of script: (n_parts, 3) and (3,); its logits are calibrated."""

    weight: np.ndarray
    constant: np.ndarray


@dataclass(frozen=True)
class SentimentWeights:
    """All that was learned.

    Attributes:
        version: changes with the content.
        encoder: tuned layers by name.
        head: (512 + 1, 3) from a vector, and one for the constant, to the labels' logits.
        grams: (2 ** 20, 3), the n-grams' weights, each times how rare the n-gram is.
        rarity: (2 ** 20,), how rare each is; the sum of weights goes by the length of the vector of these.
        blends: by kind of script, `han` and `latin`.
        aspect_head: (512 + 1, 8).
        aspect_grams: (2 ** 16, 8), the n-grams' weights; their sum goes by the root of their number.
        aspect_thresholds: (8,), the logit from which an aspect counts as spoken of.
        lexicon: English words and how glad each is.
    """

    version: str
    encoder: Mapping[str, np.ndarray]
    head: np.ndarray
    grams: np.ndarray
    rarity: np.ndarray
    blends: Mapping[str, Blend]
    aspect_head: np.ndarray
    aspect_grams: np.ndarray
    aspect_thresholds: np.ndarray
    lexicon: Mapping[str, float]


def version_of(folder: Path = SHIPPED) -> str:
    """The version of the weights in a folder, from their content.

    Raises:
        ModelDamaged: there are none.
    """
    try:
        return hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()[:12]
    except OSError as error:
        raise _damaged(folder, error) from error


def read_weights(folder: Path = SHIPPED) -> SentimentWeights:
    """The weights in a folder.

    Raises:
        ModelDamaged: they are not whole.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        described = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        arrays = load_file(folder / WEIGHTS)
        return SentimentWeights(
            version=version_of(folder),
            encoder={name.removeprefix("encoder."): a for name, a in arrays.items() if name.startswith("encoder.")},
            head=arrays["head"],
            grams=_unpacked(arrays, "grams"),
            rarity=_unpacked(arrays, "rarity")[:, 0],
            blends={
                kind: Blend(arrays[f"blend.{kind}.weight"], arrays[f"blend.{kind}.constant"])
                for kind in described["scripts"]
            },
            aspect_head=arrays["aspect_head"],
            aspect_grams=_unpacked(arrays, "aspect_grams"),
            aspect_thresholds=arrays["aspect_thresholds"],
            lexicon=described["lexicon"],
        )
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise _damaged(folder, error) from error


def write_weights(weights: SentimentWeights, folder: Path) -> None:
    """Write the weights, each file whole or not at all; `version` is taken from the content when they are read."""
    from safetensors.numpy import save_file

    arrays = {
        **{f"encoder.{name}": layer.astype(np.float16) for name, layer in weights.encoder.items()},
        "head": weights.head,
        "aspect_head": weights.aspect_head,
        "aspect_thresholds": weights.aspect_thresholds,
        **_packed("grams", weights.grams),
        **_packed("rarity", weights.rarity[:, None]),
        **_packed("aspect_grams", weights.aspect_grams),
    }
    for kind, blend in weights.blends.items():
        arrays |= {f"blend.{kind}.weight": blend.weight, f"blend.{kind}.constant": blend.constant}
    described: dict[str, Any] = {"scripts": sorted(weights.blends), "lexicon": dict(weights.lexicon)}
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{WEIGHTS}.part"
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, unfinished)
    unfinished.replace(folder / WEIGHTS)
    (folder / DESCRIPTION).write_text(json.dumps(described, ensure_ascii=False) + "\n", "utf-8")


def _packed(name: str, table: np.ndarray) -> dict[str, np.ndarray]:
    """A table in one byte a weight, and what the bytes stand for, column by column."""
    scale = np.maximum(np.abs(table).max(axis=0), 1e-12).astype(np.float32) / 127
    return {name: np.rint(table / scale).astype(np.int8), f"{name}_scale": scale}


def _unpacked(arrays: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    return np.asarray(arrays[name].astype(np.float32) * arrays[f"{name}_scale"])


def _damaged(folder: Path, error: Exception) -> ModelDamaged:
    return ModelDamaged(
        f"The sentiment model in {str(folder)!r} cannot be read ({str(error).splitlines()[0]}); "
        "install shopclerk again, or run: shopclerk train sentiment"
    )
