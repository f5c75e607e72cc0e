"""Bytes to text: UTF-8 with or without BOM, UTF-16 with BOM, GB18030, Windows-1252, also mixed line by line."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Decoded:
    """A text and the 1-based lines in it that no known encoding could read, which are left empty."""

    text: str
    unreadable_lines: tuple[int, ...] = ()


def decode(data: bytes) -> Decoded:
    """The text of a file; each line by its own encoding where a file mixes them."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Decoded(data.decode("utf-16", errors="replace"))
    data = data.removeprefix(codecs.BOM_UTF8)
    if (text := _strict(data, "utf-8")) is not None:
        return Decoded(text)
    lines = data.split(b"\n")
    if any(map(_is_surely_utf8, lines)):
        return _mixed(lines)
    text = _legacy(data)
    return Decoded(text) if text is not None else _mixed(lines)


def _mixed(lines: list[bytes]) -> Decoded:
    texts, unreadable = [], []
    for number, line in enumerate(lines, start=1):
        text = _strict(line, "utf-8")
        if text is None:
            text = _legacy(line)
        if text is None:
            unreadable.append(number)
        texts.append(text or "")
    return Decoded("\n".join(texts), tuple(unreadable))


def _is_surely_utf8(line: bytes) -> bool:
    # A short line of GB18030 can be UTF-8 by accident, a longer one hardly.
    text = _strict(line, "utf-8")
    return text is not None and sum(len(letter.encode()) for letter in text if letter > "\x7f") >= 6


def _legacy(data: bytes) -> str | None:
    """As GB18030 or Windows-1252, by how the letters look; None when neither reads it."""
    chinese = _strict(data, "gb18030")
    if chinese is not None and _share(chinese, _is_common_chinese) >= 0.5:
        return chinese
    western = _strict(data, "cp1252")
    if western is not None and _share(western, _is_western) >= 0.5:
        return western
    return None


def _share(text: str, fits: Callable[[str], bool]) -> float:
    letters = [letter for letter in text if letter > "\x7f"]
    return sum(map(fits, letters)) / max(len(letters), 1)


def _is_common_chinese(letter: str) -> bool:
    return _encodes(letter, "gb2312") or ("\u4e00" <= letter <= "\u9fff" and _encodes(letter, "big5"))


def _is_western(letter: str) -> bool:
    return letter.isalpha() or letter in "€£©®™°–—‘’“”…• "


def _encodes(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
