"""Vectors by chunk id: the VectorIndex port and the one over Chroma, the only file that knows chromadb.

The index is a cache: whatever it loses, an ingest embeds again from the database.
"""

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import ChromaError, InternalError
from filelock import FileLock, Timeout

from knowledge.documents import content_hash
from knowledge.errors import IndexLocked, IndexUnavailable
from knowledge.locks import ReadWriteLock

IDS_AT_ONCE = 4000  # SQLite below Chroma takes no more than 32,766 variables in one statement
SEARCH_WIDTH = 200
"""hnsw ef_search: found all of the true 50 nearest among 20,000 vectors of 896 dimensions, in 3 ms."""


class VectorIndex(Protocol):
    """Vectors by chunk id; similarity is the dot product.

    A search may run beside a change and sees each id whole or not at all.
    """

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Those of the ids that have no vector, in their order."""
        ...

    def add(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Store vectors, (n, dim), float32; an id that is there gets the new one."""
        ...

    def vectors(self, ids: Sequence[str]) -> np.ndarray:
        """The vectors of ids that are all there, (n, dim), float32, in their order."""
        ...

    def query(self, vector: np.ndarray, k: int, *, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The k most similar ids with their similarity, best first; `among`: only of these (unknown ids are fine)."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Forget vectors; unknown ids are fine."""
        ...

    def ids(self) -> list[str]:
        """Every id that has a vector."""
        ...

    def count(self) -> int:
        """How many vectors there are."""
        ...


class VectorIndexes(Protocol):
    """One VectorIndex for each shop and embedder."""

    def open(self, shop: str, embedder: str, dim: int) -> VectorIndex:
        """That shop's vectors of that embedder; made when absent."""
        ...

    def drop(self, shop: str) -> None:
        """Forget all vectors of a shop, on disk too."""
        ...

    def close(self) -> None:
        """Let another process have them."""
        ...


class ChromaIndexes:
    """Indexes in a folder that this process owns, or on a Chroma server.

    Chroma's files are for one process: a second writer would damage them. So the folder is locked by
    `index.lock` beside it. A damaged folder is moved aside, and damaged vectors are dropped: they are embedded anew.

    Args:
        folder: of Chroma's files.
        url: `http://host:port` of a Chroma server; used instead of the folder.

    Raises:
        IndexLocked: another process has the folder.
        IndexUnavailable: the server does not answer, or the folder cannot be used.
    """

    def __init__(self, *, folder: Path | None = None, url: str = "") -> None:
        self._closed = False
        self._lock: FileLock | None = None
        self._mutex = ReadWriteLock()
        self._opening = threading.Lock()
        self._opened: dict[tuple[str, str, int], ChromaIndex] = {}
        if url:
            self._client = _server_client(url)
        elif folder is not None:
            self._lock = _lock_beside(folder)
            try:
                self._client = _folder_client(folder)
            except BaseException:
                self._lock.release()
                raise
        else:
            raise ValueError("ChromaIndexes needs a folder or the url of a server, and got neither")
        self._batch = max(1, self._client.get_max_batch_size())

    def open(self, shop: str, embedder: str, dim: int) -> "ChromaIndex":
        """That shop's vectors of that embedder; made when absent."""
        key = (shop, embedder, dim)
        with self._opening:
            if key not in self._opened:
                collection = self._collection(shop, embedder, dim)
                if self._lock is not None and not _searchable(collection, dim):
                    self._client.delete_collection(collection.name)
                    collection = self._collection(shop, embedder, dim)
                self._opened[key] = ChromaIndex(collection, self._mutex, dim=dim, batch=self._batch)
            return self._opened[key]

    def drop(self, shop: str) -> None:
        """Forget all vectors of a shop, on disk too."""
        with self._opening, self._mutex.writing():
            for collection in self._client.list_collections():
                if collection.name.startswith(_shop_prefix(shop)):
                    self._client.delete_collection(collection.name)
            self._opened = {key: index for key, index in self._opened.items() if key[0] != shop}

    def close(self) -> None:
        """Let another process have the folder; closing twice is fine."""
        self._opened.clear()
        if not self._closed:
            self._client.close()
            _hang_up(self._client)
        self._closed = True
        if self._lock is not None:
            self._lock.release()

    def _collection(self, shop: str, embedder: str, dim: int) -> Collection:
        with _telling():
            return self._client.get_or_create_collection(
                _collection_name(shop, embedder, dim),
                embedding_function=None,
                metadata={"shop": shop, "embedder": embedder},
                configuration={"hnsw": {"space": "ip", "ef_search": SEARCH_WIDTH}},
            )


class ChromaIndex:
    """The vectors of one shop and embedder, in one Chroma collection (a VectorIndex)."""

    def __init__(self, collection: Collection, mutex: ReadWriteLock, *, dim: int, batch: int) -> None:
        self._collection, self._mutex, self._dim, self._batch = collection, mutex, dim, batch

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Those of the ids that have no vector, in their order."""
        there = self._known(ids)
        return [chunk_id for chunk_id in ids if chunk_id not in there]

    def add(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Store vectors, (n, dim), float32; an id that is there gets the new one."""
        if vectors.shape != (len(ids), self._dim):
            raise ValueError(f"{len(ids)} ids need vectors of shape ({len(ids)}, {self._dim}), got {vectors.shape}")
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        for begin in range(0, len(ids), self._batch):
            part = slice(begin, begin + self._batch)
            with self._mutex.writing(), _telling():
                self._collection.upsert(ids=list(ids[part]), embeddings=rows[part])

    def vectors(self, ids: Sequence[str]) -> np.ndarray:
        """The vectors of ids that are all there, (n, dim), float32, in their order."""
        found: dict[str, np.ndarray] = {}
        for part in _parts(ids):
            with self._mutex.reading(), _telling():
                got = self._collection.get(ids=part, include=["embeddings"])
            found.update(zip(got["ids"], cast("np.ndarray", got["embeddings"]), strict=True))
        if not ids:
            return np.empty((0, self._dim), dtype=np.float32)
        return np.stack([found[chunk_id] for chunk_id in ids]).astype(np.float32)

    def query(self, vector: np.ndarray, k: int, *, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The k most similar ids with their similarity, best first; `among`: only of these (unknown ids are fine)."""
        if k < 1 or (among is not None and not among):
            return []
        with self._mutex.reading(), _telling():
            try:
                return self._nearest(vector, k, among)
            except InternalError:
                # Chroma fails when it does not know one of the ids; asking first would cost every search.
                known = None if among is None else self._known_here(among)
                if known is None or len(known) == len(set(among or ())):
                    raise
                return self._nearest(vector, k, sorted(known)) if known else []

    def delete(self, ids: Sequence[str]) -> None:
        """Forget vectors; unknown ids are fine."""
        for part in _parts(ids):
            with self._mutex.writing(), _telling():
                self._collection.delete(ids=part)

    def ids(self) -> list[str]:
        """Every id that has a vector."""
        with self._mutex.reading(), _telling():
            return self._collection.get(include=[])["ids"]

    def count(self) -> int:
        """How many vectors there are."""
        with self._mutex.reading(), _telling():
            return self._collection.count()

    def _known(self, ids: Sequence[str]) -> set[str]:
        with self._mutex.reading(), _telling():
            return self._known_here(ids)

    def _known_here(self, ids: Sequence[str]) -> set[str]:
        return {known for part in _parts(ids) for known in self._collection.get(ids=part, include=[])["ids"]}

    def _nearest(self, vector: np.ndarray, k: int, among: Sequence[str] | None) -> list[tuple[str, float]]:
        found = self._collection.query(
            query_embeddings=np.asarray(vector, dtype=np.float32)[None, :],  # (1, dim)
            n_results=k,
            ids=None if among is None else list(among),
            include=["distances"],
        )
        distances = found["distances"] or [[]]
        # Chroma's inner-product distance is 1 - dot product.
        return [
            (chunk_id, 1.0 - float(distance)) for chunk_id, distance in zip(found["ids"][0], distances[0], strict=True)
        ]


def _searchable(collection: Collection, dim: int) -> bool:
    """Whether its graph can be read; damage to it shows only when it is first searched."""
    try:
        collection.query(query_embeddings=np.zeros((1, dim), dtype=np.float32), n_results=1, include=[])
    except ChromaError:
        return False
    return True


@contextmanager
def _telling() -> Iterator[None]:
    """Chroma's own errors, and those of the way to its server, as one sentence."""
    try:
        yield
    except (ChromaError, httpx.HTTPError) as error:
        raise IndexUnavailable(
            f"the vector index did not do its work ({error}); `shopclerk doctor` checks it, `shopclerk ingest` mends it"
        ) from error


def _parts(ids: Sequence[str]) -> Iterator[list[str]]:
    for begin in range(0, len(ids), IDS_AT_ONCE):
        yield list(ids[begin : begin + IDS_AT_ONCE])


def _shop_prefix(shop: str) -> str:
    # Chroma allows only a few letters in names; a shop's name may be in any script.
    return f"shop-{content_hash(shop)[:16]}-"


def _collection_name(shop: str, embedder: str, dim: int) -> str:
    return _shop_prefix(shop) + content_hash(embedder, str(dim))[:16]


def _lock_beside(folder: Path) -> FileLock:
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.parent / "index.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise IndexLocked(
            f"another process uses the index in {folder.parent}, probably a running `shopclerk serve` or "
            "`shopclerk ingest`; wait until it is done or stop it, then run this again"
        ) from None
    return lock


def _folder_client(folder: Path) -> Client:
    if not _readable(folder / "chroma.sqlite3"):
        shutil.move(folder, folder.with_name(f"{folder.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"))
    folder.mkdir(parents=True, exist_ok=True)
    with _telling():
        return cast("Client", chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False)))


def _readable(database: Path) -> bool:
    """Looked at before Chroma does: it keeps a folder that it failed to open once, for the life of the process."""
    if not database.exists():
        return True
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _hang_up(client: Client) -> None:
    """Close the connections to a server, which Chroma leaves open, unless another client in this process has them."""
    for owner in (client, client._admin_client):
        api = getattr(owner, "_server", None)
        session = getattr(api, "_session", None)
        if isinstance(session, httpx.Client) and not getattr(api, "_running", False):
            session.close()


def _server_client(url: str) -> Client:
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise IndexUnavailable(f"{url!r} is not the address of a Chroma server; write it as http://host:port")
    secure = address.scheme == "https"
    try:
        client = chromadb.HttpClient(
            host=address.hostname,
            port=address.port or (443 if secure else 8000),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )
    except (ChromaError, httpx.HTTPError, ValueError) as error:
        raise IndexUnavailable(f"no Chroma server answers at {url}; start it or correct CHROMA_URL") from error
    return cast("Client", client)
