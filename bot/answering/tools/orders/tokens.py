"""Tokens: a shopper's words and a shop's option values cut alike, so that "15-inch" is "15 inches"."""

import re
import unicodedata
from collections.abc import Sequence

_HYPHENS = re.compile(r"(?<=[a-z])[-‐‑–/](?=[a-z])|(?<=\bt) (?=shirts?\b)|'(?=s\b|t\b|d\b|m\b|re\b|ve\b|ll\b)")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+\d*[a-z\d]*|[㐀-鿿]|[.,;:!?。，；：！？、>%()\n]")
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 2)
}
_COUNTED = re.compile(rf"\b({'|'.join(_NUMBERS)})[- ]")
# The many ways to write one thing, and units after a number.
_ALIKE = {"grey": "gray", "colour": "color", "giftcard": "gift", "litre": "liter", "inche": "inch", "feet": "foot"}
_UNITS = {
    "l": "liter",
    "in": "inch",
    "ft": "foot",
    "lb": "pound",
    "lbs": "pound",
    "hr": "hour",
    "h": "hour",
    "pc": "piece",
}
_WIDE_STOPS = str.maketrans("。，；：！？、", ".,;:!?,")
STOPS = frozenset(".,;:!?>()\n")
CLAUSE_ENDS = frozenset(".;!?\n")


def tokens(text: str) -> tuple[str, ...]:
    """The words, numbers, Han characters and stops of a text, plural and spelling evened out."""
    plain = unicodedata.normalize("NFKC", text).translate(_WIDE_STOPS).casefold().replace("’", "'")
    found = _TOKEN.findall(_HYPHENS.sub("", _COUNTED.sub(r"\1 ", plain)))
    return tuple(_even(token, found[place - 1] if place else "") for place, token in enumerate(found))


def places(part: Sequence[str], whole: Sequence[str]) -> list[int]:
    """Where the part stands in the whole, as indexes of its first token; an empty part stands nowhere."""
    size = len(part)
    return [at for at in range(len(whole) - size + 1) if size and tuple(whole[at : at + size]) == tuple(part)]


def is_han(token: str) -> bool:
    """Whether the token is one Han character."""
    return "㐀" <= token[:1] <= "鿿"


def _even(token: str, before: str) -> str:
    token = _NUMBERS.get(token, token)
    if before[:1].isdigit() and token in _UNITS:
        return _UNITS[token]
    single = _singular(token)
    if before[:1].isdigit() and single in _UNITS:
        return _UNITS[single]
    return _ALIKE.get(single, single)


def _singular(token: str) -> str:
    if len(token) < 4 or not token.isascii() or not token.endswith("s") or token.endswith(("ss", "us", "is", "less")):
        return token
    if token.endswith("ies") and len(token) > 4:
        return f"{token[:-3]}y"
    if token.endswith(("ches", "shes", "xes", "sses")):
        return token[:-2]
    return token[:-1]
