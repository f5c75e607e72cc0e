"""The demo shop's orders on a database of their own, and conversations about them with no model and no search."""

import shutil
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import numpy as np

from bot.answering.assistant import Assistant
from bot.answering.tools.orders.desk import OrderDesk
from bot.answering.tools.orders.store import OrderTalks
from bot.answering.turn import Answer, Turn
from bot.conversation.database import migrate
from bot.conversation.handoff import Handoffs
from bot.conversation.history import History
from bot.ordering import Identification, OrderChanges
from bot.reply import Reply, ReplyChunk
from knowledge.database import create_database_engine
from knowledge.evaluation.memory import MemoryIndexes
from knowledge.ingest import Ingestor
from knowledge.orders.sql import SqlOrders
from knowledge.profile import Profiles

SHOP = "demo"
NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
FROM_PAGES = "(from the shop's pages)"
_FILES = ("shop.yaml", "logo.svg", "products.csv", "customers.jsonl", "orders.jsonl")


class NoMeaning:
    """An embedder for a shop in which nothing is searched."""

    name, dim = "none", 1

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.ones((len(texts), 1), dtype=np.float32)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed_passages(texts)


class Pages:
    """Answers whatever the order desk passes on."""

    def curated(self, _turn: Turn) -> None:
        return None

    def versions(self, _shop: str) -> dict[str, str]:
        return {}

    def answer(self, _turn: Turn, _watch: object) -> Generator[ReplyChunk, None, Answer]:
        yield from ()
        return Answer(FROM_PAGES, "answered", "extracted", "pages")


@dataclass(frozen=True)
class OrderShop:
    """One shop; `talk` opens a conversation with it."""

    orders: SqlOrders
    history: History
    assistant: Assistant

    @classmethod
    def at(cls, path: Path) -> "OrderShop":
        """On a database that `build` has made."""
        engine = create_database_engine(f"sqlite:///{path}")
        orders, history = SqlOrders(engine, now=lambda: NOW), History(engine)
        desk = OrderDesk(
            orders,
            changes=OrderChanges(engine, orders, now=lambda: NOW),
            identification=Identification(engine, orders),
            history=history,
            talks=OrderTalks(engine),
            today=lambda: date(2026, 11, 22),
        )
        assistant = Assistant(
            history=history,
            handoffs=Handoffs(engine),
            profiles=Profiles(engine),
            orders=desk,
            answerer=cast(Any, Pages()),
        )
        return cls(orders, history, assistant)

    def talk(self, customer_id: str = "") -> str:
        """A new conversation, signed in or not; its id."""
        conversation = self.history.start(SHOP)
        if customer_id:
            self.history.identify(conversation.id, customer_id)
        return conversation.id

    def say(self, conversation_id: str, text: str) -> Reply:
        """The reply to a message."""
        reply = list(self.assistant.reply(conversation_id, text))[-1].reply
        assert reply is not None
        return reply


def build(folder: Path) -> Path:
    """A database with the demo shop's products, customers and orders."""
    source, path = folder / "files", folder / "shop.db"
    source.mkdir()
    for name in _FILES:
        shutil.copy(str(files("knowledge") / "demo_shop" / name), source / name)
    engine = create_database_engine(f"sqlite:///{path}")
    migrate(engine)
    report = Ingestor(engine, MemoryIndexes(), NoMeaning()).ingest([source], shop=SHOP)
    assert not report.failed, report.failed[:3]
    engine.dispose()
    return path
