"""Contacts: where a shopper who cannot wait wants to be reached, sealed, and shown masked."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol, cast

from sqlalchemy import Engine
from sqlmodel import Session

from bot.conversation.event_rows import write_event
from bot.conversation.handoff.machine import Handoffs
from bot.conversation.tables import Conversation, LeftContact
from bot.errors import InvalidInput, NotFound

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,60}")
_PHONE = re.compile(r"[+0-9][0-9 ()./-]{5,24}")


class Sealer(Protocol):
    """Makes words unreadable without this installation's key, and readable again."""

    def close(self, words: str) -> str:
        """The words, sealed."""
        ...

    def open(self, sealed: str) -> str:
        """The words again."""
        ...


@dataclass(frozen=True)
class ContactView:
    """A contact as it may be shown to anybody at the desk: `a•••@example.com`, `•••• 0142`."""

    kind: Literal["email", "phone"]
    masked: str


class Contacts:
    """Contacts of shoppers, one a conversation; the last one counts.

    Args:
        engine: the database.
        seal: keeps the value from who steals the database.
        handoffs: to leave one is to ask for a person.
    """

    def __init__(self, engine: Engine, seal: Sealer, handoffs: Handoffs) -> None:
        self._engine, self._seal, self._handoffs = engine, seal, handoffs

    def leave(self, conversation_id: str, value: str) -> ContactView:
        """Keep where the shopper wants to be reached, and put them in the line if they are not there.

        Raises:
            InvalidInput: it is neither an e-mail address nor a phone number.
            NotFound: no such conversation.
        """
        value = value.strip()
        kind = _kind(value)
        self._handoffs.request(conversation_id, reason="left_contact")
        with Session(self._engine) as session:
            if session.get(Conversation, conversation_id) is None:
                raise NotFound(f"There is no conversation {conversation_id!r}; start a new one.")
            session.merge(
                LeftContact(
                    conversation_id=conversation_id,
                    kind=kind,
                    value=self._seal.close(value),
                    updated_at=datetime.now(UTC),
                )
            )
            session.flush()
            write_event(session, "contact", conversation_id, {"kind": kind})
            session.commit()
        self._handoffs.wake()
        return ContactView(kind, _masked(kind, value))

    def left(self, conversation_id: str) -> ContactView | None:
        """The contact, masked."""
        with Session(self._engine) as session:
            row = session.get(LeftContact, conversation_id)
        if row is None:
            return None
        kind = cast(Literal["email", "phone"], row.kind)
        return ContactView(kind, _masked(kind, self._seal.open(row.value)))

    def reveal(self, conversation_id: str) -> str:
        """The contact itself; whoever calls this writes into the audit log who saw it.

        Raises:
            NotFound: none was left.
        """
        with Session(self._engine) as session:
            row = session.get(LeftContact, conversation_id)
        if row is None:
            raise NotFound("This shopper left no contact.")
        return self._seal.open(row.value)


def _kind(value: str) -> Literal["email", "phone"]:
    if _EMAIL.fullmatch(value):
        return "email"
    digits = sum(character.isdigit() for character in value)
    if _PHONE.fullmatch(value) and digits >= 6:
        return "phone"
    raise InvalidInput("This is neither an e-mail address nor a phone number; give one where we can reach you.")


def _masked(kind: str, value: str) -> str:
    if kind == "email":
        name, _, host = value.partition("@")
        return f"{name[:1]}•••@{host}"
    digits = [character for character in value if character.isdigit()]
    return f"•••• {''.join(digits[-3:])}"
