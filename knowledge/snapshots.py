"""Snapshots: the active version of each shop in memory, followed as it moves without a shopper waiting for it."""

import logging
import threading
import time
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from knowledge.documents import Chunk
from knowledge.snapshot import Snapshot
from knowledge.token_cache import TokenCache

PATIENCE_SECONDS = 1.0
"""So long after a version became active may its first questions wait for it; most shops are loaded sooner."""

log = logging.getLogger(__name__)


class PublishedChunks(Protocol):
    """What a shop knows at present; `KnowledgeVersions` is the real one."""

    def active(self, shop: str) -> int | None:
        """Number of the version that answers."""
        ...

    def chunks(self, shop: str, version: int) -> list[Chunk]:
        """All of its chunks."""
        ...


@dataclass(frozen=True)
class _Loading:
    """A snapshot being made by a thread of its own."""

    version: int
    done: "Future[Snapshot]" = field(default_factory=Future)
    began: float = field(default_factory=time.monotonic)


class Snapshots:
    """Hands out each shop's snapshot; safe to call from several threads.

    The first of a shop is waited for. When another version becomes active it is loaded in the background, and
    questions are answered from the one held until it is ready.

    Args:
        versions: what each shop knows.
        words_folder: where the words of each shop are kept for the next start; None: nowhere.
        patience_seconds: how long questions wait for a version that has just become active.
    """

    def __init__(
        self,
        versions: PublishedChunks,
        *,
        words_folder: Path | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._versions, self._words_folder, self._patience = versions, words_folder, patience_seconds
        self._held: dict[str, Snapshot] = {}
        self._loading: dict[str, _Loading] = {}
        self._changing = threading.Lock()

    def get(self, shop: str) -> Snapshot | None:
        """What to answer from now; None when the shop has no published knowledge."""
        version = self._versions.active(shop)
        held = self._held.get(shop)
        if version is None or (held is not None and held.version == version):
            return None if version is None else held
        loading = self._load(shop, version)
        if held is None:
            return loading.done.result()
        wait([loading.done], timeout=max(0.0, loading.began + self._patience - time.monotonic()))
        if not loading.done.done():
            return held
        error = loading.done.exception()
        if error is None:
            return loading.done.result()
        log.error("Version %d of shop %r cannot be loaded (%s); %d answers on.", version, shop, error, held.version)
        return held

    def refresh(self, shop: str) -> None:
        """Load the active version, and return when it is the one that answers."""
        version = self._versions.active(shop)
        if version is not None:
            self._load(shop, version).done.result()

    def _load(self, shop: str, version: int) -> _Loading:
        """The loading of that version, begun unless it is on its way or done."""
        with self._changing:
            held, loading = self._held.get(shop), self._loading.get(shop)
            if held is not None and held.version == version:
                loading = _Loading(version)
                loading.done.set_result(held)
            elif loading is None or loading.version != version:
                loading = self._loading[shop] = _Loading(version)
                name = f"snapshot-{shop}-{version}"
                threading.Thread(target=self._make, args=(shop, loading), name=name, daemon=True).start()
            return loading

    def _make(self, shop: str, loading: _Loading) -> None:
        try:
            chunks = self._versions.chunks(shop, loading.version)
            snapshot = Snapshot(loading.version, chunks, cache=self._cache(shop))
        except BaseException as error:  # raised again where the result is asked for
            self._end(shop, loading)
            loading.done.set_exception(error)
        else:
            self._end(shop, loading, snapshot)
            loading.done.set_result(snapshot)

    def _end(self, shop: str, loading: _Loading, snapshot: Snapshot | None = None) -> None:
        with self._changing:
            if self._loading.get(shop) is loading:  # else a later version overtook it
                del self._loading[shop]
                if snapshot is not None:
                    self._held[shop] = snapshot

    def _cache(self, shop: str) -> TokenCache | None:
        if self._words_folder is None:
            return None
        return TokenCache(self._words_folder / f"{quote(shop, safe='')}.npz")
