"""What only the index over Chroma promises: one owner, nothing lost at a restart, damage mended."""

import gc
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import IndexLocked, IndexUnavailable
from knowledge.index import ChromaIndexes


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home" / "index"


def rows(count, dim=8):
    return np.random.default_rng(0).normal(size=(count, dim)).astype(np.float32)


def names(count):
    return [f"chunk-{number}" for number in range(count)]


def test_vectors_are_there_after_a_restart(folder):
    first = ChromaIndexes(folder=folder)
    first.open("demo", "e", 8).add(names(50), rows(50))
    first.close()
    second = ChromaIndexes(folder=folder)
    assert second.open("demo", "e", 8).count() == 50
    second.close()


def test_a_second_owner_is_refused_with_advice(folder):
    owner = ChromaIndexes(folder=folder)
    with pytest.raises(IndexLocked, match="another process uses the index"):
        ChromaIndexes(folder=folder)
    owner.close()
    ChromaIndexes(folder=folder).close()


def test_a_damaged_folder_is_moved_aside(folder):
    indexes = ChromaIndexes(folder=folder)
    indexes.open("demo", "e", 8).add(names(3), rows(3))
    indexes.close()
    (folder / "chroma.sqlite3").write_bytes(b"no database" * 500)
    mended = ChromaIndexes(folder=folder)
    assert mended.open("demo", "e", 8).count() == 0
    mended.close()
    assert list(folder.parent.glob("index.damaged-*"))


def test_more_vectors_than_one_statement_takes(folder):
    indexes = ChromaIndexes(folder=folder)
    index = indexes.open("demo", "e", 2)
    index.add(names(4100), rows(4100, 2))
    assert index.missing(names(4101)) == ["chunk-4100"]
    assert len(index.query(rows(1, 2)[0], 3, among=names(4100))) == 3
    index.delete(names(4090))
    assert index.count() == 10
    indexes.close()


def test_wrong_shapes_are_refused(folder):
    indexes = ChromaIndexes(folder=folder)
    with pytest.raises(ValueError, match=r"need vectors of shape \(2, 8\)"):
        indexes.open("demo", "e", 8).add(["a", "b"], rows(2, 4))
    indexes.close()


def test_searching_beside_an_ingest_never_fails(folder):
    indexes = ChromaIndexes(folder=folder)
    index = indexes.open("demo", "e", 8)
    index.add(names(10), rows(10))
    failures, done = [], threading.Event()

    def search():
        while not done.is_set():
            try:
                assert index.query(rows(1)[0], 3)
            except Exception as error:
                failures.append(error)

    searchers = [threading.Thread(target=search) for _ in range(3)]
    for searcher in searchers:
        searcher.start()
    for begin in range(0, 1000, 100):
        index.add([f"new-{begin + place}" for place in range(100)], rows(100))
    done.set()
    for searcher in searchers:
        searcher.join()
    indexes.close()
    assert failures == []


def test_no_server_is_one_sentence():
    with pytest.raises(IndexUnavailable, match=r"no Chroma server answers at http://127\.0\.0\.1:9"):
        ChromaIndexes(url="http://127.0.0.1:9")
    with pytest.raises(IndexUnavailable, match="not the address of a Chroma server"):
        ChromaIndexes(url="localhost")


@pytest.mark.full
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Chroma's HTTP client leaves its connections to the collector
def test_a_real_chroma_server(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chroma = Path(sys.executable).with_name("chroma")
    server = subprocess.Popen(
        [chroma, "run", "--path", tmp_path / "server", "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        indexes = _connected(f"http://127.0.0.1:{port}")
        index = indexes.open("demo", "e", 8)
        index.add(names(500), rows(500))
        assert index.count() == 500
        assert index.missing([*names(500), "new"]) == ["new"]
        assert index.query(rows(500)[7] * 10, 1)[0][0] in names(500)
        assert [found for found, _ in index.query(rows(1)[0], 5, among=["chunk-3", "never"])] == ["chunk-3"]
        np.testing.assert_allclose(index.vectors(["chunk-9"]), rows(500)[9:10], atol=1e-5)
        indexes.drop("demo")
        assert indexes.open("demo", "e", 8).count() == 0
        indexes.close()
        del indexes, index
    finally:
        server.terminate()
        server.wait(10)
    gc.collect()


def _connected(url):
    for _ in range(100):
        try:
            return ChromaIndexes(url=url)
        except IndexUnavailable:
            time.sleep(0.3)
    raise AssertionError("the server did not start")
