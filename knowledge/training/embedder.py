"""Trains an embedder on questions and what answers them, as a low-rank change of its weights.

Loss: each question against the text that answers it and those of its own product or shop that do not, and, for a
share, against all texts of the batch as well (multiple negatives ranking loss, Henderson et al. 2017).
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knowledge.training.ranked_groups import RankedGroup
from knowledge.training.reranker import CLIP, Progress, Trained, precisions

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

TEXTS_AT_ONCE = 32
MAX_TOKENS = 96  # of a text while it learns; longer ones are cut
FORBIDDEN = -1e4


@dataclass(frozen=True)
class EmbedderRecipe:
    """How long, how fast and from what to learn.

    Attributes:
        epochs: passes over the examples at most.
        minutes: stops after so many, the learning rate falling to zero by then.
        groups_at_once: questions in a batch.
        wrong: texts of each question that do not answer it, at most.
        rate: highest learning rate; warm_steps: steps in which it is reached.
        rank, scale: of the change of each weight.
        sharpness: what similarities are multiplied by in the loss.
        in_batch: share of the loss that compares with the other questions' texts.
        apart: sources whose texts are not compared with other questions': other shops say the same there.
        measured_every: steps between two looks at what is held out; the best state of all looks is kept.
    """

    epochs: int = 3
    minutes: float = 15.0
    groups_at_once: int = 16
    wrong: int = 3
    rate: float = 5e-4
    warm_steps: int = 20
    rank: int = 16
    scale: float = 2.0
    sharpness: float = 20.0
    in_batch: float = 0.5
    apart: tuple[str, ...] = ("imaginary",)
    measured_every: int = 60
    seed: int = 0


@dataclass(frozen=True)
class Batch:
    """Questions with the texts that they are compared with.

    Attributes:
        right: place of the text that answers each question, (n_questions,).
        own: whether a text was drawn for a question, (n_questions, n_texts).
        compared: whether the question is compared with it, in the part of the loss that looks beyond its own texts.
    """

    questions: tuple[str, ...]
    texts: tuple[str, ...]
    right: np.ndarray
    own: np.ndarray
    compared: np.ndarray


def batch_of(groups: Sequence[RankedGroup], recipe: EmbedderRecipe, chance: random.Random) -> Batch:
    """One text that answers each question, a few that do not, and who is compared with what."""
    drawn = [_drawn(group, recipe.wrong, chance) for group in groups]
    texts = [text for of_group in drawn for text in of_group]
    owners = np.repeat(np.arange(len(groups)), [len(of_group) for of_group in drawn])  # (n_texts,)
    right = np.cumsum([0, *(len(of_group) for of_group in drawn[:-1])])
    own = owners == np.arange(len(groups))[:, None]  # (n_questions, n_texts)
    apart = np.array([group.source in recipe.apart for group in groups])
    known = np.array([[text in group.texts for text in texts] for group in groups])
    others = ~apart[:, None] & ~apart[owners] & ~known
    return Batch(tuple(group.question for group in groups), tuple(texts), right, own, own | others)


def _drawn(group: RankedGroup, wrong: int, chance: random.Random) -> list[str]:
    """A text that answers, then those that do not."""
    texts: dict[bool, list[str]] = {True: [], False: []}
    for text, answers in zip(group.texts, group.answers, strict=True):
        texts[answers].append(text)
    return [chance.choice(texts[True]), *chance.sample(texts[False], min(wrong, len(texts[False])))]


def train_embedder(
    model: "SentenceTransformer",
    draw: Callable[[int], Sequence[RankedGroup]],
    held_out: Sequence[RankedGroup],
    recipe: EmbedderRecipe,
    *,
    on_progress: Progress = lambda _step, _done, _total: None,
) -> "tuple[dict[str, Tensor], Trained]":
    """Learn a change of an embedder's weights; the embedder itself ends as it was.

    Args:
        model: loaded, on its device.
        draw: the groups of an epoch, by its number; something answers each.
        held_out: what is looked at between, with both right and wrong texts.
        recipe: how long and how fast.
        on_progress: told what is being done.

    Returns:
        The change in the state that ranked the held-out groups best, as `TunedEmbedder` adds it, and how it went.
    """
    import torch

    from knowledge.training.low_rank import attach, detach, difference

    torch.manual_seed(recipe.seed)
    longest, model.max_seq_length = model.max_seq_length, MAX_TOKENS
    changes = attach(model, rank=recipe.rank, scale=recipe.scale)
    try:
        weights = [weight for change in changes.values() for weight in change.parameters()]
        course = _Course(model, weights, recipe, held_out)
        best, kept = course.look(0), difference(changes)
        for batch, spent in _batches(draw, recipe):
            course.step(batch, spent)
            on_progress("learning", int(100 * min(1.0, spent)), 100)
            if course.steps % recipe.measured_every == 0 and (found := course.look(course.steps)) > best:
                best, kept = found, difference(changes)
        if course.look(course.steps) > best:
            kept = difference(changes)
    finally:
        detach(model)
        model.max_seq_length = longest
        model.eval()
    return kept, course.trained()


class _Course:
    """One training: its optimizer, its curve, and its time."""

    def __init__(
        self,
        model: "SentenceTransformer",
        weights: "Sequence[Tensor]",
        recipe: EmbedderRecipe,
        held_out: Sequence[RankedGroup],
    ) -> None:
        import torch

        self._model, self._weights, self._recipe, self._held_out = model, weights, recipe, held_out
        self._optimizer = torch.optim.AdamW(weights, lr=0.0, weight_decay=0.01)
        self._began = time.perf_counter()
        self._loss = 0.0
        self._curve: list[tuple[int, float, float]] = []
        self.steps = 0

    def step(self, batch: Batch, spent: float) -> None:
        """Learn from a batch; `spent` is the part of the training that is over."""
        import torch

        self.steps += 1
        self._optimizer.param_groups[0]["lr"] = (
            self._recipe.rate * min(1.0, self.steps / self._recipe.warm_steps) * max(0.02, 1.0 - spent)
        )
        self._model.eval()  # dropout off: a small change learned in minutes does not learn by heart
        loss = _loss(self._model, batch, self._recipe)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(self._weights, CLIP)
        self._optimizer.step()
        self._optimizer.zero_grad()
        now = float(loss.detach())
        self._loss = now if self.steps == 1 else self._loss + 0.05 * (now - self._loss)

    def look(self, step: int) -> float:
        """Mean average precision of what is held out, noted in the curve."""
        found = float(precisions(self._held_out, similarities(self._model, self._held_out)).mean())
        if not self._curve or self._curve[-1][0] != step:
            self._curve.append((step, self._loss, found))
        return found

    def trained(self) -> Trained:
        """How it went."""
        return Trained(self.steps, time.perf_counter() - self._began, tuple(self._curve))


def similarities(model: "SentenceTransformer", groups: Sequence[RankedGroup]) -> list[np.ndarray]:
    """Of each group's question to its texts, (n_texts,) each."""
    import torch

    with torch.no_grad():
        asked = _vectors(model, [group.question for group in groups])
        said = _vectors(model, [text for group in groups for text in group.texts])
    parts = torch.split(said, [len(group.texts) for group in groups])
    return [(part @ question).double().cpu().numpy() for part, question in zip(parts, asked, strict=True)]


