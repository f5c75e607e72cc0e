"""Which language a text or a file is in."""

import re
from pathlib import PurePath

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_SUFFIX = re.compile(r"[._-](en|zh)(?:[-_](?:cn|tw|hk|us|gb|hans|hant))?$", re.IGNORECASE)


def detect_language(text: str) -> str:
    """`zh` when at least as much of it is Han characters as Latin words, else `en`."""
    sample = text[:5000]
    han = len(_HAN.findall(sample))
    # A Chinese word has about two characters, and Chinese pages are full of Latin brand names.
    return "zh" if han and han >= len(_LATIN_WORD.findall(sample)) else "en"


def language_of_name(name: str) -> str | None:
    """As in `returns.zh.md` or `returns_zh-CN.md`; None when the name does not say."""
    found = _SUFFIX.search(PurePath(name).stem)
    return found[1].lower() if found else None


def as_language(code: str) -> str | None:
    """`en` or `zh` from a code such as `zh-CN`; None for anything else."""
    short = code.strip().lower().replace("_", "-").split("-")[0]
    return short if short in ("en", "zh") else None
