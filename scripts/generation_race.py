"""The race itself: how soon and how fast a contestant writes, for one shopper and for many at once."""

import os
import platform
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answering.decoding.pieces import Prompt
from bot.answering.tuned_text import END, asked_from, cued
from scripts.generation_contestants import Contestant, library_batches
from scripts.measurement import Measurement, median, p95

NEW_TOKENS = 24
"""About as long as the bot's answers are."""

TOKENS_IN_ALL = 256
"""Of a crowd on a CPU, whose larger crowds get shorter answers, lest they take minutes."""

RATE = "tokens a second after the first"
REPEATS = 3
SHOTS = 4
OTHERS = 8
"""Asked between a question and the same again: twice as many as our llama.cpp answers at once."""

_PASSAGES = (
    "Shipping: Standard shipping costs {} EUR and takes 3 to 5 working days. Express shipping costs 9.90 EUR and "
    "arrives on the next working day. Orders over 60 EUR ship free within Germany, Austria and the Netherlands.",
    "Returns: Unworn items can be sent back within {} days of delivery. Sale items cannot be returned. The refund is "
    "made to the card that was paid with, within 5 working days of the parcel's return.",
    "Warranty: Electrical goods have a warranty of {} months. It does not cover wear, drops or water.",
)
_QUESTIONS = ("How much is express shipping?", "Can I send back sale items?", "When will my parcel arrive?")

Note = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """One answer: seconds to its first token, tokens, and tokens a second after the first."""

    first: float
    tokens: int
    rate: float


@dataclass(frozen=True)
class Crowd:
    """So many shoppers in the same moment.

    Attributes:
        first: seconds to each one's first token.
        rate: tokens a second in all, the reading of the prompts included.
    """

    count: int
    first: Sequence[float]
    rate: float