def _batches(draw: Callable[[int], Sequence[RankedGroup]], recipe: EmbedderRecipe) -> Iterator[tuple[Batch, float]]:
    """Batches, and what part of the training is over, until time or examples end."""
    chance = random.Random(recipe.seed)
    groups = [group for epoch in range(recipe.epochs) for group in _shuffled(draw(epoch), chance)]
    size, began = recipe.groups_at_once, time.perf_counter()
    for begin in range(0, len(groups), size):
        spent = max((time.perf_counter() - began) / (60 * recipe.minutes), begin / len(groups))
        yield batch_of(groups[begin : begin + size], recipe, chance), spent
        if spent >= 1:
            return


def _shuffled(groups: Sequence[RankedGroup], chance: random.Random) -> list[RankedGroup]:
    answered = [group for group in groups if any(group.answers)]
    chance.shuffle(answered)
    return answered


def _loss(model: "SentenceTransformer", batch: Batch, recipe: EmbedderRecipe) -> "Tensor":
    import torch
    from torch.nn.functional import cross_entropy
    from torch.nn.utils import parametrize

    with parametrize.cached():
        vectors = _vectors(model, [*batch.questions, *batch.texts])
    asked, said = vectors[: len(batch.questions)], vectors[len(batch.questions) :]
    near = recipe.sharpness * (asked @ said.T)  # (n_questions, n_texts)
    right = torch.from_numpy(batch.right).to(near.device)

    def against(allowed: np.ndarray) -> "Tensor":
        return cross_entropy(near.masked_fill(torch.from_numpy(~allowed).to(near.device), FORBIDDEN), right)

    return (1 - recipe.in_batch) * against(batch.own) + recipe.in_batch * against(batch.compared)


def _vectors(model: "SentenceTransformer", texts: Sequence[str]) -> "Tensor":
    """Unit vectors, (n_texts, dim), float32, texts of about one length read together."""
    import torch
    from torch.nn.functional import normalize

    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    parts = []
    for begin in range(0, len(order), TEXTS_AT_ONCE):
        features = model.preprocess([texts[number] for number in order[begin : begin + TEXTS_AT_ONCE]])
        placed = {name: one.to(model.device) if torch.is_tensor(one) else one for name, one in features.items()}
        with torch.autocast(model.device.type, torch.bfloat16):
            parts.append(model(placed)["sentence_embedding"].float())
    back = torch.tensor(np.argsort(order), device=model.device)
    return normalize(torch.cat(parts), dim=1)[back]
