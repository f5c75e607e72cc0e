"""Talk: what a running dialogue about orders is waiting for, in the form in which it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import TypeAdapter

from bot.answering.tools.orders.addresses import written_address
from bot.answering.tools.orders.requests import Asked, Kind
from knowledge.orders import Address

Slot = Literal["who", "order", "things", "which", "item", "method", "reason", "address", "confirm"]
"""What may be asked for: who they are, which order, which things, which of several, which new item, …"""


@dataclass(frozen=True)
class Place:
    """An item in an order."""

    order_number: str
    item_id: str


@dataclass(frozen=True)
class Piece:
    """A thing that is to go back or to become another.

    Attributes:
        candidates: what may be meant; one when it is known.
        wish: the shopper's words for the new item.
        new_item_id: the new item once it is known.
        count: how many pieces of it; 0: all.
    """

    candidates: tuple[Place, ...]
    wish: str = ""
    new_item_id: str = ""
    count: int = 0

    @property
    def place(self) -> Place | None:
        """Where it is, once that is known."""
        return self.candidates[0] if len(self.candidates) == 1 else None


@dataclass(frozen=True)
class Request:
    """One wish of the shopper's with what is known about it.

    Attributes:
        text, before: their words, personal data masked.
        whether: it was asked whether it may be done.
        order_number: the order, once it is known.
        pieces: None until they have been looked for.
        method_id, reason, address: once they are known.
        told: what is said ahead of the next question about it, once.
    """

    kind: Kind
    text: str
    before: str = ""
    whether: bool = False
    order_number: str = ""
    pieces: tuple[Piece, ...] | None = None
    method_id: str = ""
    reason: str = ""
    address: Address | None = None


@dataclass(frozen=True)
class Talk:
    """The dialogue after one message.

    Attributes:
        requests: what is still to be done, the current one first.
        waits_for: what was asked last; None: nothing.
        piece: of the current request, which piece was asked about.
        proposal_id: what is waiting for a yes.
        about: the order that was last spoken of.
    """

    requests: tuple[Request, ...] = ()
    waits_for: Slot | None = None
    piece: int = 0
    proposal_id: str = ""
    about: str = ""

    @property
    def current(self) -> Request | None:
        """What is being done."""
        return self.requests[0] if self.requests else None

    def with_current(self, *requests: Request) -> "Talk":
        """With these in the place of the current one, and nothing asked."""
        return Talk(requests=(*requests, *self.requests[1:]), about=self.about)

    def waiting(self, slot: Slot, *, piece: int = 0, proposal_id: str = "") -> "Talk":
        """After asking for something."""
        return replace(self, waits_for=slot, piece=piece, proposal_id=proposal_id)


def requests_from(heard: Sequence[Asked], typed: str) -> tuple[Request, ...]:
    """The wishes as they are kept.

    A new address is what the change is made of, so it is kept, with the wish and as long as that is open; everywhere
    else it is masked.

    Args:
        heard: in the message.
        typed: the message as typed.
    """
    return tuple(
        Request(
            asked.kind,
            asked.text,
            asked.before,
            asked.whether,
            address=written_address(typed) if asked.kind in ("address", "profile_address") else None,
        )
        for asked in heard
    )


_STORED = TypeAdapter(Talk)


def as_stored(talk: Talk) -> str:
    """The dialogue as JSON."""
    return _STORED.dump_json(talk, exclude_defaults=True).decode()


def from_stored(text: str) -> Talk:
    """The inverse of `as_stored`."""
    return _STORED.validate_json(text)
