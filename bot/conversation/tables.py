"""The rows of what was said and done: Conversation, Message, Citation, Feedback, Handoff, TurnTrace.

These classes do not validate (SQLModel does not, with `table=True`): the stores beside this file check what comes in.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.conversation.columns import StoredText
from knowledge.columns import UtcDateTime


class Conversation(SQLModel, table=True):
    """All messages between one shopper and the shop.

    Attributes:
        language: the shopper's, as last seen.
        state: `open` or `handed_off`.
        last_sequence: of its latest Message; counting it up is what orders messages and takes the write lock.
    """

    __table_args__ = (CheckConstraint("state IN ('open', 'handed_off')", name="conversation_state"),)

    id: str = Field(primary_key=True, max_length=32)
    shop: str = Field(index=True)
    language: str | None = None
    state: str = "open"
    last_sequence: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class Message(SQLModel, table=True):
    """One utterance.

    Attributes:
        sequence: 1, 2, 3 … in its conversation: the order in which messages were taken.
        role: `user`, `assistant` or `human_agent`.
        text: of a shopper's message, personal data masked.
        outcome, gear: of a reply.
        reply_to: the shopper's Message that a reply answers.
        products: the ProductCards as shown then; a later price change does not rewrite what was said.
        suggestions: questions offered with a reply.
    """

    __table_args__ = (
        UniqueConstraint("conversation_id", "sequence", name="message_order"),
        CheckConstraint("role IN ('user', 'assistant', 'human_agent')", name="message_role"),
    )

    id: str = Field(primary_key=True, max_length=32)
    conversation_id: str = Field(foreign_key="conversation.id", ondelete="CASCADE", max_length=32)
    sequence: int
    role: str
    text: str = Field(sa_type=StoredText)
    language: str | None = None
    outcome: str | None = None
    gear: str | None = None
    reply_to: str | None = Field(default=None, foreign_key="message.id", ondelete="CASCADE", index=True, max_length=32)
    products: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    suggestions: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class Citation(SQLModel, table=True):
    """Message ↔ Chunk, with the words on both sides; kept whole, so that it outlives the Chunk.

    Attributes:
        mark: the number shown as [mark] in the text.
    """

    message_id: str = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE", max_length=32)
    mark: int = Field(primary_key=True)
    chunk_id: str = Field(index=True)
    source: str = Field(sa_type=StoredText)
    title: str = Field(sa_type=StoredText)
    cited_quote: str = Field(sa_type=StoredText)
    grounded_span: str = Field(sa_type=StoredText)
    passage: str = Field(sa_type=StoredText)
    url: str | None = Field(default=None, sa_type=StoredText)
    score: float


class Feedback(SQLModel, table=True):
    """Thumb and comment on one Message; one row a Message, the last one wins."""

    __table_args__ = (CheckConstraint("rating IN (-1, 1)", name="feedback_rating"),)

    message_id: str = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE", max_length=32)
    rating: int
    comment: str = Field(default="", sa_type=StoredText)
    updated_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class Handoff(SQLModel, table=True):
    """Passing a Conversation to a person; at most one is open in a Conversation."""

    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="handoff_state"),
        Index(
            "handoff_one_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: str = Field(primary_key=True, max_length=32)
    conversation_id: str = Field(foreign_key="conversation.id", ondelete="CASCADE", index=True, max_length=32)
    reason: str = Field(sa_type=StoredText)
    summary: str = Field(default="", sa_type=StoredText)
    state: str = "open"
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class TurnTrace(SQLModel, table=True):
    """How one reply came about: see TurnTraceValues in `bot/reply.py` for the meaning of each column."""

    __tablename__ = "turn_trace"

    message_id: str = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE", max_length=32)
    gear: str
    reason: str
    intent: str
    question: str = Field(sa_type=StoredText)
    prompt_hash: str
    timings_ms: dict[str, float] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    scores: dict[str, float] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    versions: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    passages: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
