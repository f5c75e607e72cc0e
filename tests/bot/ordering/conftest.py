"""The small shop of `tests/order_shop.py`, with conversations in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.conversation.history import History
from bot.ordering import Identification, OrderChanges, Proposal
from bot.staff.audit import AuditLog
from knowledge.database import create_database_engine
from knowledge.orders import Applied, Change, OrderBackend, Refusal, SqlOrders
from tests.migrated import write_migrated
from tests.order_shop import NOW, SHOP, fill


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def move(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class Counter:
    """The shop's desk: its orders, and conversations about them."""

    engine: Engine
    clock: Clock = field(default_factory=Clock)
    backend: OrderBackend | None = None

    def __post_init__(self) -> None:
        self.orders = self.backend or SqlOrders(self.engine, now=self.clock)
        self.changes = OrderChanges(self.engine, self.orders, now=self.clock)
        self.identification = Identification(self.engine, self.orders, now=self.clock)
        self.history = History(self.engine)
        self.audit = AuditLog(self.engine)

    def talk(self, customer_id: str = "C-1") -> str:
        conversation = self.history.start(SHOP)
        if customer_id:
            self.history.identify(conversation.id, customer_id)
        self.say(conversation.id, "Hello.")
        return conversation.id

    def say(self, conversation_id: str, words: str) -> str:
        return self.history.add_shopper_message(conversation_id, words).id

    def propose(self, change: Change, talk: str = "") -> Proposal:
        proposal = self.changes.propose(talk or self.talk(change.customer_id), change.customer_id, change)
        assert isinstance(proposal, Proposal), proposal
        return proposal

    def confirm(self, proposal: Proposal, words: str = "Yes, please.", message_id: str = "") -> Applied | Refusal:
        return self.changes.confirm(
            proposal.id,
            conversation_id=proposal.conversation_id,
            customer_id=proposal.customer_id,
            message_id=message_id or self.say(proposal.conversation_id, words),
            words=words,
        )

    def audited(self) -> list[str]:
        return [entry.action for entry in reversed(self.audit.entries(action="order."))]


@pytest.fixture
def shop_engine(tmp_path: Path) -> Iterator[Engine]:
    write_migrated(tmp_path / "shop.db")
    engine = create_database_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def counter(shop_engine: Engine) -> Counter:
    return Counter(shop_engine)
