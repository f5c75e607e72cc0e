"""Ingest: what goes in, what stays, what is told, and that it is all or nothing."""

import contextlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from knowledge.catalog import Catalog
from knowledge.database import create_database_engine
from knowledge.errors import IngestConflict, UnknownShop, UnknownVersion
from knowledge.evaluation.memory import MemoryIndexes
from knowledge.ingest import Ingestor
from knowledge.orders import SqlOrders
from knowledge.profile import Profiles
from knowledge.versions import KnowledgeVersions
from tests.fake_embedder import FakeEmbedder

FAQ = "question,answer\nDo you ship abroad?,Yes to 40 countries.\nIs gift wrap free?,It costs $3.\n"
PRODUCTS = "id,title,category,price,currency,stock\nA-1,Red mug,Mugs,9.50,USD,4\nA-2,Blue mug,Mugs,11.00,USD,0\n"


def test_a_folder_becomes_version_one(empty_shop):
    report = empty_shop.ingest({"faq.csv": FAQ, "products.csv": PRODUCTS, "returns.en.md": "# Returns\n\n30 days."})
    assert (report.version, report.added, report.failed) == (1, 5, ())
    assert {chunk.source for chunk in empty_shop.chunks()} == {
        "faq.csv#1", "faq.csv#2", "products.csv#A-1@en", "products.csv#A-2@en", "returns.en.md",
    }  # fmt: skip
    assert empty_shop.index().missing([c.id for c in empty_shop.chunks()]) == []


def test_the_report_has_the_promised_shape(empty_shop):
    json = empty_shop.ingest({"faq.csv": FAQ + ",no question\n"}).as_json()
    assert json["version"] == 1
    assert json["documents"] == {
        "added": 2, "changed": 0, "unchanged": 0, "removed": 0,
        "failed": [
            {
                "path": str(empty_shop.folder / "faq.csv"), "line": 4, "column": "question",
                "reason": "the question is empty; write it or remove the row",
            }
        ],
    }  # fmt: skip
    assert json["chunks"] == 2
    assert json["seconds"] > 0


def test_ingesting_again_makes_no_version_and_embeds_nothing(empty_shop):
    empty_shop.ingest({"faq.csv": FAQ})
    empty_shop.embedder.embedded.clear()
    report = empty_shop.ingest()
    assert (report.version, report.published, report.unchanged, report.added) == (1, False, 2, 0)
    assert empty_shop.embedder.embedded == []


def test_what_could_not_be_read_is_told_again_while_it_stays_so(empty_shop):
    empty_shop.ingest({"faq.csv": FAQ + ",no question\n"})
    assert len(empty_shop.ingest().failed) == 1


def test_only_changed_texts_are_embedded(empty_shop):
    page = "# Help\n\n## Shipping\n\nThree days.\n\n## Returns\n\nThirty days.\n"
    empty_shop.ingest({"help.md": page})
    empty_shop.embedder.embedded.clear()
    report = empty_shop.ingest({"help.md": page.replace("Thirty", "Forty")})
    assert (report.changed, report.embedded) == (1, 1)
    assert empty_shop.embedder.embedded == ["Help\nReturns\nForty days."]
    assert empty_shop.texts() == ["Three days.", "Forty days."]


def test_a_new_price_embeds_nothing_and_is_there(empty_shop):
    empty_shop.ingest({"products.csv": PRODUCTS})
    report = empty_shop.ingest({"products.csv": PRODUCTS.replace("9.50", "8.25")})
    assert (report.changed, report.unchanged, report.embedded) == (1, 1, 0)
    assert str(Catalog(empty_shop.engine).get("demo", ["A-1"], language="en")[0].price) == "8.25"
    assert empty_shop.chunks("products.csv#A-1")[0].attributes["price"] == 8.25


def test_files_that_are_gone_leave_only_with_prune(empty_shop):
    empty_shop.ingest({"faq.csv": FAQ, "old.md": "Old news."})
    (empty_shop.folder / "old.md").unlink()
    assert empty_shop.ingest().version == 1
    assert empty_shop.texts("old.md") == ["Old news."]
    report = empty_shop.ingest(prune=True)
    assert (report.version, report.removed, report.unchanged) == (2, 1, 2)
    assert empty_shop.texts("old.md") == []


