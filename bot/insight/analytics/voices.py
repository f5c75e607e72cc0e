"""Voices: what shoppers say of one aspect, in conversations and reviews together: share, trend, typical words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from sqlalchemy import Engine

from bot.insight.analytics.feelings import Aspect, Quote, mood_about, quotes
from bot.insight.analytics.filters import Filters
from bot.insight.analytics.scoreboard import Mood
from knowledge.embedding import Embedder

QUOTES = 5
COMPARED = 100  # quotes that the typical ones are chosen from, the latest; more would not change what is typical
SHORTEST = 8  # characters of a quote worth showing


@dataclass(frozen=True)
class Voice:
    """What is said of one aspect.

    Attributes:
        mood: over the whole range.
        earlier, later: in its first half and in its second.
        quotes: the most typical of the words with one feeling.
    """

    aspect: Aspect
    mood: Mood
    earlier: Mood
    later: Mood
    quotes: tuple[Quote, ...]

    @property
    def trend(self) -> float | None:
        """The negative share of the later half less that of the earlier one; None where one half says nothing."""
        before, after = self.earlier.negative_share.value, self.later.negative_share.value
        return None if before is None or after is None else after - before


class Voices:
    """Hears them; it never writes.

    Args:
        engine: the migrated database.
        embedder: tells which words are typical, by their nearness to all others.
    """

    def __init__(self, engine: Engine, embedder: Embedder) -> None:
        self._engine, self._embedder = engine, embedder

    def about(self, filters: Filters, aspect: Aspect, *, label: str = "negative", k: int = QUOTES) -> Voice:
        """What is said of an aspect of the product that the filters name, or of all.

        Args:
            filters: of which conversations and reviews.
            aspect: which.
            label: of the quotes.
            k: at most so many quotes.
        """
        middle = filters.start + timedelta(days=filters.days // 2)
        with self._engine.connect() as connection:
            mood = mood_about(connection, filters, aspect)
            later = mood_about(connection, replace(filters, start=middle), aspect)
            found = quotes(connection, filters, label=label, aspect=aspect, k=COMPARED)
        return Voice(aspect, mood, _less(mood, later), later, tuple(self._typical(found, k)))

    def _typical(self, said: Sequence[Quote], most: int) -> list[Quote]:
        """Those nearest to what all say, each for something else: the next is the nearest to what is not said yet."""
        fit = [one for one in said if len(one.text) >= SHORTEST]
        if len(fit) <= most:
            return fit
        vectors = self._embedder.embed_passages([one.text for one in fit])
        near = vectors @ vectors.T  # (n, n)
        covered = np.zeros(len(fit))
        chosen: list[int] = []
        while len(chosen) < most:
            gains = np.maximum(near - covered[:, None], 0).sum(axis=0)
            gains[chosen] = -1.0
            best = int(gains.argmax())
            chosen.append(best)
            covered = np.maximum(covered, near[:, best])
        return [fit[place] for place in chosen]


def _less(whole: Mood, part: Mood) -> Mood:
    return Mood(whole.negative - part.negative, whole.neutral - part.neutral, whole.positive - part.positive)
