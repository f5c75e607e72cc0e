"""The rows of what was said and done: Conversation, Message, Citation, Feedback, Handoff, TurnTrace, and the desk's.

These classes do not validate (SQLModel does not, with `table=True`): the stores beside this file check what comes in.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from bot.conversation.columns import StoredText
from knowledge.columns import UtcDateTime


class Conversation(SQLModel, table=True):
    """All messages between one shopper and the shop.

    Attributes:
        language: the shopper's, as last seen.
        state: who answers: `bot`, nobody yet (`waiting`), a person (`human`), or nobody any more (`closed`). Changed
            by `bot.conversation.handoff` alone.
        version: counts every change of state; what changes it names the version that it saw.
        takeovers: how often a person took over; a reply that the bot began before is not shown.
        agent_id, agent_name: who is in charge; set in `human` only.
        lease_until: until when they are in charge without a sign of life.
        waiting_since: when a person was asked for, until one has come to the end with it.
        queue_at: its place in the line: `waiting_since`, earlier for the urgent.
        read_by_shopper, read_by_agent: sequence of the latest Message that each side has seen.
        customer_id: who the shopper is at the shop, from a signed token or an identification; once told, it stays.
        identified_at: when that was told.
        visitor_id: id of the first conversation of the same browser with the shop; None: from before it was kept.
        last_sequence: of its latest Message; counting it up is what orders messages and takes the write lock.
    """

    __table_args__ = (
        CheckConstraint("state IN ('bot', 'waiting', 'human', 'closed')", name="conversation_state"),
        CheckConstraint("(state = 'human') = (agent_id IS NOT NULL)", name="conversation_one_in_charge"),
        Index("conversation_queue", "state", "queue_at"),
        Index("conversation_agent", "agent_id"),
        Index("conversation_customer", "shop", "customer_id"),
        Index("conversation_visitor", "shop", "visitor_id"),
    )

    id: str = Field(primary_key=True, max_length=32)
    shop: str = Field(index=True)
    language: str | None = None
    state: str = "bot"
    version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    takeovers: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    agent_id: str | None = Field(default=None, max_length=32)
    agent_name: str | None = Field(default=None, sa_type=StoredText)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    queue_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    read_by_shopper: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    read_by_agent: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    customer_id: str | None = Field(default=None, sa_type=StoredText)
    identified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    visitor_id: str | None = Field(default=None, max_length=32)
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
        orders: the OrderCards as shown then.
        suggestions: questions offered with a reply.
        offers_person: the reply asks whether a person should take over.
        author_id, author: who wrote it, of a person's message; the name as shoppers saw it then.
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
    orders: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    suggestions: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    offers_person: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    author_id: str | None = Field(default=None, max_length=32)
    author: str | None = Field(default=None, sa_type=StoredText)
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

    __table_args__ = (
        CheckConstraint("rating IN (-1, 1)", name="feedback_rating"),
        Index("feedback_updated", "updated_at"),
    )

    message_id: str = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE", max_length=32)
    rating: int
    comment: str = Field(default="", sa_type=StoredText)
    updated_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class Handoff(SQLModel, table=True):
    """Passing a Conversation to a person; one is open while it is `waiting` or `human`, never two."""

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
    prompt: str = Field(default="", sa_type=StoredText, nullable=False)
    timings_ms: dict[str, float] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    scores: dict[str, float] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    versions: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    passages: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class ConversationEvent(SQLModel, table=True):
    """Something that others want to hear of at once; see `bot/conversation/events.py`.

    Attributes:
        id: counts all events in the order in which they were committed.
        kind: what happened: `state`, `message`, `read`, `typing` …
        data: what belongs to it; words of people are in their Message, not here.
    """

    __tablename__ = "conversation_event"
    __table_args__ = (Index("conversation_event_order", "conversation_id", "id"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    conversation_id: str | None = Field(
        default=None, foreign_key="conversation.id", ondelete="CASCADE", nullable=True, max_length=32
    )
    kind: str = Field(max_length=30)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class EventCounter(SQLModel, table=True):
    """One row: the id of the latest event. Counting it up is the last step of a transaction and holds others back.

    A sequence of PostgreSQL would give numbers that are committed in another order, and a reader who has seen the
    later one would never see the earlier.
    """

    __tablename__ = "event_counter"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int = 0


class LeftContact(SQLModel, table=True):
    """Where a shopper wants to be reached; kept apart from the talk and shown masked.

    Attributes:
        kind: `email` or `phone`.
        value: as typed; only a logged act shows it.
    """

    __tablename__ = "left_contact"
    __table_args__ = (CheckConstraint("kind IN ('email', 'phone')", name="left_contact_kind"),)

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", ondelete="CASCADE", max_length=32)
    kind: str
    value: str = Field(sa_type=StoredText)
    updated_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class DeskPresence(SQLModel, table=True):
    """An agent whose desk is open, by its latest sign of life."""

    __tablename__ = "desk_presence"

    agent_id: str = Field(primary_key=True, max_length=32)
    name: str = Field(sa_type=StoredText)
    seen_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
