"""The row of what staff teach: Lesson. The class does not validate (SQLModel does not, with `table=True`)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from bot.conversation.columns import StoredText
from knowledge.columns import UtcDateTime


class Lesson(SQLModel, table=True):
    """A curated answer or a FAQ entry, from its draft to its end; see `bot/teaching/lessons.py`.

    Attributes:
        kind: `curated` or `faq`.
        state: `draft`, `waiting` (for a second person), `live`, `retired` or `rejected`.
        questions: by language; of a FAQ entry the first of each is its title.
        answers: by language.
        citations: of a curated answer, in the shape of `Citation.as_json`.
        replaces: of a curated answer the id of the one before, of a FAQ entry the source that it stands for.
        message_id: the reply that gave occasion; it may be gone.
        exam: what the golden questions said when it was last to be published.
        base, version: the knowledge versions before and since its publication.
    """

    __table_args__ = (
        CheckConstraint("kind IN ('curated', 'faq')", name="lesson_kind"),
        CheckConstraint("state IN ('draft', 'waiting', 'live', 'retired', 'rejected')", name="lesson_state"),
        Index("lesson_shop_state", "shop", "kind", "state"),
    )

    id: str = Field(primary_key=True, max_length=32)
    shop: str = Field(max_length=100)
    kind: str = Field(max_length=10)
    state: str = Field(default="draft", max_length=10)
    questions: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    answers: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    citations: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    category: str = Field(default="", sa_type=StoredText)
    url: str | None = Field(default=None, sa_type=StoredText)
    valid_from: date | None = None
    valid_until: date | None = None
    replaces: str = Field(default="", sa_type=StoredText)
    message_id: str | None = Field(default=None, max_length=32, index=True)
    author: str = Field(max_length=320)
    reviewer: str = Field(default="", max_length=320)
    note: str = Field(default="", sa_type=StoredText)
    exam: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    base: int | None = None
    version: int | None = None
    revision: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    updated_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
