"""What a shopper's question finds, and what it must never find."""

import threading
from datetime import date

import pytest

from knowledge.evaluation.memory import MemoryIndexes, MemoryVersions
from knowledge.filters import SearchFilters
from knowledge.search import Searcher
from knowledge.snapshots import Snapshots
from tests.fakes import FakeEmbedder

DAY = date(2026, 11, 22)


def searcher(chunks, **parts):
    embedder, indexes = FakeEmbedder(), MemoryIndexes()
    for chunk in chunks:
        index = indexes.open(chunk.shop, embedder.name, embedder.dim)
        index.add([chunk.id], embedder.embed_passages([chunk.embedding_text]))
    return Searcher(MemoryVersions(chunks), indexes, embedder, **parts)


def titles(found):
    return [passage.chunk.title for passage in found]


@pytest.fixture
def shop(make_chunk):
    def product(title, price, category, number, **fields):
        facts = {"product_id": number, "price": price, "category": category, "currency": "USD"}
        return make_chunk(title, "A fine thing", kind="product", attributes=facts, **fields)

    return [
        make_chunk("Shipping", "Parcels take three to five days"),
        make_chunk("Returns", "You may send shoes back within thirty days"),
        product("Trail shoes", 49.0, "Shoes", "SH-1"),
        product("Summit shoes", 149.0, "Shoes", "SH-2"),
        product("Desk lamp", 30.0, "Lamps", "LA-1"),
    ]


def test_best_passage_comes_first_with_its_scores(shop):
    first, *_ = searcher(shop).search("how many days do parcels take?", shop="demo", today=DAY)
    assert (first.chunk.title, first.rank, first.found_by) == ("Shipping", 1, ("dense", "keyword"))
    assert 0.0 <= first.score <= 1.0
    assert set(first.scores) == {"dense", "keyword", "fused"}


def test_ranks_count_up_and_k_is_the_most(shop):
    found = searcher(shop).search("shoes", shop="demo", k=3, today=DAY)
    assert [passage.rank for passage in found] == [1, 2, 3]


def test_no_other_shops_passage_is_ever_found(make_chunk):
    ours, theirs = make_chunk("Returns", "thirty days"), make_chunk("Returns", "ninety days", shop="other")
    found = searcher([ours, theirs]).search("returns ninety days", shop="demo", today=DAY)
    assert [passage.chunk.shop for passage in found] == ["demo"]


def test_shop_without_knowledge_and_empty_questions_find_nothing(shop):
    assert searcher(shop).search("anything", shop="nobody") == []
    assert searcher(shop).search("  ", shop="demo") == []


def test_price_and_category_in_the_question_limit_the_products(shop):
    assert titles(searcher(shop).search("shoes under 50", shop="demo", today=DAY)) == ["Trail shoes"]


def test_given_filters_replace_those_of_the_question(shop):
    found = searcher(shop).search(
        "shoes under 50", shop="demo", filters=SearchFilters(product_ids=("SH-2",)), today=DAY
    )
    assert titles(found) == ["Summit shoes"]


def test_filters_that_nothing_meets_find_nothing(shop):
    assert searcher(shop).search("shoes under 1 dollar", shop="demo", today=DAY) == []


def test_product_number_finds_the_product(shop):
    assert titles(searcher(shop).search("SH-2", shop="demo", today=DAY))[0] == "Summit shoes"


def test_what_is_not_valid_on_the_day_is_never_found(make_chunk):
    chunks = [
        make_chunk("Summer sale", "free shipping from 39", valid_until=date(2026, 8, 31)),
        make_chunk("New year sale", "free shipping from 29", valid_from=date(2027, 1, 1)),
        make_chunk("Today", "free shipping from 59", valid_from=DAY, valid_until=DAY),
    ]
    assert titles(searcher(chunks).search("free shipping", shop="demo", today=DAY)) == ["Today"]


def test_nearly_equal_passages_are_shown_once(make_chunk):
    text = "Parcels to Canada take five to eight days and cost 11.90 in most provinces of the country"
    chunks = [make_chunk("A", text, source="a"), make_chunk("B", text + ".", source="b")]
    assert len(searcher(chunks).search("parcels to Canada", shop="demo", today=DAY)) == 1


def test_texts_that_differ_in_a_number_are_both_shown(make_chunk):
    chunks = [make_chunk(title, f"Goods may come back within {days} days") for title, days in (("A", 30), ("B", 60))]
    assert len(searcher(chunks).search("goods come back", shop="demo", today=DAY)) == 2


def test_product_is_shown_in_the_shoppers_language_only(make_chunk):
    facts = {"product_id": "L-1"}
    chunks = [
        make_chunk("Lamp", "lamp 灯", kind="product", attributes=facts),
        make_chunk("灯", "灯 lamp", kind="product", attributes=facts, language="zh"),
    ]
    assert titles(searcher(chunks).search("lamp", shop="demo", today=DAY)) == ["Lamp"]
    assert titles(searcher(chunks).search("lamp", shop="demo", language="zh", today=DAY)) == ["灯"]


