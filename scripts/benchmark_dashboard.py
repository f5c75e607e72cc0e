"""How fast the staff's dashboard counts, query by query and as a whole page, in a database of its own."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from time import perf_counter

import numpy as np
from sqlalchemy import Engine

from bot.conversation.database import migrate
from bot.insight.alerts.watch import AlertWatch
from bot.insight.analytics.behind import Figure
from bot.insight.analytics.figures import Analytics
from bot.insight.analytics.filters import Filters
from bot.insight.analytics.gap_finding import GapFinder
from bot.insight.analytics.keeping import SummaryKeeper
from bot.insight.analytics.voices import Voices
from bot.settings import Settings
from knowledge.database import create_database_engine
from knowledge.keywords import tokenize
from knowledge.profile import Profiles
from scripts.console import note
from scripts.demo_history import write_history
from scripts.measurement import Measurement, median, p95

CONVERSATIONS = 100_000
DAYS = 180
RUNS = 10
SHOP = "bench"
GOAL = "≤ 1"

Query = Callable[[Filters], object]


def measure(_settings: Settings, conversations: int = CONVERSATIONS) -> Sequence[Measurement]:
    """Invent conversations, summarise them, and count them as the dashboard does, with and without filters."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_database_engine(f"sqlite:///{Path(folder) / 'dashboard.db'}")
        try:
            return [*_filled(engine, conversations), *_counted(engine, f"{conversations:,} conversations")]
        finally:
            engine.dispose()


def _filled(engine: Engine, conversations: int) -> list[Measurement]:
    migrate(engine)
    note(f"Inventing {conversations:,} conversations; 100,000 take minutes …")
    write_history(engine, conversations, days=DAYS, shop=SHOP)
    keeper = SummaryKeeper(engine, Profiles(engine))
    began = perf_counter()
    keeper.catch_up()
    first = perf_counter() - began
    GapFinder(engine, _WordEmbedder()).refresh()
    keeper.catch_up()
    began = perf_counter()
    keeper.catch_up()
    return [
        Measurement("summarised", conversations / first, "conversations/s"),
        Measurement("a round with nothing new", perf_counter() - began, "s"),
    ]


def _counted(engine: Engine, where: str) -> list[Measurement]:
    analytics, alerts = Analytics(engine, Profiles(engine)), AlertWatch(engine)
    voices = Voices(engine, _WordEmbedder())
    page: Mapping[str, Query] = {
        "scoreboard": lambda filters: (analytics.scoreboard(filters), analytics.week_hours(filters)),
        "waiting": analytics.waiting,
        "feelings": analytics.feelings,
        "content gaps": lambda filters: (analytics.gaps(filters), analytics.single_open_questions(filters)),
        "replies and top questions": analytics.replies,
        "alerts": lambda filters: alerts.recent(filters.shop),
    }
    clicked: Mapping[str, Query] = {
        "conversations behind a figure": lambda filters: analytics.behind(filters, Figure(resolution="confirmed")),
        "what is said of an aspect": lambda filters: voices.about(filters, "quality"),
        "shoppers' own words": analytics.quotes,
        "filters to choose from": lambda filters: analytics.known(filters.shop),
    }
    views = _views(analytics)
    found = [
        figure
        for name, query in {**page, **clicked}.items()
        for figure in _timed(f"{name}, {where}", query, list(views.values()))
    ]
    with ThreadPoolExecutor(len(page)) as browser:

        def load(view: Filters) -> None:
            list(browser.map(lambda query: query(view), page.values()))

        for name, view in views.items():
            found += _timed(f"whole page, {name}, {where}", load, [view], goal=GOAL)
    return found


def _views(analytics: Analytics) -> Mapping[str, Filters]:
    month, everything = analytics.last_days(SHOP, 30), analytics.last_days(SHOP, DAYS)
    product = next(iter(analytics.known(SHOP).products))
    return {
        "30 days": month,
        f"{DAYS} days": everything,
        f"{DAYS} days, one product": replace(everything, product=product),
        f"{DAYS} days, one language": replace(everything, language="zh"),
        f"{DAYS} days, one outcome": replace(everything, outcome="refused"),
        "30 days, product, language and outcome": replace(month, product=product, language="en", outcome="answered"),
    }


def _timed(what: str, query: Query, views: Sequence[Filters], goal: str = "") -> list[Measurement]:
    """Each view once to warm up, then all of them some times."""
    for view in views:
        query(view)
    seconds = []
    for _ in range(RUNS):
        for view in views:
            began = perf_counter()
            query(view)
            seconds.append(perf_counter() - began)
    return [
        Measurement(f"{what}, half of the times within", median(seconds), "s"),
        Measurement(f"{what}, 95 of 100 within", p95(seconds), "s", goal),
    ]


class _WordEmbedder:
    """Hashed words for vectors: gaps are read back here, not judged, and no model need be loaded for that."""

    name = "words"
    dim = 256

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors, (n, dim), unit length."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in tokenize(text) or [text]:
                vectors[row, blake2b(word.encode(), digest_size=2).digest()[0]] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    embed_questions = embed_passages
