"""Every VectorIndex keeps the same promises: Chroma in a folder, Chroma's server, and the one in memory."""

from collections.abc import Iterator

import numpy as np
import pytest

from knowledge.errors import IndexUnavailable
from knowledge.evaluation.memory import MemoryIndexes
from knowledge.index import ChromaIndexes, VectorIndexes
from tests.chroma_server import chroma_url  # noqa: F401 - a fixture

KINDS = ["memory", "folder", pytest.param("server", marks=pytest.mark.full)]


@pytest.fixture(params=KINDS)
def indexes(request: pytest.FixtureRequest, tmp_path) -> Iterator[VectorIndexes]:
    match request.param:
        case "memory":
            made: VectorIndexes = MemoryIndexes()
        case "folder":
            made = ChromaIndexes(folder=tmp_path / "index")
        case _:
            made = ChromaIndexes(url=request.getfixturevalue("chroma_url"))
            for shop in ("demo", "一号店", "二号店"):  # one server serves all tests
                made.drop(shop)
    yield made
    made.close()


@pytest.fixture
def index(indexes):
    return indexes.open("demo", "test-embedder", 4)


def unit(*places):
    return np.eye(4, dtype=np.float32)[list(places)]


def test_an_empty_index_finds_nothing(index):
    assert index.query(unit(0)[0], 5) == []
    assert index.query(unit(0)[0], 5, among=["a"]) == []
    assert index.count() == 0
    assert index.ids() == []


def test_the_most_similar_comes_first_with_its_dot_product(index):
    index.add(["a", "b", "c"], np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0, 0, 1, 0]], dtype=np.float32))
    found = index.query(np.array([2, 0, 0, 0], dtype=np.float32), 2)
    assert [chunk_id for chunk_id, _ in found] == ["a", "b"]
    assert [similarity for _, similarity in found] == pytest.approx([2.0, 1.0], abs=1e-5)


def test_among_limits_the_search_and_may_name_unknown_ids(index):
    index.add(["a", "b", "c"], unit(0, 1, 2))
    assert [chunk_id for chunk_id, _ in index.query(unit(0)[0], 5, among=["b", "never", "c"])] in (
        ["b", "c"],
        ["c", "b"],
    )
    assert index.query(unit(0)[0], 5, among=["never"]) == []
    assert index.query(unit(0)[0], 5, among=[]) == []


def test_more_results_than_vectors_gives_them_all(index):
    index.add(["a", "b"], unit(0, 1))
    assert len(index.query(unit(0)[0], 100)) == 2
    assert len(index.query(unit(0)[0], 100, among=["a", "b"])) == 2


def test_adding_again_replaces(index):
    index.add(["a"], unit(0))
    index.add(["a", "b"], unit(1, 2))
    assert index.count() == 2
    np.testing.assert_allclose(index.vectors(["b", "a"]), unit(2, 1), atol=1e-6)


def test_missing_keeps_the_order(index):
    index.add(["b"], unit(0))
    assert index.missing(["c", "b", "a"]) == ["c", "a"]
    assert index.missing([]) == []


def test_deleted_vectors_are_not_found_and_deleting_twice_is_fine(index):
    index.add(["a", "b"], unit(0, 1))
    index.delete(["a", "never"])
    index.delete(["a"])
    assert index.ids() == ["b"]
    assert [chunk_id for chunk_id, _ in index.query(unit(0)[0], 5)] == ["b"]


def test_shops_and_embedders_do_not_see_each_other(indexes):
    indexes.open("一号店", "e", 4).add(["a"], unit(0))
    assert indexes.open("二号店", "e", 4).count() == 0
    assert indexes.open("一号店", "other", 4).count() == 0
    indexes.drop("二号店")
    assert indexes.open("一号店", "e", 4).count() == 1
    indexes.drop("一号店")
    assert indexes.open("一号店", "e", 4).count() == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "127.0.0.1:8000", "ftp://127.0.0.1", "http://"])
def test_a_server_that_is_not_there_is_told_in_one_sentence(url):
    with pytest.raises(IndexUnavailable) as told:
        ChromaIndexes(url=url)
    assert url in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.full
def test_what_was_added_on_a_server_is_there_for_the_next_process(chroma_url):  # noqa: F811 - the fixture
    first = ChromaIndexes(url=chroma_url)
    first.drop("kept")
    first.open("kept", "e", 4).add(["a"], unit(0))
    first.close()
    second = ChromaIndexes(url=chroma_url)
    assert second.open("kept", "e", 4).ids() == ["a"]
    second.drop("kept")
    second.close()
