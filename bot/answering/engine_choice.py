"""Which engine runs a generator's weights: llama.cpp where it is quicker, else torch."""

import platform
from importlib.util import find_spec
from pathlib import Path

from bot.settings import Settings
from knowledge.errors import ModelMissing
from knowledge.weights import CATALOGUE, ModelStore

LLAMA, TORCH, SERVER, NONE = "llama", "torch", "server", "none"


def chosen_engine(settings: Settings) -> str:
    """`llama`, `torch`, `server` or `none`: what would run, by the settings and this machine, with nothing loaded.

    Left to itself it is llama.cpp for packaged GGUF models on a CPU: there it writes about twice as fast as torch,
    and answers that come together gain from one another.

    Raises:
        ModelMissing: the settings ask for llama.cpp, and it cannot run here or not these weights.
    """
    if settings.generator_url:
        return SERVER
    if settings.generator == NONE:
        return NONE
    if settings.engine == TORCH:
        return TORCH
    hindrance = _hindrance(settings)
    if settings.engine == LLAMA and hindrance:
        raise ModelMissing(f"SHOPCLERK_ENGINE is llama, but {hindrance}; set it to auto or torch.")
    return TORCH if hindrance else LLAMA


def gguf_file(settings: Settings, store: ModelStore) -> Path:
    """The GGUF file of a generator that llama.cpp runs.

    Raises:
        ModelMissing, ModelDamaged: with the command that mends it.
    """
    folder = store.path(settings.generator) if settings.generator in CATALOGUE else Path(settings.generator)
    return sorted(folder.glob("*.gguf"))[0]


def pick_device(wanted: str) -> str:
    """`auto` to the best there is: CUDA, then MPS, then the CPU."""
    import torch

    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _hindrance(settings: Settings) -> str:
    """Why llama.cpp cannot run this generator here; empty where it can."""
    if not find_spec("xllamacpp"):
        return "the package xllamacpp is not installed"
    if not _instructions():
        return "this processor lacks AVX2, which the package xllamacpp is built for"
    if (device := pick_device(settings.device)) != "cpu":
        return f"it runs on the CPU here and SHOPCLERK_DEVICE gives {device}"
    packaged = settings.generator in CATALOGUE
    # A folder of one's own may hold GGUF and safetensors; only who asks for llama.cpp gets the GGUF.
    if not packaged and (settings.engine != LLAMA or not any(Path(settings.generator).glob("*.gguf"))):
        return f"{settings.generator!r} is no packaged model and no folder with a GGUF file"
    return ""


def _instructions() -> bool:
    """Whether this processor knows what the wheel was compiled for."""
    import torch

    return platform.machine() not in ("x86_64", "AMD64") or torch.cpu._is_avx2_supported()