def test_prune_leaves_other_folders_alone(empty_shop, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "guide.md").write_text("A guide.")
    empty_shop.ingest({"faq.csv": FAQ})
    empty_shop.ingestor.ingest([other], shop="demo")
    report = empty_shop.ingest(prune=True)
    assert report.removed == 0
    assert empty_shop.texts("guide.md") == ["A guide."]


def test_a_dry_run_changes_nothing(empty_shop):
    report = empty_shop.ingest({"faq.csv": FAQ}, dry_run=True)
    assert (report.version, report.added) == (None, 2)
    assert empty_shop.versions.active("demo") is None
    assert empty_shop.embedder.embedded == []


def test_the_same_text_twice_is_embedded_and_found_once(empty_shop):
    report = empty_shop.ingest({"a.md": "# Help\n\nWrite to us.", "b.md": "# Help\n\nWrite to us."})
    assert report.embedded == 1
    assert [chunk.source for chunk in empty_shop.chunks()] == ["a.md"]
    assert [(one.source, one.other, one.similarity) for one in report.duplicates] == [("b.md", "a.md", 1.0)]
    (empty_shop.folder / "a.md").unlink()
    empty_shop.ingest(prune=True)
    assert [chunk.source for chunk in empty_shop.chunks()] == ["b.md"]


def test_near_duplicates_are_told_and_say_when_numbers_differ(empty_shop):
    old = "You may return every article within 14 days of delivery, unused and in its box, with the label on it."
    report = empty_shop.ingest({"old.md": f"# Returns\n\n{old}", "new.md": f"# Returns\n\n{old.replace('14', '30')}"})
    assert [duplicate.numbers_differ for duplicate in report.duplicates] == [True]
    assert len(empty_shop.chunks()) == 2


def test_rollback_goes_back_and_the_next_ingest_forward(empty_shop):
    empty_shop.ingest({"a.md": "First."})
    empty_shop.ingest({"a.md": "Second."})
    assert empty_shop.versions.rollback("demo").number == 1
    assert empty_shop.texts() == ["First."]
    assert empty_shop.ingest().version == 3
    assert empty_shop.texts() == ["Second."]
    assert [(info.number, info.active) for info in empty_shop.versions.list("demo")] == [
        (3, True), (2, False), (1, False),
    ]  # fmt: skip


def test_rollback_names_what_there_is(empty_shop):
    with pytest.raises(UnknownShop, match="no knowledge is published"):
        empty_shop.versions.rollback("demo")
    empty_shop.ingest({"a.md": "First."})
    with pytest.raises(UnknownVersion, match="has no version before 1"):
        empty_shop.versions.rollback("demo")
    with pytest.raises(UnknownVersion, match="choose one of 1"):
        empty_shop.versions.rollback("demo", to=7)


def test_old_versions_and_their_vectors_go(empty_shop):
    for number in range(8):
        empty_shop.ingest({"a.md": f"Text number {number}."})
    assert [info.number for info in empty_shop.versions.list("demo")] == [8, 7, 6, 5, 4]
    assert empty_shop.index().count() == 5
    with pytest.raises(UnknownVersion):
        empty_shop.versions.chunks("demo", 1)


def test_shops_do_not_see_each_other(empty_shop, tmp_path):
    empty_shop.ingest({"a.md": "Ours."})
    other = tmp_path / "other.md"
    other.write_text("Theirs.")
    empty_shop.ingestor.ingest([other], shop="二号店")
    assert empty_shop.texts() == ["Ours."]
    theirs = empty_shop.versions.chunks("二号店", 1)[0]
    assert empty_shop.versions.chunk("二号店", theirs.id).text == "Theirs."
    assert empty_shop.versions.chunk("demo", theirs.id) is None
    assert empty_shop.versions.shops() == ["demo", "二号店"]


def test_an_index_that_was_lost_is_filled_from_the_database(empty_shop):
    empty_shop.ingest({"faq.csv": FAQ})
    empty_shop.indexes.drop("demo")
    assert empty_shop.ingestor.repair("demo") == 2
    assert empty_shop.ingest().embedded == 0


def test_a_row_that_breaks_keeps_what_was_published_of_it(empty_shop):
    empty_shop.ingest({"products.csv": PRODUCTS})
    report = empty_shop.ingest({"products.csv": PRODUCTS.replace("9.50", "cheap").replace("11.00", "12.00")})
    assert [(failure.line, failure.column) for failure in report.failed] == [(2, "price")]
    assert (report.removed, report.changed, report.unchanged) == (0, 1, 1)
    products = Catalog(empty_shop.engine).get("demo", ["A-1", "A-2"], language="en")
    assert [str(product.price) for product in products] == ["9.50", "12.00"]


