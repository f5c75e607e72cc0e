"""A folder replaced as a whole: whatever happens meanwhile, there is the old one or the new one."""

import shutil
from pathlib import Path


def put_folder(fresh: Path, target: Path) -> None:
    """Put a folder that is whole in the place of another, beside which it lies.

    Raises:
        OSError: it cannot be put there; the old one is as it was.
    """
    restore_folder(target)
    if target.exists():
        target.rename(_aside(target))
    try:
        fresh.rename(target)
    finally:
        restore_folder(target)


def restore_folder(target: Path) -> None:
    """Put back what `put_folder` had moved aside when it was killed; what is no longer needed goes."""
    aside = _aside(target)
    if target.exists():
        shutil.rmtree(aside, ignore_errors=True)
    elif aside.exists():
        aside.rename(target)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")
