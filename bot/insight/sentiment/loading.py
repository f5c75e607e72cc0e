"""Puts the sentiment model together: weights at once, the encoder, which takes a second, at the first text."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bot.answering.adapter_shelf import AdapterShelf
from bot.insight.sentiment.classifier import Sentiment
from bot.insight.sentiment.encoder import TextEncoder, load_encoder
from bot.insight.sentiment.weights import SHIPPED, SentimentWeights, read_weights
from knowledge.embedding import MULTILINGUAL
from knowledge.weights import ModelStore

SHELF = "sentiment"
"""Where adopted weights lie on the shelf of tuned ones."""


class LazyEncoder:
    """A TextEncoder that is loaded when the first text comes, once, whichever thread brings it.

    Args:
        load: gives the encoder itself.
    """

    def __init__(self, load: Callable[[], TextEncoder]) -> None:
        self._load = load
        self._encoder: TextEncoder | None = None
        self._loading = threading.Lock()

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """(n_texts, dim), float32."""
        with self._loading:
            if self._encoder is None:
                self._encoder = self._load()
        return self._encoder.vectors(texts)


def weights_in_use(home: Path) -> Path:
    """The folder of the weights that classify: the adopted ones, else those that came with the bot."""
    return AdapterShelf(home, SHELF).current() or SHIPPED


def load_sentiment(folder: Path, store: ModelStore) -> Sentiment:
    """The classifier with the weights in a folder.

    Raises:
        ModelDamaged: they are not whole.
    """
    return sentiment_with(read_weights(folder), store)


def sentiment_with(weights: SentimentWeights, store: ModelStore) -> Sentiment:
    """The classifier with weights; the packaged encoder under them is loaded at the first text."""
    return Sentiment(LazyEncoder(lambda: load_encoder(store.path(MULTILINGUAL), weights.encoder)), weights)