def test_a_file_that_breaks_keeps_what_was_published_of_it(empty_shop):
    empty_shop.ingest({"faq.csv": FAQ})
    report = empty_shop.ingest({"faq.csv": "nothing,of,use\n1,2,3\n"})
    assert "columns are missing: question, answer" in report.failed[0].reason
    assert len(empty_shop.chunks("faq.csv")) == 2


def test_orders_customers_and_profile_are_live(empty_shop):
    order = (
        '{"order_number": "SC-1", "email": "Ann@Example.com", "status": "%s", "placed_on": "2026-11-01", '
        '"lines": [{"product_id": "A-1", "title": "Red mug", "quantity": 2, "unit_price": "9.50"}]}\n'
    )
    files = {"orders.jsonl": order % "pending", "shop.yaml": "name: {en: Mugs, zh: 杯子}\ncurrency: EUR\n"}
    report = empty_shop.ingest(files)
    assert (report.version, report.orders) == (None, 1)
    empty_shop.ingest({"orders.jsonl": order % "shipped"})
    found = SqlOrders(empty_shop.engine).order("demo", "sc-1")
    assert (found.status, str(found.total), found.lines[0].quantity) == ("shipped", "19.00", 2)
    assert found.customer_email == "ann@example.com"
    assert SqlOrders(empty_shop.engine).order("other", "SC-1") is None
    assert Profiles(empty_shop.engine).get("demo").name["zh"] == "杯子"
    assert Profiles(empty_shop.engine).get("other").name["en"] == "other"


def test_a_logo_that_changed_alone_is_seen(empty_shop):
    files = {"shop.yaml": "name: Mugs\nlogo: logo.svg\n", "a.md": "Text."}
    empty_shop.ingest(files | {"logo.svg": "<svg/>"})
    before = Profiles(empty_shop.engine).get("demo").logo
    report = empty_shop.ingest({"logo.svg": "<svg></svg>"})
    assert Profiles(empty_shop.engine).get("demo").logo != before
    assert (report.published, report.unchanged) == (False, 1)


def test_products_without_currency_have_the_shops(empty_shop):
    empty_shop.ingest({"shop.yaml": "name: Mugs\ncurrency: EUR\n", "products.csv": "id,title,price\nA-1,Mug,5\n"})
    assert Catalog(empty_shop.engine).all("demo", language="zh")[0].currency == "EUR"


def test_a_path_that_is_not_there_is_told_and_prunes_nothing(empty_shop, tmp_path):
    empty_shop.ingest({"a.md": "Text."})
    report = empty_shop.ingestor.ingest([tmp_path / "typo"], shop="demo", prune=True)
    assert "no such file or folder" in report.failed[0].reason
    assert empty_shop.texts() == ["Text."]


