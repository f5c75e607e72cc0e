"""The words by which a sentence is held to its evidence, as `words.yaml` lists them."""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.answering.quantities import normalised, quantities
from knowledge.keywords import tokenize

_NUMBER_WORD = re.compile(r"\d+(?:\.\d+)?")


def content_words(text: str) -> list[str]:
    """The words that say something, stemmed, in order; numbers and negations, which are compared apart, left out."""
    words = (_affirmed(word) for word in tokenize(without_numbers(one_phrase(normalised(text)))))
    return [word for word in words if word and word not in glue() and not _NUMBER_WORD.fullmatch(word)]


def without_numbers(text: str) -> str:
    """The text with its numbers and their units cut out."""
    for quantity in reversed(quantities(text)):
        text = f"{text[: quantity.start]} {text[quantity.end :]}"
    return text


@lru_cache(maxsize=16384)
def one_phrase(text: str) -> str:
    """Phrases that shops use for one thing, each as one word."""
    for expression, word in _phrases():
        text = expression.sub(word, text)
    return text


def concept(word: str) -> str:
    """One name for all words that mean the same."""
    return _concepts().get(word, word)


@cache
def glue() -> frozenset[str]:
    """Words that an answer may add freely."""
    words = f"{_read()['glue']} {_read()['glue_zh']} {_read()['polar']}"
    return frozenset(tokenize(words)) | frozenset(words.split())


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A list of expressions as one; a line that ends in none of them ends in its neighbour's bar."""
    return re.compile("|".join(part.strip() for part in str(_read()[name]).split("\n")).replace(" |", "|"))


@cache
def opposites(name: str = "opposites") -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Pairs of expressions that cannot both be true of one thing, of a list in `words.yaml`."""
    pairs: list[list[str]] = _read()[name]
    return tuple((re.compile(one), re.compile(other)) for one, other in pairs)


def negations(text: str) -> int:
    """How often the text says no."""
    return len(pattern("negations").findall(pattern("not_negations").sub(" ", normalised(text).replace("’", "'"))))


def _affirmed(word: str) -> str:
    """A Chinese word without its negation: 不发往 is 发往."""
    match = pattern("negated_word").fullmatch(word)
    return match["word"] if match and not pattern("not_negations").fullmatch(word) else word


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    pairs: list[list[str]] = _read()["phrases"]
    return tuple((re.compile(expression), f" {word} ") for expression, word in pairs)


@cache
def _concepts() -> dict[str, str]:
    groups: list[list[str]] = _read()["same"]
    return {word: f"≡{place}" for place, group in enumerate(groups) for text in group for word in tokenize(text)}


@cache
def _read() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((files("bot.answering.grounding") / "words.yaml").read_text("utf-8"))
    return read
