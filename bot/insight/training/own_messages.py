"""Our own shop chat messages: hand-written kernels with their slots filled, mistyped, dressed up and joined."""

import csv
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.insight.sentiment.feeling import ASPECTS, LABELS, Aspect, Label
from bot.insight.training.examples import MoodExample, Part, part_of

SOURCE = "own messages"
FILLED = 8  # messages made of one kernel
JOINED = 1600  # messages made of two kernels, in each language

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Kernel:
    """One hand-written message with slots."""

    language: str
    label: Label
    aspects: Mapping[Aspect, Label]
    text: str

    @property
    def part(self) -> Part:
        """All messages made of one kernel are in the same part."""
        return part_of(self.text)


@cache
def kernels() -> tuple[Kernel, ...]:
    """All hand-written messages."""
    written = (files("bot.insight.training") / "kernels.csv").read_text(encoding="utf-8")
    return tuple(
        Kernel(row["language"], label_of(row["label"]), aspects_of(row["aspects"]), row["text"])
        for row in csv.DictReader(written.splitlines())
    )


def label_of(name: str) -> Label:
    """The label of this name.

    Raises:
        ValueError: there is none.
    """
    if name not in LABELS:
        raise ValueError(f"{name!r} is no label; expected one of {', '.join(LABELS)}")
    return name


def aspects_of(written: str) -> dict[Aspect, Label]:
    """Aspects as a file has them: `quality:negative price:neutral`.

    Raises:
        ValueError: an aspect or a label that is none.
    """
    found: dict[Aspect, Label] = {}
    for pair in written.split():
        name, _, label = pair.partition(":")
        if name not in ASPECTS:
            raise ValueError(f"{name!r} is no aspect; expected one of {', '.join(ASPECTS)}")
        found[name] = label_of(label)
    return found


def own_messages(*, filled: int = FILLED, joined: int = JOINED, seed: int = 0) -> Iterator[MoodExample]:
    """Messages made of the kernels, the same ones for the same arguments."""
    rng = random.Random(seed)
    for kernel in kernels():
        texts = dict.fromkeys(_dressed(_filled(kernel, rng), kernel, rng) for _ in range(filled))
        yield from (MoodExample(text, kernel.label, SOURCE, kernel.part, kernel.aspects) for text in texts)
    for language in ("en", "zh"):
        ours = [kernel for kernel in kernels() if kernel.language == language and len(kernel.text) > 3]
        for _ in range(joined):
            first, second = rng.sample(ours, 2)
            yield _joined(first, second, rng)


def _filled(kernel: Kernel, rng: random.Random) -> str:
    words = _slots()[kernel.language]
    return _SLOT.sub(lambda slot: str(rng.choice(words[slot.group(1)])), kernel.text)


def _dressed(text: str, kernel: Kernel, rng: random.Random) -> str:
    """As people type: with a greeting or an emoji, mistyped, without capitals or stops."""
    words = _slots()[kernel.language]
    if rng.random() < 0.2:
        text = rng.choice(words["before"]) + text
    if rng.random() < 0.25:
        text += rng.choice(words["after"][kernel.label])
    if rng.random() < 0.25:
        text = text.rstrip(".。!?？").lower()
    if rng.random() < 0.15:
        text = _mistyped(text, rng)
    return text


def _mistyped(text: str, rng: random.Random) -> str:
    """Two neighbours changed round, or one letter lost."""
    if len(text) < 6:
        return text
    place = rng.randrange(1, len(text) - 2)
    if text.isascii() and rng.random() < 0.5:
        return text[:place] + text[place + 1 :]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _joined(first: Kernel, second: Kernel, rng: random.Random) -> MoodExample:
    """Two thoughts in one message: after a turn the second decides, else the one that feels something."""
    opposed = {first.label, second.label} == {"negative", "positive"}
    glue = rng.choice(_slots()[first.language]["turn"]) if opposed else _stop(first, rng)
    text = _filled(first, rng).rstrip(".。!！") + glue + _filled(second, rng)
    label = second.label if opposed or second.label != "neutral" else first.label
    part = first.part if first.part == second.part else "train"
    if "dev" in (first.part, second.part) or "tune" in (first.part, second.part):
        part = "dev" if "dev" in (first.part, second.part) else "tune"
    example = MoodExample(text, label, SOURCE, part, {**first.aspects, **second.aspects})
    return replace(example, text=example.text.lower()) if rng.random() < 0.2 else example


def _stop(kernel: Kernel, rng: random.Random) -> str:
    choices: Sequence[str] = (". ", ", ", "! ") if kernel.language == "en" else ("。", ",", "!")
    return rng.choice(choices)


@cache
def _slots() -> Mapping[str, Any]:
    read: Mapping[str, Any] = yaml.safe_load((files("bot.insight.training") / "slots.yaml").read_text(encoding="utf-8"))
    return read
