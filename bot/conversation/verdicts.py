"""The row of what staff say of a reply: Verdict; `bot/teaching/verdicts.py` writes it.

It stands here, beside Feedback, because what the bot learns from is read in more than one room.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.conversation.columns import StoredText
from knowledge.columns import UtcDateTime


class Verdict(SQLModel, table=True):
    """What staff say of one reply; the last word counts.

    Attributes:
        right: whether it was right.
        right_answer: what should have been said, where it was wrong.
        example: whether the generator may be trained on it.
        asked: the standalone question, for the exam; kept when the trace is not.
    """

    message_id: str = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE", max_length=32)
    shop: str = Field(index=True, max_length=100)
    right: bool
    right_answer: str = Field(default="", sa_type=StoredText)
    asked: str = Field(default="", sa_type=StoredText)
    example: bool = False
    judged_by: str = Field(max_length=320)
    judged_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
