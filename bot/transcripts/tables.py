"""The rows behind the list of conversations, and what staff add to them.

Transcript and TranscriptWords are derived from what was said and can be made again. On SQLite the words are indexed by
an FTS5 table `transcript_search` that triggers keep in step, on PostgreSQL by a GIN index of the same name.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.conversation.columns import StoredText
from knowledge.columns import UtcDateTime

# Each order's index holds what the filters look at, so that a filter few lines pass is told without their rows.
_FILTERED = ("outcomes", "gears", "moods", "ratings", "language", "agents", "conversation_id")


class Transcript(SQLModel, table=True):
    """One conversation as a line of the list; narrow, so that a hundred thousand are walked in a moment.

    Attributes:
        number: counts the conversations as they first came here; the end of every order, so that paging is exact.
        messages: how many there are, which is the sequence of the latest.
        outcomes, gears, moods, ratings: what occurs in it, as bits; see `bot/transcripts/marks.py`.
        last_mood: of the latest shopper's message that was scored, as such a bit; 0: none.
        satisfaction: as in ConversationMood; 0 when unknown.
        agents: ids of the people who wrote in it, each between bars: `|id|id|`.
        opening: how the first question begins.
    """

    __table_args__ = (
        Index("transcript_latest", "shop", "last_at", "number", "messages", *_FILTERED),
        Index("transcript_longest", "shop", "messages", "number", "last_at", *_FILTERED),
        Index("transcript_unhappiest", "shop", "satisfaction", "number", "messages", "last_at", *_FILTERED),
    )

    number: int | None = Field(default=None, primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id", ondelete="CASCADE", unique=True, max_length=32)
    shop: str
    language: str | None = Field(default=None, max_length=10)
    began_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    last_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    messages: int
    outcomes: int
    gears: int
    moods: int
    last_mood: int
    ratings: int
    satisfaction: float
    agents: str = Field(sa_type=StoredText)
    opening: str = Field(sa_type=StoredText)


class TranscriptWords(SQLModel, table=True):
    """The words of a conversation, each once, as `bot/transcripts/words.py` cuts them."""

    __tablename__ = "transcript_words"

    number: int = Field(primary_key=True, foreign_key="transcript.number", ondelete="CASCADE")
    words: str = Field(sa_type=StoredText)


class TranscriptChange(SQLModel, table=True):
    """A conversation whose line is old; written by triggers, so that no writer can forget it."""

    __tablename__ = "transcript_change"

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: str = Field(index=True, max_length=32)


class TranscriptRead(SQLModel, table=True):
    """How far somebody has read a conversation."""

    __tablename__ = "transcript_read"

    account_id: str = Field(primary_key=True, foreign_key="staff_account.id", ondelete="CASCADE", max_length=32)
    conversation_id: str = Field(
        primary_key=True, foreign_key="conversation.id", ondelete="CASCADE", index=True, max_length=32
    )
    sequence: int


class TranscriptReader(SQLModel, table=True):
    """Since when conversations count as unread for somebody."""

    __tablename__ = "transcript_reader"

    account_id: str = Field(primary_key=True, foreign_key="staff_account.id", ondelete="CASCADE", max_length=32)
    since: datetime = Field(sa_type=UtcDateTime, nullable=False)


class Note(SQLModel, table=True):
    """What staff tell each other about a conversation; shoppers never see it.

    Attributes:
        author_id, author: who wrote it; the name as it was then.
    """

    __tablename__ = "conversation_note"

    id: str = Field(primary_key=True, max_length=32)
    conversation_id: str = Field(foreign_key="conversation.id", ondelete="CASCADE", index=True, max_length=32)
    author_id: str = Field(max_length=32)
    author: str = Field(sa_type=StoredText)
    text: str = Field(sa_type=StoredText)
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class Tag(SQLModel, table=True):
    """A word that staff put on a conversation to find it again."""

    __tablename__ = "conversation_tag"
    __table_args__ = (Index("conversation_tag_name", "name", "conversation_id"),)

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", ondelete="CASCADE", max_length=32)
    name: str = Field(primary_key=True, max_length=40)


class Original(SQLModel, table=True):
    """A shopper's message before personal data was masked, encrypted; only where the settings keep it, and no longer.

    Attributes:
        sealed: readable only with the installation's key.
    """

    __tablename__ = "message_original"

    message_id: str = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE", max_length=32)
    sealed: str = Field(sa_type=StoredText)
    expires_at: datetime = Field(sa_type=UtcDateTime, nullable=False, index=True)
