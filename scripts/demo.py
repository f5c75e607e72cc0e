"""The demo shop that comes with the project, and whether a HOME has this copy of it."""

import hashlib
from importlib.resources import files
from pathlib import Path

DEMO_SHOP = "demo"

_NOTE = "demo_shop.sha256"


def demo_folder() -> Path:
    """The files of the demo shop."""
    return Path(str(files("knowledge"))) / "demo_shop"


def demo_reviews() -> Path:
    """What shoppers of the demo shop wrote about its products; apart from its files, which are what it knows."""
    return Path(str(files("bot.insight.reviews"))) / "demo.csv"


def demo_is_current(home: Path) -> bool:
    """Whether the demo shop was published here as it is in this copy of the project."""
    try:
        return (home / _NOTE).read_text(encoding="ascii") == _hash_of(demo_folder())
    except OSError:
        return False


def remember_demo(home: Path) -> None:
    """Note which demo shop was published."""
    (home / _NOTE).write_text(_hash_of(demo_folder()), encoding="ascii")


def _hash_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
