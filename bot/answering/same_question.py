"""Whether two questions ask the same: by their words, by their meaning, and by what must not differ."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
import yaml
from rapidfuzz.distance import OSA

from bot.answering.intent import classify
from bot.answering.quantities import quantities
from bot.answering.shop_words import meant
from knowledge.keywords import tokenize

ALIKE_FROM = {"en": 0.70, "zh": 0.75}
"""Likeness from which two questions are taken for one.

Measured on the golden dev questions, each held against every other that asks something else and against two curated
variants of 48 topics, after what must not differ: the most alike reach 0.68 in English and 0.72 in Chinese.
"""
SLIP_FROM_LETTERS = 6

How = Literal["equal", "nearly", "alike"]

_LETTERS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class _Cues:
    asks: dict[str, re.Pattern[str]]
    negation: re.Pattern[str]
    opposites: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]


def folded(question: str) -> str:
    """The question without case, width, punctuation and spaces at its ends."""
    return " ".join(_LETTERS.findall(unicodedata.normalize("NFKC", question).casefold().replace("’", "'")))


def nearly_equal(asked: Sequence[str], known: Sequence[str]) -> bool:
    """The same words that carry content in the same order, a slip of the pen in a long one forgiven."""
    return bool(asked) and len(asked) == len(known) and all(map(_same_word, asked, known))


def likeness(question: str, variant: str, vectors: Callable[[Sequence[str]], np.ndarray]) -> float:
    """How alike two questions are, 0 to 1: as wholes, and word by word in both directions, half and half.

    Each word is held to the nearest of the other question, so that one that has no like there counts against them; the
    direction that fits worse counts.

    Args:
        question: one.
        variant: the other.
        vectors: unit vectors of texts in their order, (n_texts, dim).
    """
    asked, known = (list(dict.fromkeys(tokenize(text))) for text in (question, variant))
    whole = vectors([question, variant])  # (2, dim)
    by_whole = float(whole[0] @ whole[1])
    if not asked or not known:
        return 0.0
    similar = np.clip(vectors(asked) @ vectors(known).T, 0.0, 1.0)  # (n_asked, n_known)
    by_words = float(min(similar.max(axis=1).mean(), similar.max(axis=0).mean()))
    return (by_whole + by_words) / 2


def conflict(question: str, variant: str) -> str:
    """What two questions differ in that no likeness makes up for; empty where there is nothing.

    Numbers with their units, places and kinds of goods, what kind of thing is asked (when, where, how much …), a
    negation, a pair of opposites, and whether it is about an order of one's own.
    """
    one, two = (unicodedata.normalize("NFKC", text).casefold().replace("’", "'") for text in (question, variant))
    if not _same_quantities(one, two):
        return "numbers"
    if _narrow(one) != _narrow(two):
        return "places"
    if classify(question).name != classify(variant).name:
        return "intent"
    cues = _cues()
    asks_one, asks_two = (_asks(text, cues) for text in (one, two))
    if asks_one and asks_two and not asks_one & asks_two:
        return "asks"
    if bool(cues.negation.search(one)) != bool(cues.negation.search(two)):
        return "negation"
    for this, that in cues.opposites:
        if _opposed(one, two, this, that) or _opposed(one, two, that, this):
            return "opposites"
    return ""


def _same_word(asked: str, known: str) -> bool:
    """The same word, or one with a letter too many, too few, or swapped; another letter often makes another word."""
    if asked == known:
        return True
    long_enough = min(len(asked), len(known)) >= SLIP_FROM_LETTERS and asked.isascii() and asked.isalpha()
    moved = len(asked) != len(known) or sorted(asked) == sorted(known)
    return long_enough and moved and OSA.distance(asked, known, score_cutoff=1) == 1


def _same_quantities(one: str, two: str) -> bool:
    first, second = quantities(one), quantities(two)
    return len(first) == len(second) and all(any(here.same(there) for there in second) for here in first)


def _narrow(text: str) -> frozenset[str]:
    """The places and kinds of goods that it names."""
    return frozenset(thing.shops["en"] for thing in meant(text) if thing.kind != "thing")


def _asks(text: str, cues: _Cues) -> set[str]:
    return {kind for kind, pattern in cues.asks.items() if pattern.search(text)}


def _opposed(one: str, two: str, this: re.Pattern[str], that: re.Pattern[str]) -> bool:
    return bool(this.search(one) and not that.search(one) and that.search(two) and not this.search(two))


@cache
def _cues() -> _Cues:
    read = yaml.safe_load((files("bot.answering") / "curated_cues.yaml").read_text(encoding="utf-8"))
    return _Cues(
        {kind: re.compile(pattern) for kind, pattern in read["asks"].items()},
        re.compile(read["negation"]),
        tuple((re.compile(one), re.compile(two)) for one, two in read["opposites"]),
    )
