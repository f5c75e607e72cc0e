"""Noise: how shoppers really type: greetings, small stories, lower case, letters swapped, marks left out."""

import random
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.learning.examples import Split
from bot.learning.imaginary.drawing import Language
from bot.learning.imaginary.topic import part_of

_TYPO_LENGTH = 5  # letters, from which on a word stays readable with one amiss


@dataclass(frozen=True)
class Typed:
    """A question as typed, with what was done to it."""

    text: str
    tags: tuple[str, ...] = ()


@cache
def frames() -> dict[str, Any]:
    """Greetings, stories, orders to an assistant and other words around questions and passages."""
    read: dict[str, Any] = yaml.safe_load((files("bot.learning.imaginary") / "frames.yaml").read_text(encoding="utf-8"))
    return read


def typed(question: str, rng: random.Random, *, language: Language, split: Split) -> Typed:
    """The question as some shopper types it; its numbers and names stay whole."""
    text, tags = question, []
    kind = rng.random()
    if kind < 0.12:
        text = f"{_framed('openings', rng, language, split)}{text}"
    elif kind < 0.22:
        told = [_framed("stories", rng, language, split) for _ in range(rng.choice((1, 1, 2)))]
        text = f"{''.join(dict.fromkeys(told))}{text}"
        tags.append("long")
    if language == "zh":
        text, more = _chinese(text, rng, split)
        return Typed(text, (*tags, *more))
    if rng.random() < 0.06:
        text = f"{text}{_framed('closings', rng, language, split)}"
    if rng.random() < 0.12:
        mistyped = _mistyped(text, rng)
        tags += ["typo"] if mistyped != text else []
        text = mistyped
    if rng.random() < 0.3:
        text = text.lower()
    if rng.random() < 0.2:
        text = text.removesuffix("?")
    return Typed(text, tuple(tags))


def _chinese(question: str, rng: random.Random, split: Split) -> tuple[str, list[str]]:
    text, tags = question, []
    if rng.random() < 0.12:
        slips = [pair for pair in frames()["slips"] if pair[0] in text]
        if slips:
            right, wrong = rng.choice(slips)
            text, tags = text.replace(right, wrong, 1), ["typo"]
    kind = rng.random()
    if kind < 0.06:
        ended = "" if text.endswith("？") else "，"
        text = f"{text}{ended}{_framed('closings', rng, 'zh', split)}"
    elif kind < 0.3:
        text = text.removesuffix("？")
    return text, tags


def _framed(kind: str, rng: random.Random, language: Language, split: Split) -> str:
    return str(rng.choice(part_of(frames()[kind][language], split)))


def _mistyped(text: str, rng: random.Random) -> str:
    """One or two plain words with two letters swapped, one dropped or one doubled."""
    words = text.split(" ")
    plain = [
        place for place, word in enumerate(words) if len(word) >= _TYPO_LENGTH and word.isalpha() and word.islower()
    ]
    for place in rng.sample(plain, min(len(plain), rng.choice((1, 1, 2)))):
        word, at = words[place], rng.randrange(1, len(words[place]) - 2)
        words[place] = rng.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
            )
        )
    return " ".join(words)
