"""Originals: a shopper's words before personal data was masked, encrypted, for a limited time, and only if wanted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from bot.conversation.tables import Message
from bot.errors import NotFound
from bot.staff.accounts import StaffAccount
from bot.staff.audit import AuditLog
from bot.staff.sealing import Seal
from bot.transcripts.tables import Original


class Originals:
    """Keeps and shows them.

    By default nothing is kept (0 days): what is not there cannot be stolen, and the masked text is enough for nearly
    everything. A shop that must sometimes see an address keeps them for some days, where each look is on record.

    Args:
        engine: the database.
        seal: encrypts them with a key that is not in the database.
        days: how long they are kept; 0: not at all.
        now: the present time.
    """

    def __init__(
        self, engine: Engine, seal: Seal, *, days: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._seal, self._days, self._now = engine, seal, days, now

    def row_for(self, message_id: str, text: str) -> Original | None:
        """What keeps a message's words as they were typed; None where the settings keep none."""
        if self._days <= 0:
            return None
        expires_at = self._now() + timedelta(days=self._days)
        return Original(message_id=message_id, sealed=self._seal.close(text), expires_at=expires_at)

    def of(self, conversation_id: str) -> set[str]:
        """Ids of the messages of a conversation that can be revealed."""
        with Session(self._engine) as session:
            rows = session.exec(
                select(Original.message_id)
                .join(Message, col(Message.id) == Original.message_id)
                .where(Message.conversation_id == conversation_id, Original.expires_at > self._now())
            )
            return set(rows)

    def reveal(self, message_id: str, *, by: StaffAccount, reason: str = "") -> str:
        """One message as it was typed; that it was looked at is on record before it is shown.

        Raises:
            NotFound: it is not kept, or no longer.
        """
        with Session(self._engine) as session:
            row = session.get(Original, message_id)
            message = session.get(Message, message_id)
            if row is None or message is None or row.expires_at <= self._now():
                raise NotFound("The words as they were typed are not kept; only the masked ones are.")
            text = self._seal.open(row.sealed)
            details = {"message": message_id, "reason": reason}
            AuditLog.append(session, by.email, "transcript.revealed", message.conversation_id, details)
            session.commit()
        return text

    def forget_expired(self) -> int:
        """Delete those whose time is over.

        Returns:
            How many.
        """
        with Session(self._engine) as session:
            count = session.exec(delete(Original).where(col(Original.expires_at) <= self._now())).rowcount
            session.commit()
        return int(count)
