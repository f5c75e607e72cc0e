"""Presence: which agents sit at the desk, by their signs of life."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from bot.conversation.handoff.states import Agent
from bot.conversation.tables import DeskPresence


class Presence:
    """Who is at the desk.

    Args:
        engine: the database.
        lease_seconds: without a sign of life for so long, an agent is gone.
        now: the present time.
    """

    def __init__(
        self, engine: Engine, *, lease_seconds: float, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._now = engine, now
        self._lease = timedelta(seconds=lease_seconds)

    def seen(self, agent: Agent) -> None:
        """A sign of life."""
        values = {"name": agent.name, "seen_at": self._now()}
        # The two dialects speak the same upsert, but SQLAlchemy has no common word for it.
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(DeskPresence).values(agent_id=agent.id, **values)
        with Session(self._engine) as session:
            session.exec(statement.on_conflict_do_update(index_elements=["agent_id"], set_=values))
            session.commit()

    def left(self, agent: Agent) -> None:
        """They went."""
        with Session(self._engine) as session:
            session.exec(delete(DeskPresence).where(col(DeskPresence.agent_id) == agent.id))
            session.commit()

    def here(self) -> list[Agent]:
        """Everybody at the desk, by name."""
        with Session(self._engine) as session:
            rows = session.exec(
                select(DeskPresence)
                .where(col(DeskPresence.seen_at) > self._now() - self._lease)
                .order_by(DeskPresence.name)
            )
            return [Agent(row.agent_id, row.name) for row in rows]
