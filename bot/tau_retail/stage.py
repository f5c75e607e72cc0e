"""Stage: the benchmark's shop in a database of its own, and conversations in it."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from bot.conversation.database import migrate
from bot.conversation.history import History
from bot.errors import ShopclerkError
from bot.ordering.changes import OrderChanges
from bot.ordering.identification import Identification
from bot.ordering.proposals import Proposal
from bot.tau_retail.shop import write_shop
from knowledge.database import create_database_engine
from knowledge.evaluation.memory import MemoryIndexes
from knowledge.ingest import Ingestor
from knowledge.orders.backend import Applied
from knowledge.orders.changes import Change
from knowledge.orders.refusals import Refusal
from knowledge.orders.sql import SqlOrders

SHOP = "tau"

Snapshot = dict[str, Sequence[Any]]
"""Rows by table."""

_WRITTEN = ("customer", "customer_payment_method", "customer_order", "order_line", "order_payment", "applied_change")
"""Every table that a change may touch."""


@dataclass(frozen=True)
class Stage:
    """One database with the shop, and what works on it."""

    engine: Engine
    orders: SqlOrders
    changes: OrderChanges
    identification: Identification
    history: History

    @classmethod
    def at(cls, path: Path) -> "Stage":
        """On a database that `build` has made, or a copy of one."""
        engine = create_database_engine(f"sqlite:///{path}")
        orders = SqlOrders(engine)
        return cls(engine, orders, OrderChanges(engine, orders), Identification(engine, orders), History(engine))

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    def talk(self, customer_id: str = "") -> str:
        """A new conversation with that customer; its id."""
        conversation = self.history.start(SHOP, language="en")
        if customer_id:
            self.history.identify(conversation.id, customer_id)
        self.say(conversation.id, "Hello, I need help with an order.")
        return conversation.id

    def say(self, conversation_id: str, words: str) -> str:
        """A message of the shopper's; its id."""
        return self.history.add_shopper_message(conversation_id, words, language="en").id

    def confirm(self, proposal: Proposal, words: str = "Yes, please go ahead.") -> Applied | Refusal:
        """The shopper's answer to a proposal, in a message of theirs."""
        return self.changes.confirm(
            proposal.id,
            conversation_id=proposal.conversation_id,
            customer_id=proposal.customer_id,
            message_id=self.say(proposal.conversation_id, words),
            words=words,
        )

    def make(self, conversation_id: str, customer_id: str, change: Change) -> Applied | Refusal:
        """Propose the change and confirm it."""
        proposal = self.changes.propose(conversation_id, customer_id, change)
        return proposal if isinstance(proposal, Refusal) else self.confirm(proposal)

    def snapshot(self) -> Snapshot:
        """Every row that a change may touch, by table."""
        with self.engine.connect() as connection:
            return {table: _rows(connection, table) for table in _WRITTEN}


def _rows(connection: Connection, table: str) -> list[Any]:
    # Past SQLAlchemy's rows: there are many, and they are only compared. In the order they lie in, which only
    # writing changes.
    cursor = connection.connection.cursor()
    cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own names
    return list(cursor.fetchall())


def build(folder: Path, path: Path) -> None:
    """Make a database with the benchmark's shop, read from files as any shop's is.

    Raises:
        ShopclerkError: a row of it could not be read.
    """
    engine = create_database_engine(f"sqlite:///{path}")
    migrate(engine)
    with TemporaryDirectory() as files:
        write_shop(folder, Path(files))
        report = Ingestor(engine, MemoryIndexes(), _NoMeaning()).ingest([Path(files)], shop=SHOP)
    engine.dispose()
    if report.failed:
        raise ShopclerkError(f"The benchmark's shop could not be read: {report.failed[0].reason}")


def copied(base: Path, target: Path) -> Stage:
    """A stage on a copy of a database that nobody has open."""
    shutil.copyfile(base, target)
    return Stage.at(target)


class _NoMeaning:
    """An embedder for a shop whose orders are changed and in which nothing is searched."""

    name, dim = "none", 1

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.ones((len(texts), 1), dtype=np.float32)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed_passages(texts)
