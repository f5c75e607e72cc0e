"""How long the first and the second start take, with the models fetched."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.settings import Settings
from scripts.measurement import Measurement
from scripts.models import needed_models
from scripts.server_process import server_process


def measure(settings: Settings) -> Sequence[Measurement]:
    """From the command to the printed address, with every model loaded by then."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in needed_models(settings):
            shutil.copytree(settings.home / "models" / name, home / "models" / name, ignore=_converted)
        with server_process(home, "--set-up") as first:
            pass
        with server_process(home, "--set-up") as second:
            pass
    return [
        Measurement("first start: convert the generator, ingest the demo shop, load", first.seconds_to_start, "s"),
        Measurement("second start", second.seconds_to_start, "s"),
    ]


def _converted(_folder: str, names: list[str]) -> list[str]:
    """What the first start makes by itself, so that it has to."""
    return [name for name in names if name == "safetensors"]
