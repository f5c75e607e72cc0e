"""Trains the reader of question and passage, and chooses what its verdict weighs beside the fused score.

Loss: binary cross-entropy of every pair, which makes verdicts comparable between questions, plus the cross-entropy of
each question's texts against each other, which is what ranking needs.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.evaluation.metrics import average_precision
from knowledge.training.ranked_groups import RankedGroup

if TYPE_CHECKING:
    from torch import Tensor

    from knowledge.reranking_reader import Alone, PairReader

Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done, and of how much."""

SCORED_AT_ONCE = 64
CLIP = 1.0
SORT_NOISE = 40  # letters: batches hold texts of about one length, but not always the same ones


@dataclass(frozen=True)
class RerankerRecipe:
    """How long and how fast to learn.

    Attributes:
        epochs: passes over the examples at most.
        minutes: stops after so many, the learning rate falling to zero by then.
        groups_at_once: questions in a batch.
        body_rate, head_rate: highest learning rates of the encoder's layers and of what is new.
        warm_steps: steps in which they rise.
        measured_every: steps between two looks at what is held out; the best state of all looks is kept.
    """

    epochs: int = 3
    minutes: float = 15.0
    groups_at_once: int = 8
    body_rate: float = 1.5e-4
    head_rate: float = 1e-3
    warm_steps: int = 40
    measured_every: int = 300
    seed: int = 0


@dataclass(frozen=True)
class Trained:
    """What came of it.

    Attributes:
        steps: taken in all.
        seconds: of learning, reading alone not included.
        curve: (step, loss, mean average precision of the held-out groups).
    """

    steps: int
    seconds: float
    curve: tuple[tuple[int, float, float], ...]


def train_reader(
    reader: "PairReader",
    draw: Callable[[int], Sequence[RankedGroup]],
    held_out: Sequence[RankedGroup],
    recipe: RerankerRecipe,
    *,
    on_progress: Progress = lambda _step, _done, _total: None,
) -> Trained:
    """Teach a reader; it ends in the state that ranked the held-out groups best.

    Args:
        reader: freshly made from its base.
        draw: the groups of an epoch, by its number.
        held_out: what is looked at between, with both right and wrong texts.
        recipe: how long and how fast.
        on_progress: told what is being done.
    """
    import torch

    torch.manual_seed(recipe.seed)
    epochs = [_batches(draw(number), recipe, number) for number in range(recipe.epochs)]
    batches = [batch for epoch in epochs for batch in epoch]
    alone = _ReadAlone(reader, on_progress)
    alone.read([group for batch in batches for group in batch] + list(held_out))
    new = [*reader.verdict.parameters(), reader.marks]
    optimizer = torch.optim.AdamW(
        [{"params": list(reader.upper.parameters())}, {"params": new}], lr=0.0, weight_decay=0.01
    )
    began, running, curve, best = time.perf_counter(), 0.0, [], (-1.0, reader.trained())
    step = 0
    for step, batch in enumerate(batches, start=1):
        spent = max((time.perf_counter() - began) / (60 * recipe.minutes), step / len(batches))
        _set_rates(optimizer, recipe, step, spent)
        reader.train()
        with torch.autocast(reader.marks.device.type, torch.bfloat16):
            verdicts = reader(*alone.pairs(batch))
        loss = _loss(verdicts, batch)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(reader.parameters(), CLIP)
        optimizer.step()
        optimizer.zero_grad()
        now = float(loss.detach())
        running = now if step == 1 else running + 0.02 * (now - running)
        on_progress("learning", int(100 * min(1.0, spent)), 100)
        over = spent >= 1 or step == len(batches)
        if over or step % recipe.measured_every == 0:
            found = float(precisions(held_out, _verdicts(reader, alone, held_out)).mean())
            curve.append((step, running, found))
            if found >= best[0]:
                best = (found, {name: weight.detach().clone() for name, weight in reader.trained().items()})
        if over:
            break
    reader.load_trained(best[1])
    return Trained(step, time.perf_counter() - began, tuple(curve))


