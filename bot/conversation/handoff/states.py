"""The states of a conversation and the changes between them: all there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["bot", "waiting", "human", "closed"]


@dataclass(frozen=True)
class Change:
    """One kind of change.

    Attributes:
        name: as it is written into the event.
        origins: the states that it can begin in.
        to: the state that it ends in.
    """

    name: str
    origins: tuple[State, ...]
    to: State


REQUEST = Change("requested", ("bot", "closed"), "waiting")
WITHDRAW = Change("withdrawn", ("waiting",), "bot")
REOPEN = Change("reopened", ("closed",), "bot")
TAKE = Change("taken", ("bot", "waiting"), "human")
TAKE_FROM = Change("taken_from", ("human",), "human")
TRANSFER = Change("transferred", ("human",), "human")
RELEASE = Change("released", ("human",), "waiting")
EXPIRE = Change("expired", ("human",), "waiting")
GIVE_BACK = Change("given_back", ("human",), "bot")
CLOSE = Change("closed", ("human",), "closed")

CHANGES = (REQUEST, WITHDRAW, REOPEN, TAKE, TAKE_FROM, TRANSFER, RELEASE, EXPIRE, GIVE_BACK, CLOSE)


@dataclass(frozen=True)
class Agent:
    """A person who answers shoppers: the id of their account and the name that shoppers see."""

    id: str
    name: str


@dataclass(frozen=True)
class HandoffView:
    """One request for a person as others see it."""

    id: str
    conversation_id: str
    reason: str
    summary: str
    created_at: datetime
