"""What search may rely on about what a shop knows: from the database, from the one in memory for measuring."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from knowledge.documents import Chunk
from knowledge.evaluation.memory import MemoryVersions
from knowledge.ingest import Ingestor
from knowledge.keywords import tokenize
from knowledge.search import Searcher
from knowledge.snapshots import PublishedChunks, Snapshots
from knowledge.versions import KnowledgeVersions
from tests import fakes
from tests.bot.small_shops import write_files

TODAY = date(2026, 11, 22)
FILES = {
    "returns.en.md": "# Returns\n\nYou can return most items within 30 days of delivery.\n",
    "faq.csv": "question,answer,language,valid_from,valid_until\n"
    "寄到加拿大运费多少？,11.90 美元。,zh,,\n"
    "Is there a spring sale?,Tents are 40% off.,en,2026-03-01,2026-04-30\n"
    "Is there a winter sale?,Tents are 25% off.,en,2026-12-20,2027-01-10\n",
    "products.csv": "id,title,category,price,currency,stock\nHP-1,Quietude,Headphones,189.00,USD,4\n",
}


@pytest.fixture
def embedder() -> fakes.FakeEmbedder:
    return fakes.FakeEmbedder()


@pytest.fixture
def indexes() -> fakes.MemoryIndexes:
    return fakes.MemoryIndexes()


@pytest.fixture(params=["database", "memory"])
def versions(request, tmp_path: Path, tmp_engine, indexes, embedder) -> PublishedChunks:
    ingestor = Ingestor(tmp_engine, indexes, embedder)
    for shop, files in {"demo": FILES, "other": {"faq.csv": "question,answer\nWhat else?,Nothing.\n"}}.items():
        assert not ingestor.ingest([write_files(tmp_path / shop, files)], shop=shop).failed
    real = KnowledgeVersions(tmp_engine)
    if request.param == "database":
        return real
    chunks = [chunk for shop in ("demo", "other") for chunk in real.chunks(shop, real.active(shop) or 0)]
    return MemoryVersions(chunks)


def chunks_of(versions: PublishedChunks, shop: str) -> Sequence[Chunk]:
    number = versions.active(shop)
    assert number is not None
    return versions.chunks(shop, number)


def test_a_shop_without_knowledge_has_no_version_and_no_snapshot(versions):
    assert versions.active("nowhere") is None
    assert Snapshots(versions).get("nowhere") is None


def test_an_active_version_has_its_chunks_the_same_again(versions):
    chunks = chunks_of(versions, "demo")
    assert len(chunks) == 5
    assert chunks_of(versions, "demo") == chunks


def test_ids_are_unique_and_only_the_shops_own(versions):
    for shop in ("demo", "other"):
        chunks = chunks_of(versions, shop)
        assert {chunk.shop for chunk in chunks} == {shop}
        assert len({chunk.id for chunk in chunks}) == len(chunks)


def test_chunks_carry_what_search_filters_by(versions):
    by_kind = {chunk.kind: chunk for chunk in chunks_of(versions, "demo")}
    assert by_kind["product"].attributes["product_id"] == "HP-1"
    assert float(by_kind["product"].attributes["price"]) == 189
    assert {chunk.language for chunk in chunks_of(versions, "demo")} >= {"en", "zh"}
    assert all(chunk.source and tokenize(chunk.embedding_text) for chunk in chunks_of(versions, "demo"))


def test_chunks_out_of_their_time_are_there_but_never_found(versions, indexes, embedder):
    sales = {chunk.title: chunk for chunk in chunks_of(versions, "demo") if "sale" in chunk.title}
    assert len(sales) == 2
    assert not any(chunk.valid_on(TODAY) for chunk in sales.values())
    searcher = Searcher(versions, indexes, embedder)

    def found(day: date) -> set[str]:
        passages = searcher.search("is there a sale on tents?", shop="demo", k=50, today=day)
        return {passage.chunk.title for passage in passages if "sale" in passage.chunk.title}

    assert found(TODAY) == set()
    assert found(date(2026, 3, 1)) == found(date(2026, 4, 30)) == {"Is there a spring sale?"}
    assert found(date(2026, 12, 20)) == found(date(2027, 1, 10)) == {"Is there a winter sale?"}
    assert found(date(2026, 5, 1)) == found(date(2026, 12, 19)) == found(date(2026, 2, 28)) == set()
