"""Batches: examples as token ids, put together by length so that little of a batch is padding.

Questions over the same passages go through the model as one: what they share is computed once, and none of them sees
another. That is the same to the model as one after the other, and takes less than half of the time.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from bot.answering.tuned_text import REFUSAL, numbered
from bot.learning.examples import OPENING, Example, rendered

WINDOW = 24
"""Steps whose examples are sorted by length together: enough for equal lengths, few enough to stay mixed."""


@dataclass(frozen=True)
class Span:
    """One question within an Encoded: its ids from `first` to `end`, those of the answer from `start`.

    Attributes:
        unlike: in place of the answer it is learned that it does not begin with this token.
    """

    first: int
    start: int
    end: int
    unlike: int | None = None


@dataclass(frozen=True)
class Encoded:
    """One or several examples as the model reads them.

    Attributes:
        ids: what all share, then the rest of each.
        spans: the rest of each, in their order; what stands before the first is shared.
        opening: the first token of each answer counts as so many.
    """

    ids: tuple[int, ...]
    spans: tuple[Span, ...]
    opening: float = 1.0

    @property
    def weight(self) -> float:
        """What the tokens of answers count together."""
        return sum(sum(self.weights(span)) for span in self.spans)

    def weights(self, span: Span) -> list[float]:
        """What each token of a span's answer counts."""
        return [self.opening, *[1.0] * (span.end - span.start - 1)]

    @property
    def places(self) -> list[int]:
        """The place of each id for the model: every question goes on where the shared part ends."""
        shared = self.spans[0].first
        return [*range(shared), *(shared + place for span in self.spans for place in range(span.end - span.first))]


def encoded(prompt: str, target: str, tokenize: Callable[[str], list[int]], *, begin: Sequence[int]) -> Encoded:
    """Prompt and answer, tokenized apart as they meet in answering.

    Args:
        prompt: what is read.
        target: what is to be written.
        tokenize: text to ids without special tokens.
        begin: ids that open every text, such as `<bos>`.
    """
    read = [*begin, *tokenize(prompt)]
    ids = (*read, *tokenize(target))
    return Encoded(ids, (Span(0, len(read), len(ids)),))


def encode_all(
    examples: Iterable[Example],
    tokenize: Callable[[str], list[int]],
    *,
    begin: Sequence[int],
    longest: int,
    opening: float = 1.0,
) -> list[Encoded]:
    """All examples that are not longer than `longest` tokens, those over the same passages together.

    The first token of each answer counts as `opening` tokens.
    """
    same: dict[tuple[str, ...], list[Example]] = defaultdict(list)
    for example in examples:
        same[example.passages].append(example)
    found: list[Encoded] = []
    for passages, group in same.items():
        shared = "\n".join(numbered(passages)) + "\n" if passages else ""
        apart = [_learned(example, tokenize, begin) for example in group]
        apart = [one for one in apart if len(one.ids) <= longest]
        found += _together(apart, (*begin, *tokenize(shared)))
    return [replace(one, opening=opening) for one in found]


def _learned(example: Example, tokenize: Callable[[str], list[int]], begin: Sequence[int]) -> Encoded:
    """An example; of an opening no more than whether the answer begins as a refusal does."""
    whole = encoded(*rendered(example), tokenize, begin=begin)
    if OPENING not in example.tags:
        return whole
    (span,) = whole.spans
    _, refusal = rendered(replace(example, answer=REFUSAL[example.language]))
    unlike = None if example.kind == "refuse" else tokenize(refusal)[0]
    return Encoded(whole.ids[: span.start + 1], (replace(span, end=span.start + 1, unlike=unlike),))


def _together(examples: Sequence[Encoded], shared: tuple[int, ...]) -> list[Encoded]:
    """Examples that begin with the same ids as one."""
    if len(examples) < 2 or any(one.ids[: len(shared)] != shared for one in examples):
        return list(examples)
    rests = [one.ids[len(shared) :] for one in examples]
    ends = [len(shared) + end for end in accumulate(map(len, rests))]
    spans = tuple(
        replace(one.spans[0], first=end - len(rest), start=end - len(rest) + one.spans[0].start - len(shared), end=end)
        for one, rest, end in zip(examples, rests, ends, strict=True)
    )
    return [Encoded((*shared, *(token for rest in rests for token in rest)), spans)]


def steps(encoded: Sequence[Encoded], *, batch: int, seed: int) -> Iterator[list[Encoded]]:
    """Batches of similar length without end, every example once an epoch; the same for the same seed.

    A batch holds an even number of Encoded: of three as long as one another, one of two cores would wait for a third
    of the time.

    Args:
        encoded: the examples.
        batch: questions in a batch, or some more where many go together.
        seed: of their order.
    """
    epoch = 0
    while True:
        rng = random.Random(f"{seed}/{epoch}")  # order, not secrets
        order = list(encoded)
        rng.shuffle(order)
        for window in _portions(order, batch * WINDOW):
            window.sort(key=lambda one: len(one.ids))
            batches = list(_portions(window, batch))
            rng.shuffle(batches)
            yield from batches
        epoch += 1


def questions_in(encoded: Iterable[Encoded]) -> int:
    """How many examples there are in all."""
    return sum(len(one.spans) for one in encoded)


def _portions(encoded: Sequence[Encoded], questions: int) -> Iterator[list[Encoded]]:
    portion: list[Encoded] = []
    for one in encoded:
        portion.append(one)
        if questions_in(portion) >= questions and len(portion) % 2 == 0:
            yield portion
            portion = []
    if portion:
        yield portion


def micro_batches(batch: Sequence[Encoded], *, tokens: int) -> list[list[Encoded]]:
    """The batch in parts of at most so many tokens with padding, or of one Encoded."""
    parts: list[list[Encoded]] = []
    for one in sorted(batch, key=lambda each: len(each.ids)):
        if parts and (len(parts[-1]) + 1) * len(one.ids) <= tokens:
            parts[-1].append(one)
        else:
            parts.append([one])
    return parts
