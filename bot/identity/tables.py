"""The rows of who comes: how often a shopper's token was renewed, and how much a shop was asked in a day."""

import datetime as dt

from sqlmodel import Field, SQLModel

from knowledge.columns import UtcDateTime


class VisitorRotation(SQLModel, table=True):
    """How often the token that renews the others was changed for a conversation; none yet: no row.

    Attributes:
        generation: of the token that is good now.
        rotated_at: since when.
    """

    __tablename__ = "visitor_rotation"

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", ondelete="CASCADE", max_length=32)
    generation: int
    rotated_at: dt.datetime = Field(sa_type=UtcDateTime, nullable=False)


class DailyMessages(SQLModel, table=True):
    """How many messages a shop was sent in one day of its own calendar."""

    __tablename__ = "daily_messages"

    shop: str = Field(primary_key=True)
    day: dt.date = Field(primary_key=True)
    messages: int
