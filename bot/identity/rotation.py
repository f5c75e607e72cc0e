"""Rotations: a token that renews others is good once, so that a stolen copy is noticed."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from bot.errors import NotAllowed
from bot.identity.tables import VisitorRotation

GRACE_SECONDS = 60
"""How long the token before is still taken: two windows may renew at once, and an answer may be lost on its way."""


class Rotations:
    """Counts the generations of each conversation's renewing token (refresh token rotation, RFC 9700, 4.14.2)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rotate(self, conversation_id: str, generation: int) -> int:
        """Use a token up.

        Args:
            conversation_id: what it opens.
            generation: its own; the first is 0.

        Returns:
            The generation of the token to give in its place.

        Raises:
            NotAllowed: it was used up before. Somebody has a copy, so no other that is around now is taken either.
        """
        with Session(self._engine) as session:
            if self._advance(session, conversation_id, generation):
                return generation + 1
            row = session.get(VisitorRotation, conversation_id, populate_existing=True)
            if row is not None and row.generation == generation + 1 and _just_now(row.rotated_at):
                return row.generation
            if row is not None:
                self._advance(session, conversation_id, row.generation, by=2)  # past the one before it, too
        raise NotAllowed("This token was used before; start a new conversation.")

    def _advance(self, session: Session, conversation_id: str, generation: int, *, by: int = 1) -> bool:
        now = datetime.now(UTC)
        changed = session.exec(
            update(VisitorRotation)
            .where(
                col(VisitorRotation.conversation_id) == conversation_id, col(VisitorRotation.generation) == generation
            )
            .values(generation=generation + by, rotated_at=now)
            .execution_options(synchronize_session=False)
        ).rowcount
        if not changed and generation == 0:
            session.add(VisitorRotation(conversation_id=conversation_id, generation=by, rotated_at=now))
            changed = 1
        try:
            session.commit()
        except IntegrityError:  # another window was faster
            session.rollback()
            return False
        return bool(changed)


def _just_now(moment: datetime) -> bool:
    return datetime.now(UTC) - moment < timedelta(seconds=GRACE_SECONDS)
