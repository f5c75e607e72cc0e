"""The composition root: Settings to a Shopclerk; every part can be replaced by argument."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Self

from langchain_core.language_models import BaseChatModel
from sqlalchemy import Engine

from bot.answering.answerer import Answerer
from bot.answering.assistant import Assistant
from bot.answering.curated import CuratedAnswers, CuratedBook
from bot.answering.engine_choice import chosen_engine
from bot.answering.extraction import Extractor
from bot.answering.grounding import GroundingCheck, SentenceCheck
from bot.answering.handing_over import Availability, always_there
from bot.answering.llm import GenerationQueue, load_chat_model, probe
from bot.answering.llm.lazy import LazyModel
from bot.answering.offering import Temper
from bot.answering.product_answers import ProductAnswers
from bot.answering.tools.orders.desk import OrderDesk
from bot.answering.tools.orders.store import OrderTalks
from bot.answering.tools.products.advice import Advisor
from bot.answering.tools.products.beside import Beside
from bot.answering.tools.products.desk import ProductDesk
from bot.answering.tools.products.search import SearchedProducts
from bot.answering.writer import Writer
from bot.conversation.database import migrate
from bot.conversation.events import Bulletin
from bot.conversation.feedback import FeedbackBook
from bot.conversation.handoff import Contacts, Handoffs, Line, Presence
from bot.conversation.history import History
from bot.desk.agent_desk import AgentDesk
from bot.desk.feelings import Feelings
from bot.desk.looking_up import LookUp
from bot.errors import GeneratorError
from bot.identity import CustomerTokens, DailyBudget, Rotations, ShopSecrets
from bot.insight.alerts.watch import AlertWatch
from bot.insight.alerts.webhook import Webhook
from bot.insight.analytics.figures import Analytics
from bot.insight.analytics.gap_finding import GapFinder
from bot.insight.analytics.keeping import SummaryKeeper
from bot.insight.analytics.voices import Voices
from bot.insight.reviews import ReviewBook
from bot.insight.rounds import InsightRounds
from bot.insight.satisfaction import Satisfaction, load_satisfaction
from bot.insight.scoring import Moods, Scorer, ScoringWorker
from bot.insight.sentiment import Sentiment
from bot.insight.sentiment.loading import load_sentiment, weights_in_use
from bot.ordering import Identification, OrderChanges
from bot.settings import Settings
from bot.staff.audit import AuditLog
from bot.staff.desk import StaffDesk
from bot.staff.sealing import Seal
from bot.teaching.lessons import LessonBook
from bot.teaching.publication import School
from bot.teaching.verdicts import VerdictBook
from bot.transcripts.keeping import LineKeeper
from bot.transcripts.listing import TranscriptList
from bot.transcripts.opening import Transcripts
from bot.transcripts.originals import Originals
from knowledge.catalog import Catalog
from knowledge.database import create_database_engine
from knowledge.documents import Chunk, Document
from knowledge.embedding import Embedder
from knowledge.embedding_lazy import lazy_embedder
from knowledge.errors import KnowledgeError, ModelError
from knowledge.index import ChromaIndexes, VectorIndexes
from knowledge.ingest import Ingestor, IngestProgress, IngestReport
from knowledge.library import Library
from knowledge.orders import OrderBackend
from knowledge.orders.http import HttpOrders
from knowledge.orders.sql import SqlOrders
from knowledge.profile import Profiles
from knowledge.recommendations import Recommendations
from knowledge.reranking_learned import load_reranker
from knowledge.search import Searcher
from knowledge.trial import trial_searcher
from knowledge.versions import KnowledgeVersions
from knowledge.weights import ModelStore

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """Whether the bot can answer, and with what.

    Attributes:
        ready: it can answer, at least by quoting.
        generator: name of the model that writes; `none` when answers are quoted only.
        embedder: name of the model that search uses.
        device: where the models run.
        problems: what is missing or broken, each one sentence.
        loading: the generator is still being loaded.
        engine: what runs the generator: `llama`, `torch`, `server` or `none`.
    """

    ready: bool
    generator: str
    embedder: str
    device: str
    problems: tuple[str, ...] = ()
    loading: bool = False
    engine: str = "none"


class Shopclerk:
    """The whole bot. Parts are made when first used, so that a command that needs no model loads none.

    Args:
        settings: what to build.
        engine: database to use instead of the settings' own.
        embedder: turns texts into vectors, instead of the settings' own.
        indexes: holds the vectors, instead of the settings' own.
        chat_model: writes answers, instead of the settings' own.
        today: the present day, for what is valid and what is late.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        engine: Engine | None = None,
        embedder: Embedder | None = None,
        indexes: VectorIndexes | None = None,
        chat_model: BaseChatModel | None = None,
        today: Callable[[], date] | None = None,
    ) -> None:
        self.settings = settings
        self._given_engine, self._given_embedder, self._given_indexes = engine, embedder, indexes
        self._given_chat_model = chat_model
        self._today = today or (lambda: datetime.now(UTC).date())
        self._making = threading.RLock()
        self._generator_problem = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        shop: str | None = None,
        prune: bool = False,
        dry_run: bool = False,
        on_progress: Callable[[IngestProgress], None] | None = None,
    ) -> IngestReport:
        """Read files into a shop's knowledge and publish a new version of it."""
        shop = shop or self.settings.shop
        report = self.ingestor.ingest(paths, shop=shop, prune=prune, dry_run=dry_run, on_progress=on_progress)
        self._follow(shop)
        return report

    def reread(self, shop: str, *, on_progress: Callable[[IngestProgress], None] | None = None) -> IngestReport:
        """Read the files of a shop's knowledge again where they lie, and publish what changed."""
        report = self.ingestor.reread(shop, on_progress=on_progress)
        self._follow(shop)
        return report

    def put(
        self,
        source: str,
        documents: Sequence[Document],
        *,
        shop: str,
        base: int | None,
        on_progress: Callable[[IngestProgress], None] | None = None,
    ) -> IngestReport:
        """Publish a source that no file holds; see `Ingestor.put`."""
        report = self.ingestor.put(source, documents, shop=shop, base=base, on_progress=on_progress)
        self._follow(shop)
        return report

    def _follow(self, shop: str) -> None:
        if "searcher" in self.__dict__:
            self.searcher.refresh(shop)

    def passage(self, shop: str, chunk_id: str) -> Chunk | None:
        """The whole passage behind a citation; None unless it is this shop's."""
        return self.versions.chunk(shop, chunk_id)

    def mend_index(self, on_progress: Callable[[IngestProgress], None] | None = None) -> int:
        """Embed what the index has lost, or never had from this embedder; loads no model where nothing is missing.

        Returns:
            How many texts were embedded.
        """
        return sum(self.ingestor.repair(shop, on_progress=on_progress) for shop in self.versions.shops())

    def warm_search(self) -> None:
        """Load the embedder and the default shop's knowledge: from here on answers can be quoted."""
        self.embedder.embed_questions(["hello"])
        self.searcher.warm(self.settings.shop)

    def load_generator_ahead(self) -> None:
        """Begin to load the model that writes; until it is there answers are quoted, and nobody waits."""
        self.generator.load_ahead()

    def warm(self) -> None:
        """Load every model and the default shop's knowledge, so that the first question finds them ready."""
        self.warm_search()
        self.generator.get()
        self.assistant.warm(self.settings.shop)

    def health(self) -> Health:
        """Try each part: a question embedded, a token generated."""
        problems: list[str] = []
        embedder = self.settings.embedder
        try:
            embedder = self.embedder.name
            self.embedder.embed_questions(["hello"])
            if self.versions.active(self.settings.shop) is None:
                problems.append(f"The shop {self.settings.shop!r} knows nothing yet; run: shopclerk ingest PATH")
            ready = True
        except (ModelError, KnowledgeError) as error:
            problems.append(str(error))
            ready = False
        loading = self.generator.loading
        generator = self._probed_generator(problems)
        engine = chosen_engine(self.settings) if generator != "none" and not self._given_chat_model else "none"
        return Health(ready, generator, embedder, self._device(), tuple(problems), loading, engine)

    def close(self) -> None:
        """Stop the generation queue and let go of files and connections."""
        with self._making:
            if "insight_rounds" in self.__dict__:
                self.insight_rounds.close()
            if "scoring" in self.__dict__:
                self.scoring.close()
            if "queue" in self.__dict__:
                self.queue.close()
            if "bulletin" in self.__dict__:
                self.bulletin.close()
            if "indexes" in self.__dict__:
                self.indexes.close()
            if "engine" in self.__dict__:
                self.engine.dispose()

    @property
    def store(self) -> ModelStore:
        """Where packaged models lie."""
        return ModelStore(self.settings.home / "models")

    @cached_property
    def engine(self) -> Engine:
        """The database, its schema brought up to date."""
        with self._making:
            engine = self._given_engine or create_database_engine(self.settings.sqlalchemy_url)
            migrate(engine)
            return engine

    @cached_property
    def embedder(self) -> Embedder:
        """Turns texts into vectors; loaded with the first text."""
        return self._given_embedder or lazy_embedder(
            self.settings.embedder, store=self.store, device=self.settings.device
        )

    @cached_property
    def indexes(self) -> VectorIndexes:
        """The vectors of every shop; owned by this process from here on."""
        if self._given_indexes is not None:
            return self._given_indexes
        if self.settings.chroma_url:
            return ChromaIndexes(url=self.settings.chroma_url)
        return ChromaIndexes(folder=self.settings.home / "index")

    @cached_property
    def generator(self) -> LazyModel:
        """The model that writes, loaded when first needed or ahead of it."""
        return LazyModel(self._load_chat_model)

    @property
    def chat_model(self) -> BaseChatModel | None:
        """The model that writes; None where there is none or it cannot be loaded (`health` says why)."""
        return self.generator.get()

    @cached_property
    def queue(self) -> GenerationQueue:
        """The line in front of the model."""
        return GenerationQueue()

    @cached_property
    def ingestor(self) -> Ingestor:
        """Publishes knowledge; one for all, as one ingest runs at a time."""
        return Ingestor(self.engine, self.indexes, self.embedder)

    @cached_property
    def versions(self) -> KnowledgeVersions:
        """Which knowledge answers."""
        return KnowledgeVersions(self.engine)

    @cached_property
    def searcher(self) -> Searcher:
        """Finds passages."""
        return Searcher(
            self.versions,
            self.indexes,
            self.embedder,
            reranker=load_reranker(self.settings.reranker, store=self.store, device=self.settings.device),
            words_folder=self.settings.home / "words",
        )

    @cached_property
    def catalog(self) -> Catalog:
        """The shops' products as rows."""
        return Catalog(self.engine)

    @cached_property
    def profiles(self) -> Profiles:
        """The shops' names, voices and contacts."""
        return Profiles(self.engine)

    @cached_property
    def history(self) -> History:
        """What was said."""
        return History(self.engine, wake=self.bulletin.wake, original=self.originals.row_for)

    @cached_property
    def shop_secrets(self) -> ShopSecrets:
        """What each shop's server signs with."""
        return ShopSecrets(self.settings.home / "shops")

    @cached_property
    def rotations(self) -> Rotations:
        """Notices stolen visits."""
        return Rotations(self.engine)

    @cached_property
    def budget(self) -> DailyBudget:
        """How much each shop takes in a day."""
        return DailyBudget(self.engine)

    @cached_property
    def customers(self) -> CustomerTokens:
        """Who is signed in at a shop."""
        return CustomerTokens(self.shop_secrets)

    @cached_property
    def bulletin(self) -> Bulletin:
        """Tells at once what happens."""
        return Bulletin(self.engine)

    @cached_property
    def feedback(self) -> FeedbackBook:
        """Thumbs."""
        return FeedbackBook(self.engine)

    @cached_property
    def handoffs(self) -> Handoffs:
        """Conversations passed to a person."""
        return Handoffs(self.engine, wake=self.bulletin.wake, lease_seconds=self.settings.agent_lease_seconds)

    @cached_property
    def desk(self) -> AgentDesk:
        """Where people answer shoppers."""
        lease_seconds = self.settings.agent_lease_seconds
        return AgentDesk(
            history=self.history,
            handoffs=self.handoffs,
            line=Line(self.engine),
            presence=Presence(self.engine, lease_seconds=lease_seconds),
            contacts=Contacts(self.engine, self.seal, self.handoffs),
            bulletin=self.bulletin,
            audit=self.audit,
            profiles=self.profiles,
            feelings=Feelings(self.engine),
            lookup=lambda: LookUp(self.searcher, self.catalog, self.passage, self._today),
            assistant=lambda: self.assistant,
            lease_seconds=lease_seconds,
        )

    @cached_property
    def sentiment(self) -> Sentiment:
        """Tells what texts feel; its encoder is loaded with the first text."""
        return load_sentiment(weights_in_use(self.settings.home), self.store)

    @cached_property
    def satisfaction(self) -> Satisfaction:
        """Tells how content a shopper is with a conversation."""
        return load_satisfaction()

    @cached_property
    def moods(self) -> Moods:
        """How conversations go at the moment."""
        return Moods(self.engine, lambda talk: self.satisfaction.satisfaction(talk))

    def scorer(self) -> Scorer:
        """Scores what waits; a new one, which begins now."""
        return Scorer(self.engine, self.sentiment, self.satisfaction)

    @cached_property
    def scoring(self) -> ScoringWorker:
        """Scores what shoppers say in the background, once started."""
        return ScoringWorker(self.scorer, self.bulletin)

    @cached_property
    def reviews(self) -> ReviewBook:
        """Product reviews."""
        return ReviewBook(self.engine, self.sentiment)

    @cached_property
    def voices(self) -> Voices:
        """What is said of products, in conversations and reviews."""
        return Voices(self.engine, self.embedder)

    @cached_property
    def seal(self) -> Seal:
        """Keeps words from who steals the database."""
        return Seal(self.settings.home / "staff.key")

    @cached_property
    def staff(self) -> StaffDesk:
        """Who works in the shop, and what they did."""
        return StaffDesk.of(self.engine, self.seal)

    @cached_property
    def line_keeper(self) -> LineKeeper:
        """Keeps the list of conversations true."""
        return LineKeeper(self.engine)

    @cached_property
    def transcript_list(self) -> TranscriptList:
        """Conversations, found and in order."""
        return TranscriptList(self.engine, self.line_keeper)

    @cached_property
    def transcripts(self) -> Transcripts:
        """Conversations in full."""
        return Transcripts(self.engine, self.history)

    @cached_property
    def originals(self) -> Originals:
        """Shoppers' words as typed, where the settings keep them."""
        return Originals(self.engine, self.seal, days=self.settings.originals_days)

    @property
    def audit(self) -> AuditLog:
        """The record of what was done."""
        return self.staff.audit

    @cached_property
    def analytics(self) -> Analytics:
        """Figures about conversations."""
        return Analytics(self.engine, self.profiles)

    @cached_property
    def alerts(self) -> AlertWatch:
        """What has become worse than usual."""
        return AlertWatch(self.engine)

    @cached_property
    def insight_rounds(self) -> InsightRounds:
        """Keeps figures, alerts and content gaps up to date, once it is started."""
        return InsightRounds(
            SummaryKeeper(self.engine, self.profiles),
            self.alerts,
            Webhook(self.engine, self.settings.alert_webhook, title=self._product_title),
            lambda: GapFinder(self.engine, self.embedder),
        )

    @cached_property
    def order_backend(self) -> OrderBackend:
        """Who keeps customers and orders."""
        if self.settings.orders_url:
            return HttpOrders.at(self.settings.orders_url, self.settings.orders_key, self.profiles.get, now=self._now)
        return SqlOrders(self.engine, now=self._now)

    @cached_property
    def order_changes(self) -> OrderChanges:
        """Proposes and writes changes of orders."""
        return OrderChanges(self.engine, self.order_backend, now=self._now)

    def _now(self) -> datetime:
        """The present time, on the day that it is taken to be."""
        return datetime.combine(self._today(), datetime.now(UTC).timetz())

    @cached_property
    def assistant(self) -> Assistant:
        """Answers shoppers."""
        return self.assistant_with(
            self.history, self.handoffs, availability=self.desk.people_there, temper=self.moods.temper_of
        )

    def assistant_with(
        self,
        history: History,
        handoffs: Handoffs,
        *,
        writes: bool = True,
        check: SentenceCheck | None = None,
        availability: Availability = always_there,
        temper: Callable[[str], Temper | None] = lambda _conversation_id: None,
    ) -> Assistant:
        """An assistant on this shop's knowledge that keeps its conversations elsewhere, for measuring.

        Args:
            history: where messages are kept.
            handoffs: where conversations are passed to a person.
            writes: whether the model writes; else it quotes only.
            check: holds what is written to its evidence; None: the real one.
            availability: whether people of the shop answer now.
            temper: how the shopper of a conversation feels, as far as that is known.
        """
        return Assistant(
            history=history,
            handoffs=handoffs,
            profiles=self.profiles,
            orders=OrderDesk(
                self.order_backend,
                changes=OrderChanges(history.engine, self.order_backend, now=self._now),
                identification=Identification(history.engine, self.order_backend),
                history=history,
                talks=OrderTalks(history.engine),
                today=self._today,
            ),
            answerer=self.answerer_with(writes=writes, check=check),
            availability=availability,
            temper=temper,
        )

    def answerer_with(
        self,
        *,
        writes: bool = True,
        check: SentenceCheck | None = None,
        searcher: Searcher | None = None,
        curated: CuratedBook | None = None,
        embedder: Embedder | None = None,
    ) -> Answerer:
        """The gears alone, for measuring: they keep no conversation.

        Args:
            writes: whether the model writes; else it quotes only.
            check: holds what is written to its evidence; None: the real one.
            searcher: finds passages, instead of the real one.
            curated: the approved answers, instead of the real ones.
            embedder: the real one in another guise.
        """
        embedder = embedder or self.embedder
        writer = Writer(
            self.generator.now if writes else (lambda: None),
            self.queue,
            check or GroundingCheck(embedder),
            name=self._generator_name(),
        )
        return Answerer(
            searcher=searcher or self.searcher,
            embedder=embedder,
            versions=self.versions,
            products=self._products(searcher or self.searcher),
            writer=writer,
            today=self._today,
            curated=CuratedAnswers(curated or self.lessons, embedder, today=self._today),
            extractor=self.extractor,
        )

    def _products(self, searcher: Searcher) -> ProductAnswers:
        desk = ProductDesk(self.catalog, self.versions)
        search = SearchedProducts(searcher, today=self._today)
        return ProductAnswers(desk, Advisor(desk, search, Beside(self.recommendations)))

    @cached_property
    def recommendations(self) -> Recommendations:
        """What is alike and what goes together."""
        return Recommendations(self.engine, self.versions)

    @cached_property
    def extractor(self) -> Extractor:
        """Chooses sentences of pages; what one answerer had it read, the others need not read again."""
        return Extractor(self.embedder, today=self._today)

    def trial(self, chunks: Sequence[Chunk], shop: str, embedder: Embedder) -> Searcher:
        """Finds passages in these chunks as if they were published; the embedder is the real one in another guise."""
        return trial_searcher(chunks, self.indexes, embedder, shop=shop, reranker=self.searcher.reranker)

    def quoting(self, searcher: Searcher, curated: CuratedBook, embedder: Embedder) -> Answerer:
        """Answers by quoting what the searcher finds, and by these curated answers."""
        return self.answerer_with(writes=False, searcher=searcher, curated=curated, embedder=embedder)

    @cached_property
    def lessons(self) -> LessonBook:
        """What staff teach."""
        return LessonBook(self.engine)

    @cached_property
    def verdicts(self) -> VerdictBook:
        """What staff say of replies."""
        return VerdictBook(self.engine)

    @cached_property
    def library(self) -> Library:
        """Published knowledge, to look through."""
        return Library(self.engine)

    @cached_property
    def school(self) -> School:
        """Examines and publishes what staff teach."""
        return School(self, lessons=self.lessons, verdicts=self.verdicts, library=self.library)

    def _product_title(self, shop: str, product_id: str) -> str:
        return self.analytics.titles(shop, [product_id]).get(product_id, "")

    def _generator_name(self) -> str:
        if self._given_chat_model is not None:
            return str(getattr(self._given_chat_model, "name", None) or "given")
        return self.settings.generator

    def _load_chat_model(self) -> BaseChatModel | None:
        if self._given_chat_model is not None:
            return self._given_chat_model
        try:
            model = load_chat_model(self.settings, self.store)
            self.queue.at_once = int(getattr(model, "at_once", 1))
            return model
        except (ModelError, GeneratorError) as error:
            self._generator_problem = str(error)
        except Exception as error:  # whatever a model's files or libraries do, shoppers are answered by quoting
            log.exception("The generator could not be loaded")
            self._generator_problem = f"The generator {self._generator_name()!r} could not be loaded: {error}."
        return None

    def _probed_generator(self, problems: list[str]) -> str:
        model = self.generator.now()
        if self.generator.loading:
            problems.append(f"The generator {self._generator_name()} is being loaded; until then answers are quoted.")
            return "none"
        if model is None:
            if self._generator_problem:
                problems.append(f"{self._generator_problem} Until then answers are quoted only.")
            return "none"
        try:
            probe(model)
        except GeneratorError as error:
            problems.append(f"{error} Until then answers are quoted only.")
            return "none"
        return self._generator_name()

    def _device(self) -> str:
        engine = getattr(self.generator.now(), "engine", None)
        return str(getattr(engine, "device", "") or ("server" if self.settings.generator_url else "cpu"))


def build(
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    embedder: Embedder | None = None,
    indexes: VectorIndexes | None = None,
    chat_model: BaseChatModel | None = None,
    today: Callable[[], date] | None = None,
) -> Shopclerk:
    """A Shopclerk as the settings say.

    Args:
        settings: default: from the environment and `.env`.
        engine: database to use instead of the settings' own.
        embedder: turns texts into vectors, instead of the settings' own.
        indexes: holds the vectors, instead of the settings' own.
        chat_model: writes answers, instead of the settings' own.
        today: the present day, for what is valid and what is late.
    """
    return Shopclerk(
        settings or Settings(),
        engine=engine,
        embedder=embedder,
        indexes=indexes,
        chat_model=chat_model,
        today=today,
    )
