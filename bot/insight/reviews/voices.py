"""Voices: what shoppers say of a product, aspect by aspect, in conversations and reviews: shares, trend, own words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, cast

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.insight.sentiment.feeling import ASPECTS, LABELS, Aspect, Label
from bot.insight.tables import MessageAspect, MessageMood, ProductReview, ReviewAspect
from knowledge.embedding import Embedder

QUOTES = 3
MOST_EMBEDDED = 200  # clauses of one aspect and label, the latest; more would not change what is typical
SHORTEST = 8  # characters of a quote worth showing


@dataclass(frozen=True)
class Quote:
    """A shopper's own words, masked; never written by a model. `source` and `id` lead to the whole of it."""

    text: str
    label: Label
    source: Literal["chat", "review"]
    id: str
    said_on: date


@dataclass(frozen=True)
class AspectVoice:
    """What is said of one aspect.

    Attributes:
        counts: how often each label, over the whole time.
        negative_share: of what is said of it, 0 to 1.
        trend: that share in the later half of the time less that in the earlier one; None where one half says nothing.
        quotes: the most typical words for what is felt, the negative ones first.
    """

    aspect: Aspect
    counts: dict[Label, int]
    negative_share: float
    trend: float | None
    quotes: tuple[Quote, ...]


class Voices:
    """Reads what is said; it never writes.

    Args:
        engine: the database.
        embedder: tells which words are typical, by their nearness to all others.
    """

    def __init__(self, engine: Engine, embedder: Embedder) -> None:
        self._engine, self._embedder = engine, embedder

    def about(
        self, shop: str, *, since: date, until: date, product_id: str | None = None, quotes: int = QUOTES
    ) -> list[AspectVoice]:
        """What is said from one day to another, both counted in, the most complained of first.

        Args:
            shop: whose.
            since: first day.
            until: last day.
            product_id: of this product only; None: of all and of none.
            quotes: of each feeling at most so many.
        """
        said = self._said(shop, since, until, product_id)
        middle = since + (until - since) / 2
        voices = [self._voice(aspect, said[aspect], middle, quotes) for aspect in ASPECTS if said[aspect]]
        return sorted(voices, key=lambda voice: (-voice.counts["negative"], voice.aspect))

    def _said(self, shop: str, since: date, until: date, product_id: str | None) -> dict[Aspect, list[Quote]]:
        first, last = datetime.min.time(), until + timedelta(days=1)
        chats = (
            select(MessageAspect, MessageMood.said_at)
            .join(MessageMood, col(MessageMood.message_id) == col(MessageAspect.message_id))
            .where(
                MessageMood.shop == shop,
                col(MessageMood.said_at) >= datetime.combine(since, first, tzinfo=UTC),
                col(MessageMood.said_at) < datetime.combine(last, first, tzinfo=UTC),
            )
        )
        reviews = (
            select(ReviewAspect, col(ProductReview.written_on))
            .join(ProductReview, col(ProductReview.id) == col(ReviewAspect.review_id))
            .where(
                ProductReview.shop == shop,
                col(ProductReview.written_on) >= since,
                col(ProductReview.written_on) < last,
            )
        )
        if product_id is not None:
            chats = chats.where(MessageMood.product_id == product_id)
            reviews = reviews.where(ProductReview.product_id == product_id)
        found: defaultdict[Aspect, list[Quote]] = defaultdict(list)
        with Session(self._engine) as session:
            for row, said_at in session.exec(chats):
                found[cast(Aspect, row.aspect)].append(
                    Quote(row.clause, cast(Label, row.label), "chat", row.message_id, said_at.date())
                )
            for one, written_on in session.exec(reviews):
                found[cast(Aspect, one.aspect)].append(
                    Quote(one.clause, cast(Label, one.label), "review", one.review_id, written_on)
                )
        return found

    def _voice(self, aspect: Aspect, said: Sequence[Quote], middle: date, quotes: int) -> AspectVoice:
        counts = {label: sum(one.label == label for one in said) for label in LABELS}
        earlier = [one for one in said if one.said_on <= middle]
        later = [one for one in said if one.said_on > middle]
        trend = _negative(later) - _negative(earlier) if earlier and later else None
        chosen = [
            quote
            for label in ("negative", "positive")
            for quote in self._typical([one for one in said if one.label == label], quotes)
        ]
        return AspectVoice(aspect, counts, _negative(said), trend, tuple(chosen))

    def _typical(self, said: Sequence[Quote], most: int) -> list[Quote]:
        """Those nearest to what all say, each for something else: the next is the nearest to what is not said yet."""
        fit = sorted((one for one in said if len(one.text) >= SHORTEST), key=lambda one: one.said_on)[-MOST_EMBEDDED:]
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


def _negative(said: Sequence[Quote]) -> float:
    return sum(one.label == "negative" for one in said) / max(1, len(said))
