"""A file replaced as a whole: whatever happens meanwhile, there is the old one or the new one."""

import os
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Write a text beside a file, then put it in the file's place.

    Raises:
        OSError: the disk does not take it; the old file is as it was.
    """
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)
