"""Batches: examples as token ids, put together by length so that little of a batch is padding."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.learning.examples import Example, rendered

WINDOW = 24
"""Steps whose examples are sorted by length together: enough for equal lengths, few enough to stay mixed."""


@dataclass(frozen=True)
class Encoded:
    """An example as the model reads it.

    Attributes:
        ids: of prompt and answer.
        start: place of the answer's first token; loss is taken from there on.
    """

    ids: tuple[int, ...]
    start: int


def encoded(prompt: str, target: str, tokenize: Callable[[str], list[int]], *, begin: Sequence[int]) -> Encoded:
    """Prompt and answer, tokenized apart as they meet in answering.

    Args:
        prompt: what is read.
        target: what is to be written.
        tokenize: text to ids without special tokens.
        begin: ids that open every text, such as `<bos>`.
    """
    read = [*begin, *tokenize(prompt)]
    return Encoded((*read, *tokenize(target)), len(read))


def encode_all(
    examples: Iterable[Example], tokenize: Callable[[str], list[int]], *, begin: Sequence[int], longest: int
) -> list[Encoded]:
    """All examples that are not longer than `longest` tokens."""
    read = (encoded(*rendered(example), tokenize, begin=begin) for example in examples)
    return [one for one in read if len(one.ids) <= longest]


def steps(encoded: Sequence[Encoded], *, batch: int, seed: int) -> Iterator[list[Encoded]]:
    """Batches of similar length without end, every example once an epoch; the same for the same seed."""
    epoch = 0
    while True:
        rng = random.Random(f"{seed}/{epoch}")  # order, not secrets
        order = list(encoded)
        rng.shuffle(order)
        windows = [order[at : at + batch * WINDOW] for at in range(0, len(order), batch * WINDOW)]
        for window in windows:
            window.sort(key=lambda one: len(one.ids))
            batches = [window[at : at + batch] for at in range(0, len(window), batch)]
            rng.shuffle(batches)
            yield from batches
        epoch += 1


def micro_batches(batch: Sequence[Encoded], *, tokens: int) -> list[list[Encoded]]:
    """The batch in parts of at most so many tokens with padding, or of one example."""
    parts: list[list[Encoded]] = []
    for one in sorted(batch, key=lambda each: len(each.ids)):
        if parts and (len(parts[-1]) + 1) * len(one.ids) <= tokens:
            parts[-1].append(one)
        else:
            parts.append([one])
    return parts