def test_other_language_is_found_when_it_is_all_there_is(make_chunk):
    chunks = [make_chunk("Customs", "海关 customs 税", language="zh")]
    assert titles(searcher(chunks).search("customs", shop="demo", language="en", today=DAY)) == ["Customs"]


def test_page_that_only_the_other_language_has_is_among_the_first_five(make_chunk):
    shared = "shoes tents lamps gloves"
    english = [make_chunk(f"Notes {number}", f"{shared} customs limit {number}") for number in range(8)]
    chunks = [*english, make_chunk("海关", f"{shared} 海关", language="zh")]
    found = titles(searcher(chunks).search(f"{shared} limit?", shop="demo", k=5, today=DAY))
    assert found[-1] == "海关"
    assert len(found) == 5


def test_other_language_takes_no_place_when_it_is_far_in_meaning(make_chunk):
    english = [make_chunk(f"Notes {number}", f"customs limit {number}") for number in range(8)]
    chunks = [*english, make_chunk("灯", "灯 customs 厨房 台灯 夜灯 书房 卧室 客厅 阳台 餐厅 走廊", language="zh")]
    assert "灯" not in titles(searcher(chunks).search("customs limit notes?", shop="demo", k=5, today=DAY))


class Upside:
    """Likes the worst best."""

    name = "upside-down"

    def rerank(self, question, passages):
        return [-passage.scores["fused"] for passage in passages]


def test_reranker_has_the_last_word(shop):
    question = "days parcels take"
    assert titles(searcher(shop).search(question, shop="demo", today=DAY))[0] == "Shipping"
    assert titles(searcher(shop, reranker=Upside()).search(question, shop="demo", today=DAY))[-1] == "Shipping"


class Moving(MemoryVersions):
    """Versions whose active one can be moved while questions are asked."""

    def __init__(self, by_version):
        super().__init__([])
        self.by_version, self.number = by_version, 1

    def active(self, shop):
        return self.number

    def chunks(self, shop, version):
        return self.by_version[version]


def test_each_answer_is_of_one_version_while_versions_move(make_chunk):
    by_version = {
        number: [make_chunk(f"Returns {word}", f"v{number} returns {word}") for word in ("shoes", "tents", "lamps")]
        for number in (1, 2)
    }
    embedder, indexes = FakeEmbedder(), MemoryIndexes()
    index = indexes.open("demo", embedder.name, embedder.dim)
    for chunks in by_version.values():
        index.add([chunk.id for chunk in chunks], embedder.embed_passages([chunk.embedding_text for chunk in chunks]))
    versions = Moving(by_version)
    found, seen = Searcher(versions, indexes, embedder), []

    def ask():
        answers = (found.search("returns", shop="demo", today=DAY) for _ in range(20))
        seen.extend({passage.chunk.text[:2] for passage in answer} for answer in answers)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    versions.number = 2
    for thread in threads:
        thread.join()
    assert all(len(texts) == 1 for texts in seen)
    assert {passage.chunk.text[:2] for passage in found.search("returns", shop="demo", today=DAY)} == {"v2"}


class Slow(Moving):
    """Versions after the first load only when they are let."""

    def __init__(self, by_version):
        super().__init__(by_version)
        self.let = threading.Event()

    def chunks(self, shop, version):
        assert version == 1 or self.let.wait(30)
        return super().chunks(shop, version)


@pytest.fixture
def two_versions(make_chunk):
    return {1: [make_chunk("Returns", "thirty days")], 2: [make_chunk("Returns", "sixty days")]}


def texts_now(snapshots):
    return [chunk.text for chunk in snapshots.get("demo").chunks]


def test_old_version_answers_while_the_new_one_loads(two_versions):
    versions = Slow(two_versions)
    snapshots = Snapshots(versions, patience_seconds=0.0)
    assert texts_now(snapshots) == ["thirty days"]
    versions.number = 2
    assert texts_now(snapshots) == texts_now(snapshots) == ["thirty days"]
    versions.let.set()
    snapshots.refresh("demo")
    assert texts_now(snapshots) == ["sixty days"]


def test_old_version_answers_when_the_new_one_cannot_be_loaded(two_versions, caplog):
    versions = Moving(two_versions)
    snapshots = Snapshots(versions, patience_seconds=30.0)
    assert texts_now(snapshots) == ["thirty days"]
    versions.number = 3
    assert texts_now(snapshots) == ["thirty days"]
    assert "Version 3 of shop 'demo' cannot be loaded" in caplog.text
    versions.number = 2
    assert texts_now(snapshots) == ["sixty days"]


def test_chunk_whose_vector_is_missing_is_still_found_by_its_words(shop):
    embedder = FakeEmbedder()
    found = Searcher(MemoryVersions(shop), MemoryIndexes(), embedder).search("parcels", shop="demo", today=DAY)
    assert [(passage.chunk.title, passage.found_by) for passage in found] == [("Shipping", ("keyword",))]
