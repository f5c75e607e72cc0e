"""A shop clerk with a scripted assistant: real history, feedback and handoffs; answers that a test wrote."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

from sqlalchemy import Engine

from bot.answering.turn import Answer, ShopPage
from bot.conversation.events import Bulletin
from bot.conversation.feedback import FeedbackBook
from bot.conversation.handoff import Contacts, Handoffs, Line, Presence
from bot.conversation.history import History, MessageView
from bot.desk.agent_desk import AgentDesk
from bot.desk.feelings import Feelings
from bot.identity import CustomerTokens, DailyBudget, Rotations, ShopSecrets
from bot.insight.alerts.watch import AlertWatch
from bot.insight.analytics.figures import Analytics
from bot.insight.analytics.voices import Voices
from bot.ordering import OrderChanges
from bot.reply import Citation, ProductCard, Reply, ReplyChunk, TurnTraceValues
from bot.settings import Settings
from bot.staff.desk import StaffDesk
from bot.staff.sealing import Seal
from bot.teaching.lessons import LessonBook
from bot.teaching.verdicts import VerdictBook
from bot.transcripts.keeping import LineKeeper
from bot.transcripts.listing import TranscriptList
from bot.transcripts.opening import Transcripts
from bot.transcripts.originals import Originals
from knowledge.catalog import CatalogProduct
from knowledge.database import create_database_engine
from knowledge.library import Library
from knowledge.orders import SqlOrders
from knowledge.profile import Contact, ShopProfile
from knowledge.widget_profile import WidgetProfile
from tests.fake_embedder import FakeEmbedder
from tests.migrated import write_migrated

RETURNS_PASSAGE = (
    "Unworn shoes can be sent back within **30 days** of delivery.\n\n"
    "| Item | Days |\n|---|---|\n| Shoes | 30 |\n| Pans | 60 |\n\n"
    "Shoes that were worn outside cannot be taken back unless they are faulty. Return postage is free in the US."
)
CITATION = Citation(
    index=1,
    source="policies/returns.en.md",
    title="Returns and exchanges",
    quote="Shoes that were worn outside cannot be taken back unless they are faulty.",
    url="https://www.tidepine.example/returns",
    score=0.93,
    chunk_id="c1",
    passage=RETURNS_PASSAGE,
)
SHOE = ProductCard(
    product_id="TP-101",
    title="Harbour Walk canvas sneaker",
    category="Shoes",
    brand="Tidepine",
    price=Decimal("64.90"),
    currency="USD",
    stock=4,
    url="https://www.tidepine.example/p/TP-101",
    image_url=None,
    options={"Colour": ("sand", "navy", "black"), "Size": ("38", "39", "40", "41", "42")},
)
HEADPHONES = ProductCard(
    product_id="TP-220",
    title="Stillwater noise-cancelling headphones",
    category="Audio",
    brand="Stillwater",
    price=Decimal("89.00"),
    currency="USD",
    stock=37,
    url="https://www.tidepine.example/p/TP-220",
    image_url="https://www.tidepine.example/images/tp-220.jpg",
)


@dataclass(frozen=True)
class Script:
    """One answer as it is to be given."""

    text: str
    language: str = "en"
    citations: tuple[Citation, ...] = ()
    products: tuple[ProductCard, ...] = ()
    suggestions: tuple[str, ...] = ()
    outcome: str = "answered"
    gear: str = "generated"


DEFAULT_SCRIPT = Script(
    text="Unworn shoes can be returned within **30 days**. Shoes worn outside cannot be taken back unless faulty. [1]",
    citations=(CITATION,),
    suggestions=("Is return postage free?",),
)


@dataclass
class ScriptedAssistant:
    """Answers each text as `answer` says; tells what happened to it."""

    history: History
    answer: Callable[[str], Script] = lambda text: DEFAULT_SCRIPT
    pause_seconds: float = 0.0
    error: Exception | None = None
    running: int = 0
    most_at_once: int = 0
    closed_early: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event | None = None
    conversations: list[str] = field(default_factory=list)
    pages: list[ShopPage | None] = field(default_factory=list)

    def reply(
        self, conversation_id: str, text: str, *, message_id: str | None = None, page: ShopPage | None = None
    ) -> Iterator[ReplyChunk]:
        self.pages.append(page)
        self.conversations.append(conversation_id)
        asked = self.history.add_shopper_message(conversation_id, text, message_id=message_id)
        return self._turn(conversation_id, asked.id, text)

    def resume(self, conversation_id: str) -> Iterator[ReplyChunk]:
        waiting = self.history.unanswered(conversation_id)
        return iter(()) if waiting is None else self._turn(conversation_id, waiting.id, waiting.text)

    def draft(self, conversation_id: str, message: MessageView) -> Answer:
        script = self.answer(message.text)
        return Answer(script.text, "answered", "extracted", "", citations=script.citations, question=message.text)

    def _turn(self, conversation_id: str, asked_id: str, text: str) -> Iterator[ReplyChunk]:
        if self.history.conversation(conversation_id).state == "human":
            silent = Reply("", "en", "handed_off", "none", (), (), conversation_id, "", {}, reason="person_in_charge")
            yield ReplyChunk(kind="done", reply=silent)
            return
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        done = False
        try:
            yield ReplyChunk(kind="status", status="searching")
            if self.error is not None:
                raise self.error
            if self.gate is not None:
                while not self.gate.wait(0.02):
                    yield ReplyChunk(kind="status", status="queued", position=2)
            script = self.answer(text)
            yield ReplyChunk(kind="status", status="writing")
            for word in script.text.split(" "):
                time.sleep(self.pause_seconds)
                yield ReplyChunk(kind="token", text=word + " ")
            for citation in script.citations:
                yield ReplyChunk(kind="citation", citation=citation)
            for product in script.products:
                yield ReplyChunk(kind="product", product=product)
            done = True
            yield ReplyChunk(kind="done", reply=self._stored(conversation_id, asked_id, script))
        finally:
            self.running -= 1
            if not done:
                self.closed_early.set()

    def _stored(self, conversation_id: str, asked_id: str, script: Script) -> Reply:
        reply = Reply(
            text=script.text,
            language=script.language,
            outcome=script.outcome,
            gear=script.gear,
            citations=script.citations,
            products=script.products,
            conversation_id=conversation_id,
            message_id=uuid4().hex,
            timings_ms={"search": 12.0, "total": 80.0},
            suggestions=script.suggestions,
        )
        self.history.add_reply(reply, reply_to=asked_id, trace=TurnTraceValues(gear=script.gear, reason="scripted"))
        return reply


class ScriptedLookUp:
    """What an agent finds."""

    def products(self, shop: str, words: str, *, language: str) -> list[ProductCard]:
        return [card for card in (SHOE, HEADPHONES) if words.lower() in card.title.lower()]

    def cards(self, shop: str, product_ids: Sequence[str], *, language: str) -> list[ProductCard]:
        return [card for card in (SHOE, HEADPHONES) if card.product_id in product_ids]

    def sources(self, shop: str, words: str, *, language: str) -> list[Citation]:
        return [CITATION]

    def source(self, shop: str, index: int, chunk_id: str, quote: str = "") -> Citation | None:
        return replace(CITATION, index=index) if chunk_id == "c1" else None


def _in_catalogue(card: ProductCard) -> CatalogProduct:
    return CatalogProduct(
        product_id=card.product_id,
        title=card.title,
        description="Made to be used every day.",
        category=card.category,
        brand=card.brand,
        price=card.price,
        currency=card.currency,
        stock=card.stock,
        url=card.url,
        image_url=card.image_url,
    )


@dataclass
class ScriptedProfiles:
    """One shop's profile."""

    widget: WidgetProfile = field(default_factory=WidgetProfile)

    def get(self, shop: str) -> ShopProfile:
        return ShopProfile(
            widget=self.widget,
            name={"en": "Tidepine", "zh": "潮松生活"},
            greeting={"en": "Hello, and welcome to Tidepine!", "zh": "您好，欢迎来到潮松生活！"},
            suggested_questions={
                "en": ("How much is shipping to Canada?", "Can I return shoes I have worn outside?"),
                "zh": ("寄到中国大陆运费多少？", "鞋子穿过还能退吗？"),
            },
            opening_hours={"en": "Monday to Friday 8:00–18:00", "zh": "周一至周五 8:00–18:00"},
            contact=Contact(email="support@tidepine.example", phone="+1 206 555 0142"),
            url="https://www.tidepine.example",
        )


