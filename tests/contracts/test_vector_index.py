"""Every VectorIndex keeps the same promises: the one over Chroma's files and the one in memory."""

import numpy as np
import pytest

from knowledge.index import ChromaIndexes
from tests.knowledge.memory_index import MemoryIndexes


@pytest.fixture(params=["memory", "chroma"])
def indexes(request, tmp_path):
    made = MemoryIndexes() if request.param == "memory" else ChromaIndexes(folder=tmp_path / "index")
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
