"""Hashed n-grams: the short stretches of characters and words in a text, each a number below a power of two.

Method: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (2009); the hash is CRC-32, which is
the same on every machine.
"""

import re
import unicodedata
from itertools import pairwise
from zlib import crc32

import numpy as np

from knowledge.keywords import segmented

BITS = 20
LONGEST = 3  # characters
READ_CHARACTERS = 4000  # more would take longer and tell nothing new

_SPACES = re.compile(r"\s+")
_DIGITS = re.compile(r"\d+")


def plain(text: str) -> str:
    """The text as its n-grams are read: one width, lower case, numbers alike, at most 4,000 characters of both ends."""
    if len(text) > READ_CHARACTERS:
        text = text[: READ_CHARACTERS // 2] + text[-READ_CHARACTERS // 2 :]
    return _DIGITS.sub("0", _SPACES.sub(" ", unicodedata.normalize("NFKC", text).casefold().replace("’", "'"))).strip()


def grams(text: str, *, bits: int = BITS) -> np.ndarray:
    """The different n-grams of a text, (n_grams,), int64, each below 2 ** bits.

    They are stretches of one to three characters, words, and pairs of words with at most one other between them.
    """
    read = plain(text)
    framed = f"^{read}$"
    found = {
        framed[start : start + length] for length in range(1, LONGEST + 1) for start in range(len(framed) - length + 1)
    }
    words = ["<", *(word for word in segmented(read) if word.strip()), ">"]
    found.update(f"w {word}" for word in words)
    found.update(f"w {first} {second}" for first, second in pairwise(words))
    found.update(f"w {first} * {third}" for first, third in zip(words, words[2:], strict=False))
    mask = (1 << bits) - 1
    return np.fromiter({crc32(gram.encode("utf-8", "replace")) & mask for gram in found}, dtype=np.int64)
