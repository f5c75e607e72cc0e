"""What shoppers feel about which product: aspects from conversations and reviews, and their own words for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, Select, case, func, literal, select, union_all

from bot.insight.analytics.filters import Filters, aspects
from bot.insight.analytics.scoreboard import Mood
from bot.insight.tables import MessageAspect, MessageMood, ProductReview, ReviewAspect

Aspect = Literal["quality", "size_fit", "price", "delivery", "packaging", "returns", "service", "website"]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
LOOKED_AT = 8  # times as many clauses as quotes are wanted: the same words come again and again

_moods = MessageMood.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_clauses = MessageAspect.__table__  # type: ignore[attr-defined]  # as above
_reviews = ProductReview.__table__  # type: ignore[attr-defined]  # as above
_review_aspects = ReviewAspect.__table__  # type: ignore[attr-defined]  # as above


@dataclass(frozen=True)
class Cell:
    """What was said about one aspect of one product; `product_id` empty: of no product in particular."""

    product_id: str
    aspect: Aspect
    chats: Mood = field(default_factory=Mood)
    reviews: Mood = field(default_factory=Mood)

    @property
    def mood(self) -> Mood:
        """Conversations and reviews together."""
        return Mood(
            self.chats.negative + self.reviews.negative,
            self.chats.neutral + self.reviews.neutral,
            self.chats.positive + self.reviews.positive,
        )


@dataclass(frozen=True)
class Quote:
    """A shopper's own words, personal data masked; exactly one of the two ids is set."""

    text: str
    product_id: str
    aspect: Aspect
    label: str
    conversation_id: str = ""
    review_id: str = ""


def feelings(connection: Connection, filters: Filters) -> Sequence[Cell]:
    """Every product and aspect that something was felt about, the most spoken of first."""
    parts = [_in_chats(filters)]
    if not filters.outcome and not filters.gear:  # a review has neither
        parts.append(_in_reviews(filters))
    found: dict[tuple[str, Aspect], dict[str, Mood]] = {}
    for row in connection.execute(union_all(*parts)):
        found.setdefault((row.product_id, row.aspect), {})[row.origin] = _mood(row)
    cells = [Cell(product, aspect, **moods) for (product, aspect), moods in found.items()]
    return sorted(cells, key=lambda cell: (-cell.mood.total, cell.product_id, cell.aspect))


def quotes(
    connection: Connection,
    filters: Filters,
    *,
    label: str = "negative",
    aspect: str = "",
    k: int = 5,
) -> Sequence[Quote]:
    """Of shoppers' latest words those that the classifier is surest of, from conversations and reviews; each once."""
    parts = [_chat_quotes(filters, label, aspect, LOOKED_AT * k)]
    if not filters.outcome and not filters.gear:
        parts.append(_review_quotes(filters, label, aspect, LOOKED_AT * k))
    rows = [row for part in parts for row in connection.execute(part)]
    rows.sort(key=lambda row: (-row.score, row.text))
    by_words = {row.text: row for row in reversed(rows)}
    kept = sorted(by_words.values(), key=lambda row: (-row.score, row.text))[:k]
    return [
        Quote(row.text, row.product_id or "", row.aspect, label, row.conversation_id or "", row.review_id or "")
        for row in kept
    ]


def mood_about(connection: Connection, filters: Filters, aspect: Aspect) -> Mood:
    """What was felt about one aspect, in conversations and reviews together."""
    parts = [_in_chats(filters).where(aspects.c.aspect == aspect)]
    if not filters.outcome and not filters.gear:
        parts.append(_in_reviews(filters).where(_review_aspects.c.aspect == aspect))
    moods = [_mood(row) for row in connection.execute(union_all(*parts))]
    return Mood(sum(m.negative for m in moods), sum(m.neutral for m in moods), sum(m.positive for m in moods))


def _in_chats(filters: Filters) -> Select[Any]:
    return (
        select(
            literal("chats").label("origin"),
            aspects.c.product_id,
            aspects.c.aspect,
            func.sum(aspects.c.negative).label("negative"),
            func.sum(aspects.c.neutral).label("neutral"),
            func.sum(aspects.c.positive).label("positive"),
        )
        .where(*filters.on_aspects())
        .group_by(aspects.c.product_id, aspects.c.aspect)
    )


def _in_reviews(filters: Filters) -> Select[Any]:
    def counted(label: str) -> Any:
        return func.sum(case((_review_aspects.c.label == label, 1), else_=0)).label(label)

    return (
        select(
            literal("reviews").label("origin"),
            _reviews.c.product_id,
            _review_aspects.c.aspect,
            counted("negative"),
            counted("neutral"),
            counted("positive"),
        )
        .join_from(_review_aspects, _reviews)
        .where(*_on_reviews(filters))
        .group_by(_reviews.c.product_id, _review_aspects.c.aspect)
    )


def _on_reviews(filters: Filters) -> list[Any]:
    found = [_reviews.c.shop == filters.shop, _reviews.c.written_on.between(filters.start, filters.end)]
    if filters.language:
        found.append(_reviews.c.language == filters.language)
    if filters.product:
        found.append(_reviews.c.product_id == filters.product)
    return found


def _chat_quotes(filters: Filters, label: str, aspect: str, most: int) -> Select[Any]:
    """Clauses of the latest conversations with such a feeling: few are read, however many there are."""
    felt = select(aspects.c.conversation_id, aspects.c.day).where(*filters.on_aspects(), aspects.c[label] > 0)
    if aspect:
        felt = felt.where(aspects.c.aspect == aspect)
    latest = felt.distinct().order_by(aspects.c.day.desc()).limit(most).subquery()
    query = (
        select(
            _clauses.c.clause.label("text"),
            _clauses.c.product_id,
            _clauses.c.aspect,
            _clauses.c.score,
            _moods.c.conversation_id,
            literal("").label("review_id"),
        )
        .select_from(
            latest.join(_moods, _moods.c.conversation_id == latest.c.conversation_id).join(
                _clauses, _clauses.c.message_id == _moods.c.message_id
            )
        )
        .where(_clauses.c.label == label)
        .order_by(_clauses.c.score.desc(), _clauses.c.message_id)
        .limit(most)
    )
    if filters.product:
        query = query.where(_clauses.c.product_id == filters.product)
    return query.where(_clauses.c.aspect == aspect) if aspect else query


def _review_quotes(filters: Filters, label: str, aspect: str, most: int) -> Select[Any]:
    query = (
        select(
            _review_aspects.c.clause.label("text"),
            _reviews.c.product_id,
            _review_aspects.c.aspect,
            _review_aspects.c.score,
            literal("").label("conversation_id"),
            _reviews.c.id.label("review_id"),
        )
        .join_from(_review_aspects, _reviews)
        .where(*_on_reviews(filters), _review_aspects.c.label == label)
        .order_by(_reviews.c.written_on.desc(), _review_aspects.c.score.desc(), _reviews.c.id)
        .limit(most)
    )
    return query.where(_review_aspects.c.aspect == aspect) if aspect else query


def _mood(row: Row[Any]) -> Mood:
    return Mood(int(row.negative), int(row.neutral), int(row.positive))
