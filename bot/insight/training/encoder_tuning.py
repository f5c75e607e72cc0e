"""Tunes the encoder's layers: whole texts to labels, and our own messages to aspects as well."""

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.insight.sentiment.encoder import DIM, FeelingEncoder, load_encoder
from bot.insight.sentiment.feeling import ASPECTS, LABELS
from bot.insight.training.examples import MoodExample

if TYPE_CHECKING:
    from torch import Tensor, nn

Tell = Callable[[str, int, int], None]

WINDOW = 2000  # examples sorted by length together
SCALE = 20.0  # the vectors have unit length: without it the heads would have to grow for long
FORGOTTEN = 0.08  # share of tokens hidden while training
WARM_UP_STEPS = 80


@dataclass(frozen=True)
class EncoderRecipe:
    """How the encoder is tuned.

    Attributes:
        minutes: the learning rate falls to nothing in them.
        tokens: in a batch.
    """

    minutes: float = 40.0
    rate: float = 4e-4
    head_rate: float = 4e-3
    tokens: int = 2000
    smoothing: float = 0.05
    seed: int = 0


@dataclass(frozen=True)
class TunedEncoder:
    """What came of it: layers by name, and heads (512 + 1, 3) and (512 + 1, 8) on the vectors."""

    layers: Mapping[str, np.ndarray]
    head: np.ndarray
    aspect_head: np.ndarray


def tune_encoder(
    examples: Sequence[MoodExample],
    packaged: Path,
    recipe: EncoderRecipe,
    *,
    start: TunedEncoder | None = None,
    tell: Tell = lambda _step, _done, _total: None,
) -> TunedEncoder:
    """Learn from examples of the train part, for as long as the recipe says.

    Args:
        examples: others than those to train on are left out.
        packaged: folder of the packaged encoder.
        recipe: how.
        start: layers and heads to go on from.
        tell: told of the seconds gone.
    """
    import torch

    torch.manual_seed(recipe.seed)
    encoder = load_encoder(packaged, start.layers if start else {})
    heads = _heads(start)
    learned = [example for example in examples if example.part == "train"]
    tokens = encoder.tokens([example.text for example in learned])
    module = encoder.module.train()
    layers = [layer for layer in module.parameters() if layer.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": layers, "lr": recipe.rate, "weight_decay": 0.01},
            {"params": [*heads.parameters()], "lr": recipe.head_rate},
        ],
        betas=(0.9, 0.98),
    )
    full = [float(group["lr"]) for group in optimizer.param_groups]
    began, seconds = time.monotonic(), recipe.minutes * 60
    for step, places in enumerate(_endless([len(ids) for ids in tokens], recipe)):
        gone = time.monotonic() - began
        if gone >= seconds:
            break
        for group, rate in zip(optimizer.param_groups, full, strict=True):
            group["lr"] = rate * min(1.0, (step + 1) / WARM_UP_STEPS) * (1 + math.cos(math.pi * gone / seconds)) / 2
        vectors = _vectors(encoder, [tokens[place] for place in places])
        loss = _loss(heads(vectors * SCALE), [learned[place] for place in places], recipe.smoothing)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not say
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        optimizer.step()
        tell("tuning the encoder, seconds", int(gone), int(seconds))
    return _result(encoder, heads)


def _heads(start: TunedEncoder | None) -> "nn.Linear":
    """One layer for the labels and the aspects together."""
    import torch

    heads = torch.nn.Linear(DIM, len(LABELS) + len(ASPECTS))
    with torch.no_grad():
        both = np.zeros((DIM + 1, len(LABELS) + len(ASPECTS))) if start is None else _joined(start)
        heads.weight.copy_(torch.from_numpy(both[:-1].T / SCALE))
        heads.bias.copy_(torch.from_numpy(both[-1]))
    return heads


def _joined(start: TunedEncoder) -> np.ndarray:
    return np.hstack([start.head, start.aspect_head])


def _vectors(encoder: FeelingEncoder, ids: Sequence[Sequence[int]]) -> "Tensor":
    """Vectors to learn through, (n_texts, 512); some tokens are hidden."""
    import torch

    flat = torch.tensor(list(chain.from_iterable(ids)))
    lengths = torch.tensor([len(one) for one in ids])
    hidden = (torch.rand(len(flat)) < FORGOTTEN) & torch.repeat_interleave(lengths > 6, lengths)
    flat = torch.where(hidden, torch.full_like(flat, encoder.module.tokenizer.unk_id()), flat)
    vectors: Tensor = encoder.module({"input_ids": flat, "lengths": lengths})["sentence_embedding"]
    return torch.nn.functional.dropout(vectors, 0.1)


def _loss(logits: "Tensor", examples: Sequence[MoodExample], smoothing: float) -> "Tensor":
    """Of the labels, and of the aspects where they are known."""
    import torch
    from torch.nn import functional

    labels = torch.tensor([LABELS.index(example.label) for example in examples])
    loss = functional.cross_entropy(logits[:, : len(LABELS)], labels, label_smoothing=smoothing)
    known = [place for place, example in enumerate(examples) if example.aspects is not None]
    if known:
        spoken = torch.tensor([[float(aspect in (examples[p].aspects or {})) for aspect in ASPECTS] for p in known])
        weight = len(known) / len(examples)
        loss = loss + weight * functional.binary_cross_entropy_with_logits(logits[known][:, len(LABELS) :], spoken)
    return loss


def _endless(lengths: Sequence[int], recipe: EncoderRecipe) -> Iterator[list[int]]:
    """Batches of places without end, texts of like length together."""
    rng = random.Random(recipe.seed)
    order = list(range(len(lengths)))
    while order:
        rng.shuffle(order)
        batches: list[list[int]] = []
        for start in range(0, len(order), WINDOW):
            filled = recipe.tokens
            for place in sorted(order[start : start + WINDOW], key=lambda place: lengths[place]):
                if filled + lengths[place] > recipe.tokens:
                    batches.append([])
                    filled = 0
                batches[-1].append(place)
                filled += lengths[place]
        rng.shuffle(batches)
        yield from batches


def _result(encoder: FeelingEncoder, heads: "nn.Linear") -> TunedEncoder:
    module = encoder.module.eval()
    layers = {name: layer.detach().numpy().copy() for name, layer in module.named_parameters()}
    both = np.vstack([heads.weight.detach().numpy().T * SCALE, heads.bias.detach().numpy()[None]])
    return TunedEncoder(layers, both[:, : len(LABELS)].copy(), both[:, len(LABELS) :].copy())
