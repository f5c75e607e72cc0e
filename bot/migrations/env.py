"""Runs inside Alembic: applies revisions on the connection that `bot/conversation/database.py` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

import bot.answering.tools.orders.tables
import bot.conversation.tables
import bot.conversation.verdicts
import bot.identity.tables
import bot.insight.alerts.tables
import bot.insight.analytics.tables
import bot.insight.tables
import bot.ordering.tables
import bot.staff.tables
import bot.teaching.tables
import bot.transcripts.tables  # noqa: F401 - fills SQLModel.metadata
import knowledge.tables  # noqa: F401 - fills SQLModel.metadata
from bot.conversation.database import declared


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that old revisions outlive our classes."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


# No transaction of Alembic's: the caller's holds the lock and ends with its commit.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_item=render_item,
    include_object=declared,
    render_as_batch=True,  # SQLite cannot alter a table in place
)
context.run_migrations()
