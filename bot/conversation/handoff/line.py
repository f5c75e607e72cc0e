"""Line: who waits for a person, in which order, and who is attended to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Engine, case, func
from sqlmodel import Session, col, select

from bot.conversation.handoff.states import State
from bot.conversation.tables import Conversation, Handoff, LeftContact, Message


@dataclass(frozen=True)
class Waiting:
    """One conversation at the desk.

    Attributes:
        position: its place in its shop's line, from 1; 0 when it does not wait.
        reason: why a person was asked for.
        last_text, last_role, last_at: of its latest message.
        unread: the shopper's messages that no agent has seen.
        has_contact: the shopper left where to be reached.
    """

    conversation_id: str
    shop: str
    language: str | None
    state: State
    position: int
    reason: str
    waiting_since: datetime | None
    agent_id: str | None
    agent_name: str | None
    last_text: str
    last_role: str
    last_at: datetime
    unread: int
    has_contact: bool


class Line:
    """The desk's conversations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self, shop: str | None = None) -> list[Waiting]:
        """Those that wait, in their order, then those that a person attends to."""
        query = (
            select(Conversation, Handoff, Message, LeftContact.conversation_id)
            .join(
                Handoff,
                (col(Handoff.conversation_id) == Conversation.id) & (col(Handoff.state) == "open"),
                isouter=True,
            )
            .join(
                Message,
                (col(Message.conversation_id) == Conversation.id)
                & (col(Message.sequence) == Conversation.last_sequence),
                isouter=True,
            )
            .join(LeftContact, col(LeftContact.conversation_id) == Conversation.id, isouter=True)
            .where(col(Conversation.state).in_(("waiting", "human")))
            .order_by(
                case((col(Conversation.state) == "waiting", 0), else_=1), col(Conversation.queue_at), Conversation.id
            )
        )
        if shop is not None:
            query = query.where(Conversation.shop == shop)
        with Session(self._engine) as session:
            found = session.exec(query).all()
            unread = self._unread(session, [row.id for row, _, _, _ in found])
        places: dict[str, int] = {}
        return [_waiting(row, request, last, left, places, unread) for row, request, last, left in found]

    def positions(self) -> Mapping[str, int]:
        """The place in its shop's line of every conversation that waits, from 1."""
        place = (
            func.row_number()
            .over(partition_by=col(Conversation.shop), order_by=(col(Conversation.queue_at), col(Conversation.id)))
            .label("place")
        )
        with Session(self._engine) as session:
            return {
                str(conversation_id): int(number)
                for conversation_id, number in session.exec(
                    select(Conversation.id, place).where(Conversation.state == "waiting")
                )
            }

    @staticmethod
    def _unread(session: Session, ids: Sequence[str]) -> dict[str, int]:
        counted = session.exec(
            select(Message.conversation_id, func.count())
            .join(Conversation, col(Conversation.id) == Message.conversation_id)
            .where(
                col(Message.conversation_id).in_(ids),
                Message.role == "user",
                Message.sequence > Conversation.read_by_agent,
            )
            .group_by(Message.conversation_id)
        )
        return {conversation_id: int(count) for conversation_id, count in counted}


def _waiting(
    row: Conversation,
    request: Handoff | None,
    last: Message | None,
    left: str | None,
    places: dict[str, int],
    unread: Mapping[str, int],
) -> Waiting:
    if row.state == "waiting":
        places[row.shop] = places.get(row.shop, 0) + 1
    return Waiting(
        conversation_id=row.id,
        shop=row.shop,
        language=row.language,
        state=cast(State, row.state),
        position=places[row.shop] if row.state == "waiting" else 0,
        reason=request.reason if request else "",
        waiting_since=row.waiting_since,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        last_text=last.text if last else "",
        last_role=last.role if last else "",
        last_at=last.created_at if last else row.created_at,
        unread=unread.get(row.id, 0),
        has_contact=left is not None,
    )
