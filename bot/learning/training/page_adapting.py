"""Reads a shop's own pages into the weights before the examples, and says how much less they surprise."""

import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import TrainingError
from bot.learning.training.batching import Encoded, Span, steps
from bot.learning.training.loop import Tell
from bot.learning.training.recipe import Recipe
from bot.learning.training.tuned_model import TunedModel

SHARE_OF_MINUTES = 0.15
HELD_OUT = 0.15
LONGEST = 192  # tokens of a piece; the head is computed at each of them
SHORTEST = 24
EPOCHS = 3
BATCH = 24  # pieces a step: a shop has some hundred
LEARNING_RATE_SHARE = 0.25  # of the recipe's: pages are to be known, not to be recited
FEWEST = 8


@dataclass(frozen=True)
class Perplexity:
    """Of held-out pages, before and after; `kept` is whether the reading helped and was kept."""

    pages: int
    held_out: int
    before: float
    after: float
    kept: bool


def adapt(model: TunedModel, pages: Sequence[str], recipe: Recipe, *, tell: Tell) -> Perplexity:
    """Train on the pages as plain text; undone where held-out pages do not get likelier.

    Raises:
        TrainingError: too few pages.
    """
    import torch

    pieces = pieces_of(model, pages)
    if len(pieces) < FEWEST:
        raise TrainingError(f"{len(pieces)} pieces of pages are too few to learn from; expected at least {FEWEST}.")
    random.Random(recipe.seed).shuffle(pieces)
    held = max(1, round(len(pieces) * HELD_OUT))
    kept_out, read = pieces[:held], pieces[held:]
    start = [master.clone() for master in model.masters]
    before = model.loss(kept_out)
    optimizer = torch.optim.AdamW(model.masters, lr=recipe.learning_rate * LEARNING_RATE_SHARE)
    total = math.ceil(len(read) / BATCH) * EPOCHS
    ends = time.monotonic() + recipe.minutes * 60 * SHARE_OF_MINUTES
    for step, batch in enumerate(steps(read, batch=BATCH, seed=recipe.seed)):
        if step >= total or time.monotonic() > ends:
            break
        loss = model.gradients(batch)
        torch.nn.utils.clip_grad_norm_(model.masters, recipe.clip)
        optimizer.step()
        model.take_over()
        tell(f"reading pages, loss {loss:.3f}", step, total)
    after = model.loss(kept_out)
    if after >= before:
        with torch.no_grad():
            for master, old in zip(model.masters, start, strict=True):
                master.copy_(old)
        model.take_over()
    return Perplexity(len(pages), held, round(math.exp(before), 2), round(math.exp(after), 2), after < before)


def pieces_of(model: TunedModel, pages: Sequence[str]) -> list[Encoded]:
    """The pages in pieces of equal length; what is left over at a page's end is dropped where it is very short."""
    pieces = []
    for page in pages:
        ids = model.tokenize(page)
        cut = [ids[at : at + LONGEST] for at in range(0, len(ids), LONGEST)]
        pieces += [_read_whole((*model.begin, *piece), len(model.begin) or 1) for piece in cut if len(piece) > SHORTEST]
    return pieces


def _read_whole(ids: tuple[int, ...], start: int) -> Encoded:
    return Encoded(ids, (Span(0, start, len(ids)),))
