"""Proposals: changes that shoppers were asked to confirm, as rows that pass from one state to the next once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, select, update
from sqlmodel import Session, col

from bot.conversation.tables import Conversation
from bot.ordering.tables import OrderProposal
from bot.staff.audit import AuditLog
from knowledge.orders.changes import Change, ChangeCustomerAddress
from knowledge.orders.effects import Effects
from knowledge.orders.refusals import Refusal
from knowledge.orders.wire import from_json, to_json


@dataclass(frozen=True)
class Proposal:
    """A change that the shopper was asked to confirm, and what it does.

    Attributes:
        state: as of OrderProposal.
        expires_at: from then on it cannot be confirmed.
        refusal: why it was refused after the yes.
    """

    id: str
    shop: str
    conversation_id: str
    customer_id: str
    change: Change
    effects: Effects
    state: str
    expires_at: datetime
    about: str = ""
    after_sequence: int = 0
    message_id: str | None = None
    refusal: Refusal | None = None


class Proposals:
    """The proposals of all conversations. A row passes from state to state once; whoever is later is told so."""

    def __init__(self, engine: Engine, *, valid_for: timedelta) -> None:
        self._engine, self._valid_for = engine, valid_for

    def add(self, proposal: Proposal, *, now: datetime) -> None:
        """Store an open one; whatever was open in its conversation is replaced."""
        with Session(self._engine) as session:
            # Counting up takes the conversation's lock: of two proposals at once one replaces the other.
            session.exec(
                update(Conversation)
                .where(col(Conversation.id) == proposal.conversation_id)
                .values(version=Conversation.version)
            )
            _end_open(session, proposal.conversation_id, "replaced")
            session.add(_row(proposal, now))
            session.commit()

    def withdraw(self, conversation_id: str) -> bool:
        """Take back what is open in the conversation; False when nothing was."""
        with Session(self._engine) as session:
            ended = _end_open(session, conversation_id, "withdrawn")
            session.commit()
        return ended > 0

    def get(self, proposal_id: str) -> Proposal | None:
        """The proposal with that id."""
        with Session(self._engine) as session:
            row = session.get(OrderProposal, proposal_id)
            return self._view(row) if row else None

    def open(self, conversation_id: str) -> Proposal | None:
        """What waits for a yes in the conversation, expired or not."""
        return next(iter(self._in_state("open", OrderProposal.conversation_id == conversation_id)), None)

    def interrupted(self, *, before: datetime) -> list[Proposal]:
        """What was confirmed before that time and neither applied nor refused since."""
        return self._in_state("confirmed", col(OrderProposal.confirmed_at) < before)

    def to_confirmed(self, proposal: Proposal, message_id: str, *, now: datetime) -> bool:
        """Mark it confirmed by that message and audit it; False when it is not open any more."""
        values = {"state": "confirmed", "message_id": message_id, "confirmed_at": now}
        return self._pass_on(proposal, "open", {**values, "about": ""}, {"message": message_id})

    def to_applied(self, proposal: Proposal) -> bool:
        """Mark it applied and audit it; False when somebody else has done so."""
        return self._pass_on(proposal, "confirmed", {"state": "applied"})

    def to_refused(self, proposal: Proposal, refusal: Refusal) -> bool:
        """Mark a confirmed one refused and audit it; False when somebody else has ended it."""
        return self._pass_on(
            proposal, "confirmed", {"state": "refused", "refusal": to_json(refusal)}, {"rule": refusal.rule}
        )

    def _pass_on(
        self, proposal: Proposal, before: str, values: dict[str, Any], details: dict[str, str] | None = None
    ) -> bool:
        with Session(self._engine) as session:
            passed = session.execute(
                update(OrderProposal)
                .where(col(OrderProposal.id) == proposal.id, col(OrderProposal.state) == before)
                .values(**values)
            )
            if cast(CursorResult[Any], passed).rowcount == 0:
                return False
            change = proposal.change
            told = {"kind": change.kind, "conversation": proposal.conversation_id, "shop": proposal.shop}
            if not isinstance(change, ChangeCustomerAddress):
                told["order"] = change.order_number
            AuditLog.append(
                session,
                f"customer:{proposal.customer_id}",
                f"order.{values['state']}",
                proposal.id,
                {**told, **(details or {})},
            )
            session.commit()
        return True

    def _in_state(self, state: str, *where: Any) -> list[Proposal]:
        with Session(self._engine) as session:
            rows = session.scalars(
                select(OrderProposal)
                .where(col(OrderProposal.state) == state, *where)
                .order_by(col(OrderProposal.proposed_at).desc())
            )
            return [self._view(row) for row in rows]

    def _view(self, row: OrderProposal) -> Proposal:
        change: Change = from_json(Change, row.change)  # type: ignore[arg-type]  # an annotated union is no class
        return Proposal(
            id=row.id,
            shop=row.shop,
            conversation_id=row.conversation_id,
            customer_id=row.customer_id,
            change=change,
            effects=from_json(Effects, row.effects),
            state=row.state,
            expires_at=row.proposed_at + self._valid_for,
            about=row.about,
            after_sequence=row.after_sequence,
            message_id=row.message_id,
            refusal=from_json(Refusal, row.refusal) if row.refusal else None,
        )


def _end_open(session: Session, conversation_id: str, state: str) -> int:
    ended = session.execute(
        update(OrderProposal)
        .where(col(OrderProposal.conversation_id) == conversation_id, col(OrderProposal.state) == "open")
        .values(state=state, about="")
    )
    return cast(CursorResult[Any], ended).rowcount


def _row(proposal: Proposal, now: datetime) -> OrderProposal:
    return OrderProposal(
        id=proposal.id,
        shop=proposal.shop,
        conversation_id=proposal.conversation_id,
        customer_id=proposal.customer_id,
        change=to_json(proposal.change),
        effects=to_json(proposal.effects),
        about=proposal.about,
        after_sequence=proposal.after_sequence,
        proposed_at=now,
    )