def tokens_of(count: int, device: str) -> int:
    """How long the answers of a crowd are: the same for every contestant."""
    return NEW_TOKENS if device != "cpu" else max(2, min(NEW_TOKENS, TOKENS_IN_ALL // count))


def race(one: Contestant, counts: Sequence[int], *, device: str, note: Note) -> list[Crowd]:
    """Each crowd after the other; the contestant lets go of its weights afterwards."""
    note(f"{one.name} …")
    with closing(one):
        write_one(one, prompt(random.Random(0)), 2)  # the first run of all sets memory up
        return [_told(one, together(one, count, tokens_of(count, device)), note) for count in counts]


def together(one: Contestant, count: int, tokens: int) -> Crowd:
    """So many shoppers in the same moment, each with passages and a question of their own; a single one thrice."""
    rng = random.Random(f"crowd of {count}")
    runs: list[Run] = []
    seconds = 0.0
    for _ in range(REPEATS if count == 1 else 1):
        prompts = [prompt(rng) for _ in range(count)]
        began = time.perf_counter()
        with ThreadPoolExecutor(count) as crowd:
            runs += crowd.map(lambda asked: write_one(one, asked, tokens), prompts)
        seconds += time.perf_counter() - began
    return Crowd(count, [run.first for run in runs], sum(run.tokens for run in runs) / seconds)


def alone(one: Contestant) -> list[Measurement]:
    """One shopper: the bot's own prompt, the same again, and a long one that begins alike each time."""
    rng = random.Random("alone")
    prompts = [prompt(rng) for _ in range(REPEATS)]
    cold = [write_one(one, asked, NEW_TOKENS) for asked in prompts]
    for _ in range(OTHERS):
        write_one(one, prompt(rng), 2)
    again = [write_one(one, asked, NEW_TOKENS) for asked in prompts]
    shots = "".join(f"{prompt(rng).text} Express shipping costs 9.90 EUR. [1]\n\n" for _ in range(SHOTS))
    long = [write_one(one, Prompt(shots, prompt(rng).text), NEW_TOKENS) for _ in range(1 + REPEATS)]
    return [
        Measurement(f"{one.name}: first token, cold", median([run.first for run in cold]), "s", "≤ 0.4 s"),
        Measurement(f"{one.name}: the same again, after {OTHERS} others", median([run.first for run in again]), "s"),
        Measurement(f"{one.name}: first token, prompt {SHOTS + 1} times as long, cold", long[0].first, "s"),
        Measurement(
            f"{one.name}: the same, but for the last fifth known", median([run.first for run in long[1:]]), "s"
        ),
        Measurement(f"{one.name}: {RATE}", median([run.rate for run in cold]), "tokens/s"),
    ]


def write_one(one: Contestant, asked: Prompt, tokens: int) -> Run:
    """One answer.

    Raises:
        RuntimeError: the contestant wrote nothing, or more than asked; its figures would not be comparable. It may
            count fewer where several bytes make one letter.
    """
    began = time.perf_counter()
    counts: Iterator[int] = one.write(asked, tokens)
    made = next(counts, 0)
    first = time.perf_counter()
    for count in counts:
        made += count
    if not 0 < made <= tokens:
        raise RuntimeError(f"{one.name} wrote {made} tokens, expected {tokens}.")
    return Run(first - began, made, (made - 1) / max(time.perf_counter() - first, 1e-9))


def prompt(rng: random.Random) -> Prompt:
    """What the bot asks a tuned model; no two begin alike."""
    texts = rng.sample(_PASSAGES, len(_PASSAGES))
    passages = [f"Page {rng.randint(1, 10**6)}. {text.format(rng.randint(3, 3000))}" for text in texts]
    return Prompt("", cued(asked_from(rng.choice(_QUESTIONS), passages, language="en")), (END,))


def race_library(model: Any, tokenizer: Any, counts: Sequence[int], *, note: Note) -> dict[str, list[Crowd]]:
    """The same for the library's own batches on a GPU; nothing where they do not run."""
    try:
        one = library_batches(model, tokenizer)
        return {one.name: race(one, counts, device="cuda", note=note)}
    except Exception as error:  # another's code in another version: the race goes on without it
        note(f"transformers' continuous batching does not run here: {error}")
        return {}


def table(raced: Mapping[str, Sequence[Crowd]], plain: str, *, device: str) -> list[Measurement]:
    """What is shown of all contestants.

    Args:
        raced: the crowds of each, by its name.
        plain: the name of the one that answers one after the other; the others are set beside it.
        device: on which the crowds were raced.
    """
    largest = max(crowd.count for crowd in raced[plain])
    found: list[Measurement] = []
    for name, crowds in raced.items():
        for crowd, other in zip(crowds, raced[plain], strict=True):
            what = f"{name}: {crowd.count} at once, {tokens_of(crowd.count, device)} tokens each"
            goals = ("≤ 1 s", "≥ 10") if (device, crowd.count) == ("cuda", largest) and name != plain else ("", "")
            found += [
                Measurement(f"{what}, in all", crowd.rate, "tokens/s"),
                Measurement(f"{what}, first token p50", median(crowd.first), "s"),
                Measurement(f"{what}, first token p95", p95(crowd.first), "s", goals[0]),
            ]
            if name != plain:
                found.append(Measurement(f"{what}, beside {plain}", crowd.rate / other.rate, "times", goals[1]))
    return found


def machine(device: str) -> list[Measurement]:
    """What all this ran on."""
    import torch

    found = [Measurement(f"machine: {_processor()}", os.cpu_count() or 1, "cores")]
    if device == "cuda":
        card = torch.cuda.get_device_properties(0)
        found.append(Measurement(f"machine: {card.name}", card.total_memory / 1e9, "GB"))
    return found


def _processor() -> str:
    """The processor's name, where the system tells it."""
    told = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*:\s*(.+)", told.read_text()) if told.exists() else None
    return named[1] if named else platform.processor() or platform.machine()


def _told(one: Contestant, crowd: Crowd, note: Note) -> Crowd:
    """A crowd's figures, said as they come: the whole race takes minutes."""
    note(f"{one.name}: {crowd.count} at once: {crowd.rate:.3g} tokens/s, first token p95 {p95(crowd.first):.3g} s")
    return crowd
