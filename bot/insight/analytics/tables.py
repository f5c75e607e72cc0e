"""The rows that figures are counted from: a line a conversation, a reply, a product and an aspect; content gaps.

All are derived from what was said and can be made again; `keeping.py` keeps them up to date. Days and hours are those
of the shop's own clock, so that a dashboard counts the shop's days without knowing time zones.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field, SQLModel

from knowledge.columns import UtcDateTime


class ConversationSummary(SQLModel, table=True):
    """One conversation in which a shopper said something, in figures.

    Attributes:
        language: the shopper's; empty when unknown.
        day, week_hour: of the first message on the shop's clock; hour 0 is Monday midnight.
        time_zone: that the two were reckoned in.
        standing: how it stands, as in `standing.py`.
        came_back: the shopper returned within 48 hours of an answer, here or in another conversation.
        questions: shopper's messages that are no mere courtesy.
        answered, refused, handed_off: replies to questions, by outcome.
        curated, facts, generated, extracted, no_gear: replies to questions, by gear.
        last_thumb: -1, 1, or 0 when none was given.
        negative, neutral, positive: shopper's messages by mood.
        satisfaction: predicted, -2 to 2, as in ConversationMood.
        seen_until: everything written before this time is counted in.
        rules: version of the rules that made this row.
    """

    __tablename__ = "conversation_summary"
    __table_args__ = (
        # Holds all that a scoreboard reads, so that a range is counted without a look at the rows.
        Index(
            "conversation_summary_day",
            *("shop", "day", "week_hour", "language", "standing", "last_at", "came_back", "last_thumb", "thumbs_up"),
            *("thumbs_down", "negative", "neutral", "positive", "satisfaction", "answered", "refused", "handed_off"),
            *("curated", "facts", "generated", "extracted", "no_gear", "conversation_id"),
        ),
        Index("conversation_summary_began", "shop", "began_at"),
    )

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", ondelete="CASCADE", max_length=32)
    shop: str
    language: str = Field(max_length=10)
    day: date
    week_hour: int
    time_zone: str = Field(max_length=60)
    began_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    last_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    last_sequence: int
    standing: str = Field(max_length=12)
    came_back: bool
    questions: int
    answered: int
    refused: int
    handed_off: int
    curated: int
    facts: int
    generated: int
    extracted: int
    no_gear: int
    thumbs_up: int
    thumbs_down: int
    last_thumb: int
    negative: int
    neutral: int
    positive: int
    satisfaction: float | None = None
    seen_until: datetime = Field(sa_type=UtcDateTime, nullable=False)
    rules: int


class TurnSummary(SQLModel, table=True):
    """One reply to a question, in figures; replies to mere courtesies have no row.

    Attributes:
        message_id: the reply; `question_id` the shopper's message it answers.
        language, day: of its conversation.
        rating: -1, 1, or 0 when there is no thumb.
        first_token_ms, total_ms: rounded to steps of 5 %, so that they can be counted.
        question_key: equal for questions that differ only in case, spaces and punctuation.
    """

    __tablename__ = "turn_summary"
    __table_args__ = (
        # In the order that times are grouped by, so that nothing need be sorted.
        Index("turn_summary_first", "shop", "day", "first_token_ms", "gear", "outcome", "language"),
        Index("turn_summary_total", "shop", "day", "total_ms", "gear", "outcome", "language"),
        Index(
            "turn_summary_asked",
            *("shop", "day", "question_key", "outcome", "rating", "language", "gear", "question_id"),
        ),
    )

    message_id: str = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE", max_length=32)
    conversation_id: str = Field(foreign_key="conversation.id", ondelete="CASCADE", index=True, max_length=32)
    question_id: str = Field(max_length=32)
    shop: str
    day: date
    language: str = Field(max_length=10)
    outcome: str = Field(max_length=12)
    gear: str = Field(max_length=12)
    rating: int
    first_token_ms: int | None = None
    total_ms: int | None = None
    question_key: int = Field(sa_type=BigInteger)


class ConversationProduct(SQLModel, table=True):
    """A product that was shown or spoken of in a conversation."""

    __tablename__ = "conversation_product"
    __table_args__ = (Index("conversation_product_product", "shop", "product_id", "conversation_id"),)

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", ondelete="CASCADE", max_length=32)
    product_id: str = Field(primary_key=True, max_length=200)
    shop: str


class ConversationAspect(SQLModel, table=True):
    """What a conversation feels about one aspect of one product, in messages; `product_id` empty: of none."""

    __tablename__ = "conversation_aspect"
    __table_args__ = (Index("conversation_aspect_day", "shop", "day"),)

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", ondelete="CASCADE", max_length=32)
    product_id: str = Field(primary_key=True, max_length=200)
    aspect: str = Field(primary_key=True, max_length=10)
    shop: str
    day: date
    language: str = Field(max_length=10)
    negative: int
    neutral: int
    positive: int


class ContentGap(SQLModel, table=True):
    """Questions of one kind that the shop's pages do not answer well.

    Attributes:
        question_id: the shopper's message that is the most typical of them; None once it was erased.
        keywords: what sets them apart from the other gaps.
        pages: that search found nearest, best first: `source`, `title`, `count`, `score`.
    """

    __tablename__ = "content_gap"

    id: str = Field(primary_key=True, max_length=32)
    shop: str = Field(index=True)
    question_id: str | None = Field(default=None, foreign_key="message.id", ondelete="SET NULL", max_length=32)
    keywords: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    pages: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    made_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class GapQuestion(SQLModel, table=True):
    """A reply that left its question open, with the question's vector, so that each is embedded once.

    Attributes:
        message_id: the reply.
        gap_id: empty until clustered, and where no other question is like it.
        vector: float16, as the embedder named made it.
    """

    __tablename__ = "gap_question"

    message_id: str = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE", max_length=32)
    shop: str = Field(index=True)
    gap_id: str = Field(default="", index=True, max_length=32)
    embedder: str = Field(max_length=200)
    vector: bytes
