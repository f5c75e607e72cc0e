"""The training loop: steps within a time, looks at dev, checkpoints, and an end when dev gets no better.

An own loop and not transformers' Trainer: its schedule counts steps, ours minutes (on a shared machine a step takes
now one second, now four); its loss computes the head at every place, ours at the answers'; and it knows one batch at a
time, where the CPU is quickest with one a core.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bot.learning.training.batching import Encoded, questions_in, steps
from bot.learning.training.checkpoint import Standing, read_checkpoint, replace_folder, write_checkpoint
from bot.learning.training.recipe import Recipe
from bot.learning.training.tuned_model import TunedModel
from knowledge.whole_folder import restore_folder

if TYPE_CHECKING:
    import torch

ADAPTER = "adapter"
TOLD_EVERY = 5  # steps
LOWEST = 0.1  # share of the learning rate that is left at the end
LOOKS = 10  # at dev, of a training whose steps are fixed
ROUNDED = 4  # places of a loss in the curve
SMOOTHED = 20  # steps, over which the train loss of the curve is a mean
SETTLING = 0.5
"""Share of the training from which on a look without a better dev loss counts: while the learning rate is high, a
training that goes on from an adapter lies above where it began. As long as the loss falls from look to look, none
counts: such a training may be better than its beginning only at its end."""

KEPT = (0.25, 0.5, 0.75)
"""Shares of the weights begun from that are tried at the end of a training that went on from an adapter."""

Tell = Callable[[str, int, int], None]
"""Takes the step in words, how much is done, and of how much."""


@dataclass(frozen=True)
class Trained:
    """What came of a training.

    Attributes:
        folder: of the best adapter.
        why: `minutes`, `steps`, `epochs` or `no better`: what ended it.
    """

    folder: Path
    standing: Standing
    why: str


def tune(
    model: TunedModel,
    train: Sequence[Encoded],
    dev: Sequence[Encoded],
    recipe: Recipe,
    folder: Path,
    *,
    of: str,
    begun: "Sequence[torch.Tensor] | None" = None,
    resume: bool = False,
    tell: Tell = lambda _step, _done, _total: None,
) -> Trained:
    """Train until the minutes, steps or epochs are over or dev gets no better; the best lies in `folder/adapter`.

    Args:
        model: what is tuned.
        train: examples.
        dev: examples that it is looked at with.
        recipe: how.
        folder: where checkpoints and adapters go.
        of: names recipe and data, for resuming.
        begun: the weights of the adapter that this goes on from.
        resume: go on from the checkpoint in `folder`.
        tell: told of the progress.

    Raises:
        TrainingError: nothing to resume from, or the disk is full.
    """
    import torch

    optimizer = torch.optim.AdamW(model.masters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    standing = Standing()
    if resume:
        standing, masters, state = read_checkpoint(folder, of=of)
        restore_folder(folder / ADAPTER)
        with torch.no_grad():
            for master, saved in zip(model.masters, masters, strict=True):
                master.copy_(saved)
        optimizer.load_state_dict(state)
        model.take_over()
    watch = _Watch(standing, recipe, examples=math.ceil(questions_in(train) * recipe.epochs))
    losses: list[float] = []
    looked = standing.seconds

    def look() -> None:
        _look(model, dev, standing, losses, folder)
        if standing.best_step != standing.step and not _falls(standing.curve) and watch.done >= SETTLING:
            standing.worse += 1
        write_checkpoint(folder, standing, model.masters, optimizer.state_dict(), of=of)

    if not resume:
        look()
    for batch in islice(steps(train, batch=recipe.batch, seed=recipe.seed), standing.step, None):
        watch.tick()
        if watch.done >= 1 or standing.worse >= recipe.patience:
            break
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * _share(watch.done, recipe.warm_up)
        losses.append(model.gradients(batch))
        torch.nn.utils.clip_grad_norm_(model.masters, recipe.clip)
        optimizer.step()
        model.take_over()
        standing.step += 1
        standing.examples += questions_in(batch)
        standing.tokens += sum(len(one.ids) for one in batch)
        watch.tick()
        if standing.step % TOLD_EVERY == 0:
            tell(watch.words(losses), round(watch.done * 100), 100)
        if watch.to_look(since=looked):
            look()
            watch.tick()
            looked = standing.seconds
    if not standing.curve or standing.curve[-1]["step"] != standing.step:
        look()
    if begun is not None:
        tell("weighing old and new", 0, 0)
        _keep_of(begun, model, dev, standing, folder)
    return Trained(folder / ADAPTER, standing, watch.why)


def _keep_of(
    begun: "Sequence[torch.Tensor]", model: TunedModel, dev: Sequence[Encoded], standing: Standing, folder: Path
) -> None:
    """Try weights between those begun from and those come to, which often know more than either.

    Wortsman et al., "Robust fine-tuning of zero-shot models" (2022), who do it with whole weights.
    """
    import torch

    ended = [master.detach().clone() for master in model.masters]
    for share in KEPT:
        with torch.no_grad():
            for master, old, new in zip(model.masters, begun, ended, strict=True):
                master.copy_(torch.lerp(new, old, share))
        model.take_over()
        found = model.loss(dev)
        if found < standing.best:
            standing.best, standing.best_step, standing.kept = found, standing.step, share
            replace_folder(folder / ADAPTER, model.save)


def _falls(curve: Sequence[Mapping[str, float | None]]) -> bool:
    """Whether the last look's dev loss is below that of the look before."""
    losses = [point["dev_loss"] or 0.0 for point in curve[-2:]]
    return len(losses) > 1 and losses[1] < losses[0]