class ScriptedShopclerk:
    """What `bot.bootstrap.build` makes, with a scripted assistant."""

    def __init__(
        self,
        home: Path,
        *,
        shops: Sequence[str] = ("demo",),
        api_key: str = "",
        originals_days: int = 0,
        lease_seconds: float = 120,
        widget: WidgetProfile | None = None,
    ) -> None:
        self.widget = widget or WidgetProfile()
        self.settings = Settings(home=home, api_key=api_key)
        if not (home / "shopclerk.db").exists():
            write_migrated(home / "shopclerk.db")
        self.engine: Engine = create_database_engine(self.settings.sqlalchemy_url)
        seal = Seal(home / "staff.key")
        self.originals = Originals(self.engine, seal, days=originals_days)
        self.bulletin = Bulletin(self.engine)
        self.history = History(self.engine, original=self.originals.row_for, wake=self.bulletin.wake)
        self.feedback = FeedbackBook(self.engine)
        self.shop_secrets = ShopSecrets(home / "shops")
        self.customers = CustomerTokens(self.shop_secrets)
        self.order_backend = SimpleNamespace(customer=lambda shop, customer_id: None)
        self.rotations, self.budget = Rotations(self.engine), DailyBudget(self.engine)
        self.catalog = SimpleNamespace(all=lambda shop, language: [_in_catalogue(card) for card in (SHOE, HEADPHONES)])
        self.handoffs = Handoffs(self.engine, wake=self.bulletin.wake, lease_seconds=lease_seconds)
        self.alerts = AlertWatch(self.engine)
        self.scoring = SimpleNamespace(start=lambda: None, close=lambda: None)
        self.staff = StaffDesk.of(self.engine, seal)
        self.line_keeper = LineKeeper(self.engine)
        self.order_changes = OrderChanges(self.engine, SqlOrders(self.engine))
        self.transcript_list = TranscriptList(self.engine, self.line_keeper)
        self.transcripts = Transcripts(self.engine, self.history)
        self.audit = self.staff.audit
        self.lessons, self.verdicts, self.library = (
            LessonBook(self.engine),
            VerdictBook(self.engine),
            Library(self.engine),
        )
        self.school = SimpleNamespace()
        self.versions = SimpleNamespace(shops=lambda: list(shops), active=lambda shop: 1)
        self.begin_anew()
        self.desk = AgentDesk(
            history=self.history,
            handoffs=self.handoffs,
            line=Line(self.engine),
            presence=Presence(self.engine, lease_seconds=lease_seconds),
            contacts=Contacts(self.engine, seal, self.handoffs),
            bulletin=self.bulletin,
            audit=self.audit,
            profiles=self.profiles,
            feelings=Feelings(self.engine),
            lookup=ScriptedLookUp,
            assistant=lambda: self.assistant,
            lease_seconds=lease_seconds,
        )

    def begin_anew(self) -> None:
        """Forget what a test changed; conversations stay."""
        self.profiles = ScriptedProfiles(self.widget)
        self.analytics = Analytics(self.engine, self.profiles)
        self.voices = Voices(self.engine, FakeEmbedder())
        self.assistant = ScriptedAssistant(self.history)
        self.healthy = True
        self.loading = False

    def passage(self, shop: str, chunk_id: str) -> SimpleNamespace | None:
        if chunk_id != "c1":
            return None
        return SimpleNamespace(title="Returns and exchanges", text=RETURNS_PASSAGE, heading="")

    def health(self) -> SimpleNamespace:
        problems = () if self.healthy else ("The generator gave no token.",)
        return SimpleNamespace(
            ready=self.healthy,
            generator="none" if self.loading else "scripted",
            embedder="scripted",
            device="cpu",
            engine="scripted",
            problems=problems,
            loading=self.loading,
        )

    def close(self) -> None:
        self.bulletin.close()
        self.engine.dispose()
