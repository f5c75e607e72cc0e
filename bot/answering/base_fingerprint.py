"""Which base weights lie in a folder: an adapter fits only those it was trained on."""

import hashlib
from pathlib import Path

from knowledge.errors import ModelDamaged

ROWS = 2


def base_fingerprint(folder: Path) -> str:
    """A short hash of names, shapes and first rows of all matrices.

    Of the values and not of the files, which another version of a library may write otherwise; and of a few rows only,
    since it is asked for at each start.

    Raises:
        ModelDamaged: there are no safetensors in the folder that can be read.
    """
    from safetensors import safe_open

    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ModelDamaged(f"The folder {str(folder)!r} holds no safetensors; expected a model's weights.")
    seen: list[str] = []
    for file in files:
        try:
            with safe_open(file, framework="pt") as weights:
                for name in weights.keys():  # noqa: SIM118  # it is no mapping
                    part = weights.get_slice(name)
                    shape = part.get_shape()
                    if len(shape) == 2:
                        values = part[:ROWS, : 2 * ROWS].float().flatten().tolist()
                        seen.append(f"{name} {shape} {' '.join(f'{value:.5g}' for value in values)}")
        except Exception as error:
            raise ModelDamaged(f"{str(file)!r} cannot be read ({error}); fetch or convert the model again.") from error
    return hashlib.sha256("\n".join(sorted(seen)).encode()).hexdigest()[:16]