def _look(model: TunedModel, dev: Sequence[Encoded], standing: Standing, losses: list[float], folder: Path) -> None:
    """Dev loss, put into the curve; the adapter is kept when it is the best yet."""
    found = model.loss(dev)
    recent = losses[-SMOOTHED:]
    standing.curve.append(
        {
            "step": standing.step,
            "seconds": round(standing.seconds, 1),
            "train_loss": round(sum(recent) / len(recent), ROUNDED) if recent else None,
            "dev_loss": round(found, ROUNDED),
        }
    )
    if found < standing.best:
        standing.best, standing.best_step, standing.worse = found, standing.step, 0
        replace_folder(folder / ADAPTER, model.save)


class _Watch:
    """The share of the training that is done, by time, steps or examples, whichever is furthest."""

    def __init__(self, standing: Standing, recipe: Recipe, *, examples: int) -> None:
        self._standing, self._recipe, self._examples = standing, recipe, examples
        self._last = time.monotonic()
        self._began = standing.seconds, standing.tokens

    def tick(self) -> None:
        now = time.monotonic()
        self._standing.seconds += now - self._last
        self._last = now

    @property
    def _by_time(self) -> float:
        return 0.0 if self._recipe.steps else self._standing.seconds / (self._recipe.minutes * 60)

    @property
    def _by_steps(self) -> float:
        return self._standing.step / self._recipe.steps if self._recipe.steps else 0.0

    @property
    def done(self) -> float:
        return max(self._by_time, self._by_steps, self._standing.examples / self._examples)

    def to_look(self, *, since: float) -> bool:
        """Whether dev is to be looked at; by steps where these are fixed, so that the same adapter is found best."""
        if self._recipe.steps:
            return self._standing.step % math.ceil(self._recipe.steps / LOOKS) == 0
        return self._standing.seconds - since >= self._recipe.evaluate_minutes * 60

    @property
    def why(self) -> str:
        if self._standing.worse >= self._recipe.patience:
            return "no better"
        if self._by_time >= 1:
            return "minutes"
        return "steps" if self._by_steps >= 1 else "epochs"

    def words(self, losses: Sequence[float]) -> str:
        standing = self._standing
        seconds, tokens = standing.seconds - self._began[0], standing.tokens - self._began[1]
        left = standing.seconds * (1 / max(self.done, 1e-6) - 1)
        loss = sum(losses[-SMOOTHED:]) / len(losses[-SMOOTHED:])
        return (
            f"step {standing.step}, loss {loss:.3f}, best dev {standing.best:.3f}, "
            f"{tokens / max(seconds, 1e-6):.0f} tokens/s, {left / 60:.1f} min left"
        )


def _share(done: float, warm_up: float) -> float:
    """Of the learning rate: up in a line, down in a cosine."""
    if done < warm_up:
        return max(done, 1e-3) / warm_up
    return LOWEST + (1 - LOWEST) * (1 + math.cos(math.pi * min((done - warm_up) / (1 - warm_up), 1))) / 2
