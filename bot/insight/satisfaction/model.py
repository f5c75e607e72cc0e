"""Satisfaction: predicts from a conversation what many raters would say, with a linear model in one small file."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.insight.satisfaction.traits import BLOCK_WEIGHTS, COUNTED_WEIGHT, blocks, counted
from bot.insight.scoring.talk import Talk
from knowledge.errors import ModelDamaged

SHIPPED = Path(__file__).parents[1] / "models_trained/satisfaction"
WEIGHTS = "model.safetensors"
LEAST, MOST = -2.0, 2.0


@dataclass(frozen=True)
class SatisfactionWeights:
    """What was learned: by block the n-grams' weights, (5, 2 ** 17), those of what is counted, (15,), a constant."""

    grams: np.ndarray
    counted: np.ndarray
    constant: float


class Satisfaction:
    """The model; safe to call from several threads.

    Args:
        weights: what was learned.
        version: changes with the weights.
    """

    def __init__(self, weights: SatisfactionWeights, *, version: str) -> None:
        self._weights, self.version = weights, version

    def satisfaction(self, talk: Talk) -> float:
        """Predicted mean of many raters, -2 to 2."""
        total = self._weights.constant + COUNTED_WEIGHT * float(counted(talk) @ self._weights.counted)
        for weight, table, found in zip(BLOCK_WEIGHTS, self._weights.grams, blocks(talk), strict=True):
            total += weight * float(table[found].sum()) / max(1.0, len(found) ** 0.5)
        return min(MOST, max(LEAST, total))


def load_satisfaction(folder: Path = SHIPPED) -> Satisfaction:
    """The model in a folder.

    Raises:
        ModelDamaged: it is not whole.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays = load_file(folder / WEIGHTS)
        grams = arrays["grams"].astype(np.float32) * arrays["grams_scale"][:, None]
        weights = SatisfactionWeights(grams, arrays["counted"], float(arrays["constant"][0]))
        version = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()[:12]
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelDamaged(
            f"The satisfaction model in {str(folder)!r} cannot be read ({str(error).splitlines()[0]}); "
            "install shopclerk again."
        ) from error
    return Satisfaction(weights, version=version)


def write_satisfaction(weights: SatisfactionWeights, folder: Path) -> None:
    """Write the weights, whole or not at all; n-grams in one byte each."""
    from safetensors.numpy import save_file

    scale = np.maximum(np.abs(weights.grams).max(axis=1), 1e-12).astype(np.float32) / 127
    arrays = {
        "grams": np.rint(weights.grams / scale[:, None]).astype(np.int8),
        "grams_scale": scale,
        "counted": weights.counted.astype(np.float32),
        "constant": np.array([weights.constant], dtype=np.float32),
    }
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{WEIGHTS}.part"
    save_file(arrays, unfinished)
    unfinished.replace(folder / WEIGHTS)
