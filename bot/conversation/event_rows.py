"""Writes events: what happened in a conversation, in the transaction in which it happened."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from bot.conversation.tables import ConversationEvent, EventCounter


def write_event(session: Session, kind: str, conversation_id: str | None, data: Mapping[str, Any] | None = None) -> int:
    """Add an event to the transaction; the last thing to do in it, for it holds back all other writers of events.

    Returns:
        The event's id: whoever has seen it has seen all that were committed before.
    """
    event_id = session.exec(
        update(EventCounter)
        .where(col(EventCounter.id) == 1)
        .values(last=EventCounter.last + 1)
        .returning(col(EventCounter.last))
        .execution_options(synchronize_session=False)
    ).scalar_one()
    session.add(
        ConversationEvent(
            id=event_id,
            conversation_id=conversation_id,
            kind=kind,
            data=dict(data or {}),
            created_at=datetime.now(UTC),
        )
    )
    return int(event_id)


def nothing() -> None:
    """What a store calls after writing an event while nobody listens."""
