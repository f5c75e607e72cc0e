"""How the shoppers at the desk feel, by what is scored already; never waits for a model."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.insight.tables import MessageMood


class Feelings:
    """Reads the moods of messages.

    Args:
        engine: the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def latest(self, conversation_ids: Sequence[str]) -> Mapping[str, str]:
        """`negative`, `neutral` or `positive` by conversation, of its latest message that is scored."""
        with Session(self._engine) as session:
            rows = session.exec(
                select(MessageMood.conversation_id, MessageMood.label)
                .where(col(MessageMood.conversation_id).in_(conversation_ids))
                .order_by(col(MessageMood.said_at))
            )
            return dict(rows.all())  # a later one takes the place of an earlier