def verdicts_of(reader: "PairReader", groups: Sequence[RankedGroup]) -> list[np.ndarray]:
    """Log-odds of every text of every group, (n_texts,) each."""
    alone = _ReadAlone(reader, lambda _step, _done, _total: None)
    alone.read(groups)
    return _verdicts(reader, alone, groups)


def precisions(groups: Sequence[RankedGroup], scores: Sequence[np.ndarray]) -> np.ndarray:
    """Average precision of each group that something answers, (n,)."""
    return np.array(
        [
            average_precision([float(group.answers[at]) for at in np.argsort(-one, kind="stable")], sum(group.answers))
            for group, one in zip(groups, scores, strict=True)
            if any(group.answers)
        ]
    )


class _ReadAlone:
    """Every text as the frozen layers read it, once: they never change."""

    def __init__(self, reader: "PairReader", on_progress: Progress) -> None:
        self._reader, self._on_progress = reader, on_progress
        self._read: dict[str, Alone] = {}

    def read(self, groups: Sequence[RankedGroup]) -> None:
        texts = sorted({text for group in groups for text in (group.question, *group.texts)} - set(self._read), key=len)
        for begin in range(0, len(texts), 1024):
            self._on_progress("reading", begin, len(texts))
            part = texts[begin : begin + 1024]
            self._read |= dict(zip(part, self._reader.read_alone(part), strict=True))

    def pairs(self, groups: Sequence[RankedGroup]) -> "tuple[list[Alone], list[Alone]]":
        asked = [self._read[group.question] for group in groups for _ in group.texts]
        return asked, [self._read[text] for group in groups for text in group.texts]


def _batches(groups: Sequence[RankedGroup], recipe: RerankerRecipe, epoch: int) -> list[list[RankedGroup]]:
    """Groups of about one length together, in random order."""
    chance = random.Random(f"{recipe.seed}-{epoch}")
    in_order = sorted(groups, key=lambda one: np.mean([len(text) for text in one.texts]) + SORT_NOISE * chance.random())
    size = recipe.groups_at_once
    batches = [in_order[begin : begin + size] for begin in range(0, len(in_order), size)]
    chance.shuffle(batches)
    return batches


def _set_rates(optimizer: Any, recipe: RerankerRecipe, step: int, spent: float) -> None:
    part = min(1.0, step / recipe.warm_steps) * max(0.02, 1.0 - spent)
    for group, rate in zip(optimizer.param_groups, (recipe.body_rate, recipe.head_rate), strict=True):
        group["lr"] = rate * part


def _loss(verdicts: "Tensor", groups: Sequence[RankedGroup]) -> "Tensor":
    import torch
    from torch.nn import functional

    answers = torch.tensor([float(one) for group in groups for one in group.answers], device=verdicts.device)
    sizes = [len(group.texts) for group in groups]
    listwise = [
        -(torch.log_softmax(scores, 0) * right / right.sum()).sum()
        for scores, right in zip(torch.split(verdicts, sizes), torch.split(answers, sizes), strict=True)
        if 0 < right.sum() < len(right)
    ]
    pairwise = functional.binary_cross_entropy_with_logits(verdicts, answers)
    return pairwise + torch.stack(listwise).mean() if listwise else pairwise


def _verdicts(reader: "PairReader", alone: _ReadAlone, groups: Sequence[RankedGroup]) -> list[np.ndarray]:
    import torch

    reader.eval()
    scored = [
        np.concatenate([part.double().cpu().numpy() for part in _in_parts(reader, *alone.pairs([group]))])
        for group in groups
    ]
    torch.set_grad_enabled(True)
    return scored


def _in_parts(reader: "PairReader", asked: "list[Alone]", said: "list[Alone]") -> "Iterator[Tensor]":
    import torch

    for begin in range(0, len(said), SCORED_AT_ONCE):
        with torch.no_grad(), torch.autocast(reader.marks.device.type, torch.bfloat16):
            yield reader(asked[begin : begin + SCORED_AT_ONCE], said[begin : begin + SCORED_AT_ONCE])
