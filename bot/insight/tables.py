"""The rows of what shoppers feel: MessageMood, MessageAspect, ConversationMood, ProductReview, ReviewAspect.

They are derived from messages and reviews and can be computed again; `model_version` says which model did it.
"""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from bot.conversation.columns import StoredText
from knowledge.columns import UtcDateTime

_LABELS = "label IN ('negative', 'neutral', 'positive')"
_ASPECTS = "aspect IN ('quality', 'size_fit', 'price', 'delivery', 'packaging', 'returns', 'service', 'website')"


class MessageMood(SQLModel, table=True):
    """What one shopper's message feels; a message without a row, or with another model's, waits to be scored.

    Attributes:
        shop, conversation_id, said_at: of its message, so that a dashboard need not join.
        product_id: which product it speaks of, if that can be told.
        score: chance of the label, 0 to 1.
        scores: chances of all three labels.
        aspects: label by aspect, as in MessageAspect, for showing one message.
        language: ISO 639-1, None when nothing tells.
    """

    __tablename__ = "message_mood"
    __table_args__ = (
        CheckConstraint(_LABELS, name="message_mood_label"),
        Index("message_mood_when", "shop", "said_at"),
        Index("message_mood_scored", "scored_at"),
    )

    message_id: str = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE", max_length=32)
    conversation_id: str = Field(foreign_key="conversation.id", ondelete="CASCADE", index=True, max_length=32)
    shop: str
    product_id: str | None = Field(default=None, max_length=200)
    label: str
    score: float
    scores: dict[str, float] = Field(sa_type=JSON, nullable=False)
    aspects: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    language: str | None = Field(default=None, max_length=10)
    model_version: str = Field(index=True, max_length=40)
    said_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    scored_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class MessageAspect(SQLModel, table=True):
    """What one message feels about one aspect.

    Attributes:
        clause: its own words about it, personal data masked as in the message.
        product_id: as in MessageMood.
    """

    __tablename__ = "message_aspect"
    __table_args__ = (
        CheckConstraint(_LABELS, name="message_aspect_label"),
        CheckConstraint(_ASPECTS, name="message_aspect_name"),
        Index("message_aspect_product", "product_id", "aspect"),
    )

    message_id: str = Field(primary_key=True, foreign_key="message_mood.message_id", ondelete="CASCADE", max_length=32)
    aspect: str = Field(primary_key=True, max_length=10)
    label: str
    score: float
    clause: str = Field(sa_type=StoredText)
    product_id: str | None = Field(default=None, max_length=200)


class ConversationMood(SQLModel, table=True):
    """How one conversation went, by its latest message.

    Attributes:
        satisfaction: predicted mean of many raters, -2 to 2.
        trend: mood of its second half less that of its first, -2 to 2.
        turned_at_message: the shopper's message with which the mood turned for good, if it did.
        turned_after_message: the answer before it.
        sustained_anger: the last shopper's messages are clearly negative.
        failures_in_a_row: how many of the latest answers in a row were none or were rated bad.
        last_sequence: of the latest message that is counted in.
    """

    __tablename__ = "conversation_mood"

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", ondelete="CASCADE", max_length=32)
    satisfaction: float
    trend: float
    turned_at_message: str | None = Field(default=None, max_length=32)
    turned_after_message: str | None = Field(default=None, max_length=32)
    sustained_anger: bool
    failures_in_a_row: int
    last_sequence: int
    model_version: str = Field(index=True, max_length=40)
    scored_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class ProductReview(SQLModel, table=True):
    """One review of a product; the same review twice is one row.

    Attributes:
        id: hash of shop, product, text, rating and day.
        rating: 1 to 5 stars, if given.
        text: personal data masked.
    """

    __tablename__ = "product_review"
    __table_args__ = (
        CheckConstraint(_LABELS, name="product_review_label"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="product_review_rating"),
        Index("product_review_product", "shop", "product_id"),
        Index("product_review_when", "shop", "written_on"),
    )

    id: str = Field(primary_key=True, max_length=32)
    shop: str
    product_id: str = Field(max_length=200)
    rating: float | None = None
    text: str = Field(sa_type=StoredText)
    language: str | None = Field(default=None, max_length=10)
    written_on: date
    label: str
    score: float
    scores: dict[str, float] = Field(sa_type=JSON, nullable=False)
    model_version: str = Field(index=True, max_length=40)
    scored_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class ReviewAspect(SQLModel, table=True):
    """What one review feels about one aspect; `clause` holds its own words about it."""

    __tablename__ = "review_aspect"
    __table_args__ = (
        CheckConstraint(_LABELS, name="review_aspect_label"),
        CheckConstraint(_ASPECTS, name="review_aspect_name"),
    )

    review_id: str = Field(primary_key=True, foreign_key="product_review.id", ondelete="CASCADE", max_length=32)
    aspect: str = Field(primary_key=True, max_length=10)
    label: str
    score: float
    clause: str = Field(sa_type=StoredText)
