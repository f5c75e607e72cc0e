"""The row of a running dialogue about orders: what it is waiting for after each message."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.conversation.columns import StoredText
from knowledge.columns import UtcDateTime


class OrderTalk(SQLModel, table=True):
    """The dialogue as it was after one shopper's message; only the latest two of a conversation are kept.

    Kept by message, so that a message that is answered again after a crash finds what it found before.

    Attributes:
        message_id: the shopper's Message.
        sequence: of that Message.
        talk: as in `talk.py`, JSON.
    """

    __tablename__ = "order_talk"

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", ondelete="CASCADE", max_length=32)
    sequence: int = Field(primary_key=True)
    message_id: str = Field(foreign_key="message.id", ondelete="CASCADE", max_length=32)
    talk: str = Field(sa_type=StoredText)
    updated_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
