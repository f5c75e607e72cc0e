"""How fast files become knowledge, and how fast questions find it."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from bot.bootstrap import Shopclerk, build
from bot.settings import Settings
from scripts.console import note
from scripts.demo import demo_folder
from scripts.generated_catalogue import questions, write_catalogue
from scripts.measurement import Measurement, median, p95

INGESTED_PRODUCTS = 2_000
SEARCHED_PRODUCTS = 20_000
QUESTIONS = 200
SHOP = "bench"


def measure(settings: Settings) -> Sequence[Measurement]:
    """Ingest beside raw encoding, an unchanged ingest beside the first, and search at two sizes."""
    return [*_ingest(settings), *_search_demo(settings), *_search_generated(settings)]


def _ingest(settings: Settings) -> list[Measurement]:
    products = INGESTED_PRODUCTS
    with _fresh(settings) as shopclerk, tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "products.csv"
        write_catalogue(catalogue, products=products)
        first = _timed_ingest(shopclerk, catalogue)
        again = _timed_ingest(shopclerk, catalogue)
        chunks = shopclerk.versions.chunks(SHOP, shopclerk.versions.active(SHOP) or 0)
        texts = [chunk.embedding_text for chunk in chunks]
        began = perf_counter()
        shopclerk.embedder.embed_passages(texts)
        raw = perf_counter() - began
    return [
        Measurement(f"ingest of {products:,} products", products / first, "documents/s"),
        Measurement("raw encoding of the same texts", len(texts) / raw, "documents/s"),
        Measurement("ingest against raw encoding", raw / first, "×", "≥ 0.8"),
        Measurement("unchanged ingest of the same", again, "s"),
        Measurement("unchanged ingest is faster by", first / again, "×", "≥ 50"),
    ]


def _search_demo(settings: Settings) -> list[Measurement]:
    asked = [
        *("Can I return shoes I wore once?", "How much is shipping to Canada?", "headphones under $100"),
        *(
            "鞋子穿过还能退吗",
            "会员有什么优惠",
            "300元以下的耳机",
            "how do I clean a wool blanket",
            "warranty on the kettle",
        ),
    ]
    with _fresh(settings) as shopclerk:
        shopclerk.ingest([demo_folder()], shop=SHOP)
        return _timed_search(shopclerk, [f"{asked[n % len(asked)]} {n}" for n in range(QUESTIONS)], "the demo shop", "")


def _search_generated(settings: Settings) -> list[Measurement]:
    with _fresh(settings) as shopclerk, tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "products.csv"
        write_catalogue(catalogue, products=SEARCHED_PRODUCTS)
        note(f"Ingesting {SEARCHED_PRODUCTS:,} products; this takes minutes …")
        seconds = _timed_ingest(shopclerk, catalogue)
        figures = _timed_search(shopclerk, questions(QUESTIONS), f"{SEARCHED_PRODUCTS:,} products", "≤ 60")
    return [
        Measurement(f"ingest of {SEARCHED_PRODUCTS:,} products", SEARCHED_PRODUCTS / seconds, "documents/s"),
        *figures,
    ]


def _timed_ingest(shopclerk: Shopclerk, path: Path) -> float:
    began = perf_counter()
    shopclerk.ingest([path], shop=SHOP)
    return perf_counter() - began


def _timed_search(shopclerk: Shopclerk, asked: Sequence[str], where: str, goal: str) -> list[Measurement]:
    """Each question once, after one to load the snapshot."""
    shopclerk.searcher.search("hello", shop=SHOP)
    times_ms = []
    for question in asked:
        began = perf_counter()
        shopclerk.searcher.search(question, shop=SHOP, k=10)
        times_ms.append((perf_counter() - began) * 1000)
    return [
        Measurement(f"search in {where}, half of the questions within", median(times_ms), "ms"),
        Measurement(f"search in {where}, 95 of 100 within", p95(times_ms), "ms", goal),
    ]


@contextmanager
def _fresh(settings: Settings) -> Iterator[Shopclerk]:
    """A shop clerk with an empty HOME that shares the models, its embedder loaded."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models").symlink_to((settings.home / "models").resolve())
        own = {"home": home, "database_url": "", "chroma_url": ""}
        shopclerk = build(settings.model_copy(update=own))
        try:
            shopclerk.embedder.embed_passages(["warm"])
            yield shopclerk
        finally:
            shopclerk.close()
