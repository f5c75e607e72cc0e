"""Difference: two texts side by side, word by word in English and character by character in Chinese."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_PIECE = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+|\s+|[^\w\s]")

How = Literal["same", "removed", "added"]


@dataclass(frozen=True)
class Piece:
    """A part of either text; in order they give both."""

    how: How
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """What was taken out of the one text and put into the other."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    return list(_pieces(old, new))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, begin, end, new_begin, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[begin:end]))
            continue
        if end > begin:
            yield Piece("removed", "".join(old[begin:end]))
        if new_end > new_begin:
            yield Piece("added", "".join(new[new_begin:new_end]))
