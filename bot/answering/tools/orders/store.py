"""OrderTalks: keeps what a dialogue about orders waits for, so that nothing is lost when a process ends."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, select
from sqlmodel import Session, col

from bot.answering.tools.orders.tables import OrderTalk
from bot.answering.tools.orders.talk import Talk, as_stored, from_stored
from bot.answering.turn import Turn


class OrderTalks:
    """The dialogue after each message.

    Args:
        engine: of the conversations.
        now: the time.
    """

    def __init__(self, engine: Engine, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def before(self, turn: Turn) -> Talk:
        """The dialogue as it was before this message, also when the message is answered a second time."""
        earlier = [message.id for message in turn.earlier if message.role == "user"]
        with Session(self._engine) as session:
            stored = session.scalar(
                select(col(OrderTalk.talk))
                .where(
                    col(OrderTalk.conversation_id) == turn.conversation_id,
                    col(OrderTalk.message_id).in_(earlier[-20:]),
                )
                .order_by(col(OrderTalk.sequence).desc())
                .limit(1)
            )
        return from_stored(stored) if stored else Talk()

    def keep(self, turn: Turn, talk: Talk) -> None:
        """Store the dialogue as it is after this message; what is older than the one before it goes."""
        sequence = sum(message.role == "user" for message in turn.earlier) + 1
        of_conversation = col(OrderTalk.conversation_id) == turn.conversation_id
        with Session(self._engine) as session:
            before = session.scalar(
                select(col(OrderTalk.sequence))
                .where(of_conversation, col(OrderTalk.sequence) < sequence)
                .order_by(col(OrderTalk.sequence).desc())
                .limit(1)
            )
            session.execute(delete(OrderTalk).where(of_conversation, col(OrderTalk.sequence) < (before or 0)))
            session.merge(
                OrderTalk(
                    conversation_id=turn.conversation_id,
                    sequence=sequence,
                    message_id=turn.message_id,
                    talk=as_stored(talk),
                    updated_at=self._now(),
                )
            )
            session.commit()
