"""The rows of ordering: proposals and failed identifications."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from bot.conversation.columns import StoredText
from knowledge.columns import UtcDateTime


class OrderProposal(SQLModel, table=True):
    """A change that a shopper was asked to confirm.

    Attributes:
        change, effects: as JSON (`knowledge.orders.wire`).
        about: words that the proposal is about, which a confirmation may repeat; kept no longer than it waits for one.
        state: `open`, then `confirmed` by the shopper's yes, then `applied` or `refused`; or `replaced` by a later
            one, or `withdrawn`.
        after_sequence: of the latest Message at the time; only a later one confirms.
        message_id: of the Message that confirmed it.
        refusal: why it was refused after all, as JSON.
    """

    __tablename__ = "order_proposal"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'replaced', 'withdrawn', 'confirmed', 'applied', 'refused')", name="order_proposal_state"
        ),
        Index("order_proposal_conversation", "conversation_id", "state"),
        Index("order_proposal_confirmed", "state", "confirmed_at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    shop: str
    conversation_id: str = Field(foreign_key="conversation.id", ondelete="CASCADE", max_length=32)
    customer_id: str = Field(sa_type=StoredText)
    change: dict[str, Any] = Field(sa_type=JSON)
    effects: dict[str, Any] = Field(sa_type=JSON)
    about: str = Field(sa_type=StoredText)
    state: str = Field(default="open", max_length=20)
    after_sequence: int
    message_id: str | None = Field(default=None, max_length=32)
    refusal: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IdentificationFailure(SQLModel, table=True):
    """One attempt that did not match, or is not known to have matched yet.

    Attributes:
        subject: what it counts against: a hash of the conversation, the order number, the e-mail address or the name.
    """

    __tablename__ = "identification_failure"
    __table_args__ = (Index("identification_failure_subject", "shop", "subject", "at"),)

    id: str = Field(primary_key=True, max_length=32)
    shop: str = Field(max_length=100)
    subject: str = Field(max_length=80)
    at: datetime = Field(sa_type=UtcDateTime)
