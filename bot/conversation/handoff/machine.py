"""Handoffs: the one place where a conversation passes between bot, queue and people.

    bot ──request──▶ waiting ──take──▶ human ──give back──▶ bot
     └────────────take────────────────▶  └──close──▶ closed ──the shopper writes──▶ bot

A change reads what is there, checks that it is legal, and then is one conditional UPDATE that names the version it
saw: if anybody, in whatever process, was faster, nothing happens and it looks again.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, update
from sqlmodel import Session, col, select

from bot.conversation.event_rows import nothing, write_event
from bot.conversation.handoff import states
from bot.conversation.handoff.states import Agent, Change, HandoffView
from bot.conversation.privacy import mask
from bot.conversation.tables import Conversation, Handoff
from bot.errors import Conflict, NotFound

LEASE_SECONDS = 120
_ATTEMPTS = 50  # each means that somebody else changed the same conversation meanwhile
_TOO_MANY = Conflict("Others keep changing this conversation at the same moment; please try again.")


class Handoffs:
    """Who answers a conversation.

    Args:
        engine: the database.
        wake: called after each change, so that those who listen hear of it at once.
        lease_seconds: without a sign of life for so long, an agent's conversations go back to the queue.
        now: the present time.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        wake: Callable[[], None] = nothing,
        lease_seconds: float = LEASE_SECONDS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine, self.wake, self._now = engine, wake, now
        self._lease = timedelta(seconds=lease_seconds)

    def request(self, conversation_id: str, *, reason: str, summary: str = "", urgency_seconds: float = 0) -> str:
        """Ask for a person; asking again while one is asked for or there changes nothing.

        Args:
            conversation_id: the conversation to pass on.
            reason: one word or two, e.g. `asked_for_person`.
            summary: what the person should know; personal data is masked.
            urgency_seconds: how much earlier than asked it stands in the line.

        Returns:
            The id of the open request.

        Raises:
            NotFound: no such conversation.
        """
        now = self._now()
        values = {"waiting_since": now, "queue_at": now - timedelta(seconds=urgency_seconds)}
        request = _Request(reason, summary)
        for _ in range(_ATTEMPTS):
            with self._session() as session:
                row = _existing(session, conversation_id)
                open_row = _open_row(session, conversation_id)
                if open_row is not None and row.state in ("waiting", "human"):
                    return open_row.id
            if self._attempt(row, states.REQUEST, values=values, request=request, data={"reason": reason}):
                return request.id
        raise _TOO_MANY

    def withdraw(self, conversation_id: str) -> None:
        """The shopper waits no longer for a person; nothing where none is waited for."""
        self._change_if(conversation_id, states.WITHDRAW)

    def reopen(self, conversation_id: str) -> None:
        """The shopper writes again: a closed conversation is the bot's; nothing for any other."""
        self._change_if(conversation_id, states.REOPEN)

    def take(self, conversation_id: str, agent: Agent) -> None:
        """Come in charge of a conversation that waits or that the bot leads; nothing changes if they are already.

        Raises:
            Conflict: a colleague is in charge, or it is closed.
            NotFound: no such conversation.
        """
        self._change(conversation_id, states.TAKE, to=agent, done=lambda row: row.agent_id == agent.id)

    def take_from(self, conversation_id: str, owner_id: str, agent: Agent) -> None:
        """Come in charge in the place of a colleague.

        Args:
            conversation_id: the conversation.
            owner_id: whom the agent saw in charge.
            agent: who takes it.

        Raises:
            Conflict: another than `owner_id` is in charge by now.
            NotFound: no such conversation.
        """
        self._change(
            conversation_id, states.TAKE_FROM, owner=owner_id, to=agent, done=lambda row: row.agent_id == agent.id
        )

    def transfer(self, conversation_id: str, agent: Agent, to: Agent) -> None:
        """Pass one's own conversation to a colleague.

        Raises:
            Conflict: the agent is not in charge.
            NotFound: no such conversation.
        """
        self._change(conversation_id, states.TRANSFER, owner=agent.id, to=to)

    def release(self, conversation_id: str, agent: Agent) -> None:
        """Put one's own conversation back into the queue, at its old place.

        Raises:
            Conflict: the agent is not in charge.
            NotFound: no such conversation.
        """
        self._change(conversation_id, states.RELEASE, owner=agent.id)

    def give_back(self, conversation_id: str, agent: Agent) -> None:
        """Let the bot go on with one's own conversation.

        Raises:
            Conflict: the agent is not in charge.
            NotFound: no such conversation.
        """
        self._change(conversation_id, states.GIVE_BACK, owner=agent.id)

    def close(self, conversation_id: str, agent: Agent) -> None:
        """End one's own conversation; it opens again when the shopper writes.

        Raises:
            Conflict: the agent is not in charge.
            NotFound: no such conversation.
        """
        self._change(conversation_id, states.CLOSE, owner=agent.id)

    def renew(self, agent: Agent) -> None:
        """A sign of life: the agent stays in charge of what they have."""
        with self._session() as session:
            session.exec(
                update(Conversation)
                .where(col(Conversation.agent_id) == agent.id, col(Conversation.state) == "human")
                .values(lease_until=self._now() + self._lease)
            )
            session.commit()

    def expire(self) -> list[str]:
        """Put back into the queue what belongs to agents who gave no sign of life for too long.

        Returns:
            The ids of these conversations.
        """
        now = self._now()
        with self._session() as session:
            late = session.exec(
                select(Conversation).where(Conversation.state == "human", col(Conversation.lease_until) < now)
            ).all()
        # A heartbeat changes no version, so that the lease is checked again in the update.
        return [row.id for row in late if self._attempt(row, states.EXPIRE, where=col(Conversation.lease_until) < now)]

    def open_request(self, conversation_id: str) -> HandoffView | None:
        """The request that waits for a person or that one attends to, if there is one."""
        with self._session() as session:
            row = _open_row(session, conversation_id)
            return None if row is None else _view(row)

    def _change_if(self, conversation_id: str, change: Change) -> None:
        for _ in range(_ATTEMPTS):
            with self._session() as session:
                row = _existing(session, conversation_id)
            if row.state not in change.origins or self._attempt(row, change):
                return

    def _change(
        self,
        conversation_id: str,
        change: Change,
        *,
        owner: str | None = None,
        to: Agent | None = None,
        done: Callable[[Conversation], bool] = lambda _row: False,
    ) -> None:
        for _ in range(_ATTEMPTS):
            with self._session() as session:
                row = _existing(session, conversation_id)
            if done(row):
                return
            if row.state not in change.origins or (owner is not None and row.agent_id != owner):
                raise _refusal(row, change)
            if self._attempt(row, change, to=to):
                return
        raise _TOO_MANY

    def _attempt(
        self,
        row: Conversation,
        change: Change,
        *,
        to: Agent | None = None,
        values: Mapping[str, Any] | None = None,
        where: ColumnElement[bool] | None = None,
        request: "_Request | None" = None,
        data: Mapping[str, Any] | None = None,
    ) -> bool:
        """The change on the conversation as it was read; False if it is no longer so."""
        if row.state not in change.origins:
            return False
        with self._session() as session:
            conditions = [
                col(Conversation.id) == row.id,
                col(Conversation.version) == row.version,
                col(Conversation.state) == row.state,
            ]
            changed = session.exec(
                update(Conversation)
                .where(*conditions, *([] if where is None else [where]))
                .values(**self._values(change, to), **(values or {}))
                .execution_options(synchronize_session=False)
            ).rowcount
            if not changed:
                return False
            self._keep_request(session, row.id, change, request)
            agent = {"agent_id": to.id, "agent": to.name} if to else {}
            before = {"before_id": row.agent_id, "before": row.agent_name} if row.agent_id else {}
            told = {"change": change.name, "from": row.state, "to": change.to, **agent, **before, **(data or {})}
            write_event(session, "state", row.id, told)
            session.commit()
        self.wake()
        return True

    def _values(self, change: Change, to: Agent | None) -> dict[str, Any]:
        values: dict[str, Any] = {"state": change.to, "version": Conversation.version + 1}
        values |= {"agent_id": None, "agent_name": None, "lease_until": None}
        if to is not None:
            values |= {"agent_id": to.id, "agent_name": to.name, "lease_until": self._now() + self._lease}
            values["takeovers"] = Conversation.takeovers + 1
        if change.to in ("bot", "closed"):
            values |= {"waiting_since": None, "queue_at": None}
        return values

    def _keep_request(self, session: Session, conversation_id: str, change: Change, request: "_Request | None") -> None:
        """One request is open just while somebody waits or is attended to."""
        if change.to in ("bot", "closed"):
            session.exec(
                update(Handoff)
                .where(col(Handoff.conversation_id) == conversation_id, col(Handoff.state) == "open")
                .values(state="closed")
            )
        elif _open_row(session, conversation_id) is None:
            session.add((request or _Request("taken_over", "")).row(conversation_id, self._now()))

    def _session(self) -> Session:
        return Session(self._engine, expire_on_commit=False)


class _Request:
    """A request that is not stored yet."""

    def __init__(self, reason: str, summary: str) -> None:
        self.id = uuid4().hex
        self._reason, self._summary = mask(reason).text, mask(summary).text

    def row(self, conversation_id: str, now: datetime) -> Handoff:
        """The row that keeps it."""
        return Handoff(
            id=self.id,
            conversation_id=conversation_id,
            reason=self._reason,
            summary=self._summary,
            created_at=now,
        )


def _existing(session: Session, conversation_id: str) -> Conversation:
    row = session.get(Conversation, conversation_id)
    if row is None:
        raise NotFound(f"There is no conversation {conversation_id!r} to hand off.")
    return row


def _refusal(row: Conversation, change: Change) -> Conflict:
    if row.state == "human":
        return Conflict(f"{row.agent_name} is in charge of this conversation now.", holder=row.agent_name or "")
    where = {"bot": "the bot leads it", "waiting": "it waits in the queue", "closed": "it is closed"}[row.state]
    return Conflict(f"This conversation cannot be {change.name.replace('_', ' ')} now: {where}.")


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
