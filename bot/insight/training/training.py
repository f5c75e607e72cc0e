"""Trains the sentiment model: all examples to one SentimentWeights."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.insight.sentiment.classifier import Sentiment
from bot.insight.sentiment.encoder import TextEncoder, load_encoder
from bot.insight.sentiment.feeling import ASPECTS, LABELS
from bot.insight.sentiment.signs import Signs
from bot.insight.sentiment.weights import Blend, SentimentWeights
from bot.insight.training.blending import fit_bars, fit_blends
from bot.insight.training.encoder_tuning import TunedEncoder
from bot.insight.training.examples import MoodExample
from bot.insight.training.gram_fitting import fit_aspect_grams, fit_grams

Tell = Callable[[str, int, int], None]


def train_heads(
    examples: Sequence[MoodExample],
    tuned: TunedEncoder,
    encoder: TextEncoder,
    *,
    lexicon: dict[str, float],
    tell: Tell = lambda _step, _done, _total: None,
) -> SentimentWeights:
    """Fit the n-grams, the blend and the bars on top of a tuned encoder; minutes on one core.

    Args:
        examples: of all parts; those to measure with are not looked at.
        tuned: the encoder's layers and heads.
        encoder: the same, ready to encode.
        lexicon: English words and how glad each is.
        tell: told of the steps.
    """
    learned = [example for example in examples if example.part == "train"]
    waiting = [example for example in examples if example.part == "tune"]
    tell("fitting the n-grams", 0, 0)
    table, rarity = fit_grams(learned)
    weights = SentimentWeights(
        version="",
        encoder=tuned.layers,
        head=tuned.head.astype(np.float32),
        grams=table,
        rarity=rarity,
        blends=_no_blends(lexicon),
        aspect_head=tuned.aspect_head.astype(np.float32),
        aspect_grams=fit_aspect_grams(learned),
        aspect_thresholds=np.zeros(len(ASPECTS), dtype=np.float32),
        lexicon=lexicon,
    )
    tell("weighing the parts", 0, 0)
    read = Sentiment(encoder, weights).read([example.text for example in waiting])
    known = [place for place, example in enumerate(waiting) if example.aspects is not None]
    bars = fit_bars([waiting[place] for place in known], read.aspects[known])
    return replace(weights, blends=fit_blends(waiting, read), aspect_thresholds=bars)


def encoder_of(weights: SentimentWeights, packaged: Path) -> tuple[TunedEncoder, TextEncoder]:
    """The tuned encoder that weights hold, to fit new heads on."""
    tuned = TunedEncoder(weights.encoder, weights.head, weights.aspect_head)
    return tuned, load_encoder(packaged, weights.encoder)


def _no_blends(lexicon: dict[str, float]) -> dict[str, Blend]:
    """What stands there until the parts are weighed."""
    parts = 2 * len(LABELS) + len(Signs(lexicon).names)
    nothing = Blend(np.zeros((parts, len(LABELS)), np.float32), np.zeros(len(LABELS), np.float32))
    return {"han": nothing, "latin": nothing}
