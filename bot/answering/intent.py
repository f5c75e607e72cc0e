"""What a shopper wants: the intent of one Message, by cues kept in `intent_cues.yaml`."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from rapidfuzz.distance import OSA

IntentName = Literal[
    "greeting",
    "thanks",
    "goodbye",
    "acknowledged",
    "who",
    "capabilities",
    "person",
    "angry",
    "injection",
    "order",
    "unclear",
    "question",
]

SMALL_TALK: frozenset[str] = frozenset({"greeting", "thanks", "goodbye", "acknowledged", "who", "capabilities"})
"""Answered without search."""

ORDER_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_@./$€£¥￥-])#?((?:[A-Za-z]{1,6}-?)?\d[\dA-Za-z]*(?:-\d+)+|[A-Za-z]{1,6}-?\d{5,}|\d{6,})(?![A-Za-z0-9_@-])"
    r"(?!\s*(?:dollars?|bucks|usd|euros?|yuan|rmb|美元|美金|元|块))"
)
_PUNCTUATION = re.compile(r"[^\w\s'’]+", re.UNICODE)
_PLACEHOLDER = re.compile(r"\[[A-Z_]+\]")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-\d{2,4}|\d{1,2}-\d{1,2}")
_HAN = re.compile(r"[㐀-鿿]")
# Typed so often, and mistyped so often, that near misses count.
_COURTESIES = {"greeting": ("hello", "morning"), "thanks": ("thanks", "thank you"), "goodbye": ("goodbye",)}


@dataclass(frozen=True)
class Intent:
    """What one Message wants, and how sure that is, 0 to 1."""

    name: IntentName
    score: float = 1.0


@dataclass(frozen=True)
class _Cues:
    whole: dict[str, re.Pattern[str]]
    anywhere: dict[str, re.Pattern[str]]
    general: dict[str, re.Pattern[str]]
    fillers: re.Pattern[str]


def classify(text: str) -> Intent:
    """The intent of a message.

    A courtesy counts only when the message holds nothing else: "hi, where is my order?" is about the order.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").strip()
    if not re.search(r"\w", _PLACEHOLDER.sub("", text)) and not _PLACEHOLDER.search(text):
        return Intent("unclear")
    cues = _cues()
    if cues.anywhere["injection"].search(plain):
        return Intent("injection")
    courtesy = _courtesy(plain, cues)
    if courtesy:
        return courtesy
    for name in ("angry", "person"):
        if cues.anywhere[name].search(plain):
            return Intent("angry" if name == "angry" else "person")
    if order_number(text) or _own_order(plain, cues):
        return Intent("order")
    return Intent("question", 0.5)


def order_number(text: str) -> str | None:
    """The first thing in the text that looks like an order number."""
    numbers = (found.group(1).upper() for found in ORDER_NUMBER.finditer(unicodedata.normalize("NFKC", text)))
    return next((number for number in numbers if not _DATE.fullmatch(number)), None)


def _own_order(plain: str, cues: _Cues) -> bool:
    return bool(cues.anywhere["order"].search(plain)) and not cues.general["order"].search(plain)


def _courtesy(plain: str, cues: _Cues) -> Intent | None:
    bare = " ".join(_PUNCTUATION.sub(" ", plain).replace("_", " ").split())
    without_fillers = " ".join(cues.fillers.sub(" ", bare).split())
    for candidate in dict.fromkeys((bare, without_fillers, bare.replace(" ", "") if _HAN.search(bare) else bare)):
        for name, pattern in cues.whole.items():
            if candidate and pattern.fullmatch(candidate):
                return Intent(name)  # type: ignore[arg-type]  # the keys of the cue file are intent names
    for name, courtesies in _COURTESIES.items():
        if any(len(bare) >= 4 and OSA.distance(bare, courtesy) <= 1 for courtesy in courtesies):
            return Intent(name, 0.8)  # type: ignore[arg-type]  # as above
    return None


@cache
def _cues() -> _Cues:
    read = yaml.safe_load((files("bot.answering") / "intent_cues.yaml").read_text(encoding="utf-8"))

    def patterns(group: str) -> dict[str, re.Pattern[str]]:
        return {name: re.compile("|".join(f"(?:{cue})" for cue in cues)) for name, cues in read[group].items()}

    latin, han = read["fillers"]
    return _Cues(
        patterns("whole"), patterns("anywhere"), patterns("general"), re.compile(rf"\b(?:{latin})\b|(?:{han})")
    )
