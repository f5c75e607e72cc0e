"""Handoffs: passing a conversation to a person, once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from bot.conversation.privacy import mask
from bot.conversation.tables import Conversation, Handoff
from bot.errors import NotFound


@dataclass(frozen=True)
class HandoffView:
    """One request for a person as others see it."""

    id: str
    conversation_id: str
    reason: str
    summary: str
    created_at: datetime


class Handoffs:
    """Requests for a person; at most one is open in a conversation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def request(self, conversation_id: str, *, reason: str, summary: str = "") -> str:
        """Ask for a person and mark the conversation as handed off; asking again while one is open changes nothing.

        Args:
            conversation_id: the conversation to pass on.
            reason: one word or two, e.g. `asked_for_person`.
            summary: what the person should know; personal data is masked.

        Returns:
            The id of the open request.

        Raises:
            NotFound: no such conversation.
        """
        with Session(self._engine) as session:
            # As a write it locks the conversation, so that two requests at once make one.
            found = session.exec(
                update(Conversation).where(col(Conversation.id) == conversation_id).values(state="handed_off")
            ).rowcount
            if not found:
                raise NotFound(f"There is no conversation {conversation_id!r} to hand off.")
            row = _open_row(session, conversation_id)
            if row is None:
                row = Handoff(
                    id=uuid4().hex,
                    conversation_id=conversation_id,
                    reason=mask(reason).text,
                    summary=mask(summary).text,
                    created_at=datetime.now(UTC),
                )
                session.add(row)
            handoff_id = row.id
            session.commit()
        return handoff_id

    def open_request(self, conversation_id: str) -> HandoffView | None:
        """The request that still waits for a person, if there is one."""
        with Session(self._engine) as session:
            row = _open_row(session, conversation_id)
            return None if row is None else _view(row)


def _open_row(session: Session, conversation_id: str) -> Handoff | None:
    return session.exec(
        select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.state == "open")
    ).one_or_none()


def _view(row: Handoff) -> HandoffView:
    return HandoffView(
        id=row.id,
        conversation_id=row.conversation_id,
        reason=row.reason,
        summary=row.summary,
        created_at=row.created_at,
    )