def test_two_ingests_at_once_both_get_in(empty_shop, tmp_path):
    folders = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.md").write_text(f"Page {name}.")
        folders.append(folder)
    threads = [
        threading.Thread(target=empty_shop.ingestor.ingest, args=([folder],), kwargs={"shop": "demo"})
        for folder in folders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(empty_shop.texts()) == ["Page one.", "Page two."]


def test_an_ingest_of_another_process_in_between_is_a_conflict(empty_shop):
    empty_shop.ingest({"a.md": "First."})
    other = Ingestor(empty_shop.engine, empty_shop.indexes, empty_shop.embedder)

    def publish_another(progress):
        if progress.stage == "publishing" and progress.done == 0 and empty_shop.versions.active("demo") == 1:
            (empty_shop.folder / "a.md").write_text("Other.")
            other.ingest([empty_shop.folder], shop="demo")

    with pytest.raises(IngestConflict, match="run it again"):
        empty_shop.ingest({"a.md": "Second."}, on_progress=publish_another)
    assert empty_shop.texts() == ["Other."]


# ---- Any order of add, change, remove and kill ends where a fresh build ends.

NAMES = ("a.md", "b.md", "faq.csv", "products.csv")


def content(name, number):
    if name == "faq.csv":
        return "question,answer\n" + "".join(f"Question {n}?,Answer {number + n}.\n" for n in range(number % 3 + 1))
    if name == "products.csv":
        return "id,title,price\n" + "".join(f"P{n},Mug {n},{number + 1}.50\n" for n in range(number % 4 + 1))
    return f"# Page\n\n## One\n\nText {number}.\n\n## Two\n\nText {number % 2}.\n"


class Killed(Exception):
    """Stands for SIGKILL: nothing that comes after it is done."""


steps = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 5) | st.none(), st.integers(0, 12) | st.none()),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_history_ends_like_a_fresh_build(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("shop")
    worn, fresh = _shop(), _shop()
    for name, number, killed_after in steps:
        if number is None:
            (folder / name).unlink(missing_ok=True)
        else:
            (folder / name).write_text(content(name, number))
        _ingest_killed(worn, folder, killed_after)
    worn.ingestor.ingest([folder], shop="demo", prune=True)
    fresh.ingestor.ingest([folder], shop="demo", prune=True)
    assert worn.state() == fresh.state()


def _ingest_killed(shop, folder, killed_after):
    left = [killed_after]

    def kill(_progress):
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                raise Killed

    with contextlib.suppress(Killed):
        shop.ingestor.ingest([folder], shop="demo", prune=True, on_progress=kill)


class _shop:
    def __init__(self):
        self.engine = create_database_engine("sqlite://")
        SQLModel.metadata.create_all(self.engine)
        self.indexes = MemoryIndexes()
        self.ingestor = Ingestor(self.engine, self.indexes, FakeEmbedder())

    def state(self):
        versions = KnowledgeVersions(self.engine)
        active = versions.active("demo")
        chunks = versions.chunks("demo", active) if active else []
        embedder = FakeEmbedder()
        index = self.indexes.open("demo", embedder.name, embedder.dim)
        question = embedder.embed_questions(["text 1 mug answer"])[0]
        known = {chunk.id for chunk in chunks}
        answers = [pair for pair in index.query(question, 1000) if pair[0] in known]
        prices = [(p.product_id, p.price) for p in Catalog(self.engine).all("demo", language="en")]
        return chunks, sorted(answers), index.missing(sorted(known)), prices


# ---- Real kills.

INGEST = """
import os, signal, sys
from pathlib import Path
from knowledge.database import create_database_engine
from knowledge.index import ChromaIndexes
from knowledge.ingest import Ingestor
from tests.fake_embedder import FakeEmbedder

home, files, stage, done = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])

def die(progress):
    if progress.stage == stage and progress.done >= done:
        os.kill(os.getpid(), signal.SIGKILL)

engine = create_database_engine(f"sqlite:///{home / 'shopclerk.db'}")
indexes = ChromaIndexes(folder=home / "index")
Ingestor(engine, indexes, FakeEmbedder()).ingest([files], shop="demo", on_progress=die)
indexes.close()
"""


def run_ingest(home: Path, files: Path, stage: str = "never", done: int = 0) -> int:
    return subprocess.run(
        [sys.executable, "-c", INGEST, str(home), str(files), stage, str(done)], check=False, cwd=Path.cwd()
    ).returncode


@pytest.mark.full
@pytest.mark.parametrize(
    ("stage", "done"), [("reading", 1), ("embedding", 256), ("embedding", 600), ("publishing", 0), ("publishing", 1)]
)
def test_a_killed_ingest_leaves_the_old_version_and_the_next_run_finishes(tmp_path, stage, done):
    home, files = tmp_path / "home", tmp_path / "files"
    files.mkdir()
    engine = create_database_engine(f"sqlite:///{home / 'shopclerk.db'}")
    SQLModel.metadata.create_all(engine)
    versions = KnowledgeVersions(engine)
    (files / "products.csv").write_text("id,title\n" + "".join(f"P{n},Mug {n}\n" for n in range(20)))
    assert run_ingest(home, files) == 0
    old = versions.chunks("demo", 1)

    (files / "products.csv").write_text("id,title\n" + "".join(f"P{n},Great mug {n}\n" for n in range(600)))
    assert run_ingest(home, files, stage, done) == -9
    was_published = (stage, done) == ("publishing", 1)
    assert versions.active("demo") == (2 if was_published else 1)
    if not was_published:
        assert versions.chunks("demo", 1) == old

    assert run_ingest(home, files) == 0
    assert versions.active("demo") == 2
    chunks = versions.chunks("demo", 2)
    assert sorted(chunk.title for chunk in chunks) == sorted(f"Great mug {n}" for n in range(600))
    engine.dispose()
