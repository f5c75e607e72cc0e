"""Ingestor: what a shop's files say becomes its next knowledge version, or none of it does."""

import threading
import time
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine

from knowledge.catalog import CatalogProduct
from knowledge.chunking import CHUNK_TOKENS, TokenCounter, approximate_tokens, chunk_document
from knowledge.documents import Chunk, Document
from knowledge.duplicates import Duplicate, find_duplicates, find_reworded
from knowledge.embedding import Embedder
from knowledge.errors import UnreadableFile
from knowledge.index import VectorIndex, VectorIndexes
from knowledge.ingest_report import IngestProgress, IngestReport
from knowledge.known_files import NOWHERE, find_again
from knowledge.publishing import Change, FileState, LiveFileState, LiveState, Shelf, StoredFile, text_hash
from knowledge.sources.content import Failure, FileContent
from knowledge.sources.files import FoundFile, FoundFiles, find_files
from knowledge.sources.names import stem_of
from knowledge.sources.reader import READER, fingerprint, is_live, read_file
from knowledge.vector_filling import fill_vectors
from knowledge.versions import KnowledgeVersions

__all__ = ["IngestProgress", "IngestReport", "Ingestor"]

OnProgress = Callable[[IngestProgress], None]


def _tell_nobody(_progress: IngestProgress) -> None:
    """Progress that nobody watches."""


@dataclass
class _Reading:
    """What was read so far, compared with the version that answers.

    Attributes:
        seen: sources of all files that are there, read or not.
        files: states of files that are new or changed.
        documents: what they hold now.
        still: sources of rows that could not be read this time, whose documents stay as they were.
    """

    seen: set[str] = field(default_factory=set)
    files: dict[str, FileState] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    products: dict[str, CatalogProduct] = field(default_factory=dict)
    still: set[str] = field(default_factory=set)
    live: list[LiveState] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True)
class _Plan:
    """What an ingest will do.

    Attributes:
        base: the version that it is compared with.
        kept: files that stay in as they are.
        old, new: document ids by source, in the files that change.
        new_version: whether documents change.
    """

    base: int | None
    reading: _Reading
    kept: list[StoredFile]
    old: Mapping[str, str]
    new: Mapping[str, str]
    chunks: list[Chunk]
    new_version: bool


class Ingestor:
    """Reads files, embeds what is new in them, and publishes all of it at once.

    Vectors are stored before the version that needs them is published, and rows in the transaction that publishes
    it: an ingest that is killed at any moment leaves the version before answering, and the next one only does
    what is left. One ingest runs at a time.

    Args:
        engine: of a database with the schema.
        indexes: where vectors are kept.
        embedder: makes them.
        chunk_tokens, count_tokens: how large chunks are.
    """

    def __init__(
        self,
        engine: Engine,
        indexes: VectorIndexes,
        embedder: Embedder,
        *,
        chunk_tokens: int = CHUNK_TOKENS,
        count_tokens: TokenCounter = approximate_tokens,
    ) -> None:
        self._engine, self._indexes, self._embedder = engine, indexes, embedder
        self._chunk_tokens, self._count_tokens = chunk_tokens, count_tokens
        self._versions = KnowledgeVersions(engine)
        self._alone = threading.Lock()

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        shop: str,
        prune: bool = False,
        dry_run: bool = False,
        on_progress: OnProgress | None = None,
    ) -> IngestReport:
        """Publish what the files below the paths say.

        Args:
            paths: files and folders; what is not below them stays as it is.
            shop: whose files they are.
            prune: remove files that were read from below the paths and are no longer there.
            dry_run: only report what would change.
            on_progress: told how far it is.

        Raises:
            IngestConflict: another ingest of this shop, by another process, was published meanwhile.
            IndexUnavailable: vectors cannot be stored; nothing was published.
        """
        with self._alone:
            started = time.perf_counter()
            return self._ingest(list(paths), shop, prune, dry_run, on_progress or _tell_nobody, started)

    def repair(self, shop: str, *, on_progress: OnProgress | None = None) -> int:
        """Embed every published text whose vector is missing, as after a lost index or with another embedder.

        Returns:
            How many texts were embedded.
        """
        with self._alone:
            return self._fill(shop, Shelf(self._engine, shop), (), on_progress or _tell_nobody)

    def reread(self, shop: str, *, on_progress: OnProgress | None = None) -> IngestReport:
        """Read every file of the version that answers again, where it was read before, and publish what changed.

        A file that is there no more is reported, and what it said stays. For the errors see `ingest`.
        """
        with self._alone:
            started = time.perf_counter()
            shelf = Shelf(self._engine, shop)
            stored = shelf.files(shelf.active())
            found = find_again(stored.values(), shelf.live_files())
            return self._carry_out(shop, shelf, found, [], False, on_progress or _tell_nobody, started)

    def put(
        self,
        source: str,
        documents: Sequence[Document],
        *,
        shop: str,
        base: int | None,
        on_progress: OnProgress | None = None,
    ) -> IngestReport:
        """Publish a source that no file holds: these documents are all that it says from now on.

        Args:
            source: its name in the shop; no file that is read from a disk changes or removes it.
            documents: none: the source is removed.
            shop: whose it is.
            base: the version that this was decided on.
            on_progress: told how far it is.

        Raises:
            IngestConflict: another version answers by now; nothing was published.
            IndexUnavailable: vectors cannot be stored; nothing was published.
        """
        with self._alone:
            started = time.perf_counter()
            shelf = Shelf(self._engine, shop)
            reading = _Reading(seen={source})
            if documents:
                reading.documents = list(documents)
                digest = sha256("".join(document.id for document in documents).encode()).hexdigest()
                ids = tuple(document.id for document in documents)
                reading.files[source] = FileState(source, NOWHERE, digest, READER, ids, ())
            plan = self._compared(shelf, base, shelf.files(base), reading, gone={source})
            return self._published(shop, shelf, plan, False, on_progress or _tell_nobody, started)

    def _ingest(
        self, paths: list[Path], shop: str, prune: bool, dry_run: bool, on_progress: OnProgress, started: float
    ) -> IngestReport:
        shelf = Shelf(self._engine, shop)
        pruned = paths if prune else []
        return self._carry_out(shop, shelf, find_files(paths), pruned, dry_run, on_progress, started)

    def _carry_out(
        self,
        shop: str,
        shelf: Shelf,
        found: FoundFiles,
        pruned: Sequence[Path],
        dry_run: bool,
        on_progress: OnProgress,
        started: float,
    ) -> IngestReport:
        base = shelf.active()
        stored = shelf.files(base)
        reading = _read(found, shop, shelf, stored, on_progress)
        gone = {source for source, file in stored.items() if _disappeared(file, pruned, reading.seen)}
        plan = self._compared(shelf, base, stored, reading, gone=gone)
        return self._published(shop, shelf, plan, dry_run, on_progress, started)

    def _published(
        self, shop: str, shelf: Shelf, plan: _Plan, dry_run: bool, on_progress: OnProgress, started: float
    ) -> IngestReport:
        duplicates = _new_duplicates(shelf, plan)
        version, embedded = plan.base, 0
        if not dry_run:
            embedded = self._fill(shop, shelf, plan.chunks, on_progress)
            version = self._publish(shop, shelf, plan, on_progress)
            duplicates += self._reworded(shop, version, plan, known=duplicates)
        report = self._report(shop, shelf, plan, version, embedded, duplicates, time.perf_counter() - started)
        if not dry_run:
            shelf.note_run(report.as_json())
        return report

    def _reworded(self, shop: str, version: int | None, plan: _Plan, *, known: Sequence[Duplicate]) -> list[Duplicate]:
        """What is new and says in other words what another page or FAQ entry says."""
        new = {chunk.document_id for chunk in plan.chunks if chunk.kind != "product"} - {*plan.old.values()}
        if version is None or not new:
            return []
        chunks = [chunk for chunk in self._versions.chunks(shop, version) if chunk.kind != "product"]
        vectors = self._index(shop).vectors([chunk.id for chunk in chunks])
        told = {frozenset((one.source, one.other)) for one in known}
        found = find_reworded(chunks, vectors, new=new)
        return [one for one in found if frozenset((one.source, one.other)) not in told]

    def _compared(
        self,
        shelf: Shelf,
        base: int | None,
        stored: Mapping[str, StoredFile],
        reading: _Reading,
        *,
        gone: Collection[str],
    ) -> _Plan:
        """What was read beside what is published; `gone` are sources that are to be removed."""
        gone = {*gone, *reading.files} & (stored.keys() | reading.files.keys())
        return _Plan(
            base=base,
            reading=reading,
            kept=[file for source, file in stored.items() if source not in gone],
            old=shelf.documents_of([stored[source].id for source in gone & stored.keys()]),
            new={document.source: document.id for document in reading.documents},
            chunks=[chunk for document in reading.documents for chunk in self._chunks(document)],
            new_version=bool(gone),
        )

    def _chunks(self, document: Document) -> list[Chunk]:
        return chunk_document(document, chunk_tokens=self._chunk_tokens, count=self._count_tokens)

    def _fill(self, shop: str, shelf: Shelf, chunks: Sequence[Chunk], on_progress: OnProgress) -> int:
        new = {chunk.id: chunk.embedding_text for chunk in chunks}
        hashes = shelf.chunk_hashes() | {chunk_id: text_hash(text) for chunk_id, text in new.items()}

        def texts_of(chunk_ids: Sequence[str]) -> Mapping[str, str]:
            return new | shelf.embedding_texts([chunk_id for chunk_id in chunk_ids if chunk_id not in new])

        return fill_vectors(
            self._index(shop),
            self._embedder,
            hashes,
            texts_of,
            lambda done, total: on_progress(IngestProgress("embedding", done, total)),
        )

    def _index(self, shop: str) -> VectorIndex:
        return self._indexes.open(shop, self._embedder.name, self._embedder.dim)

    def _publish(self, shop: str, shelf: Shelf, plan: _Plan, on_progress: OnProgress) -> int | None:
        reading = plan.reading
        if not plan.new_version and not reading.live:
            return plan.base
        on_progress(IngestProgress("publishing", 0, 2))
        change = Change(
            base=plan.base,
            files=list(reading.files.values()),
            kept=[file.id for file in plan.kept],
            documents=reading.documents,
            chunks=plan.chunks,
            products=reading.products,
            live=reading.live,
            new_version=plan.new_version,
        )
        version = shelf.publish(change)
        on_progress(IngestProgress("publishing", 1, 2))
        if plan.new_version:
            self._clear_up(shop, shelf)
        on_progress(IngestProgress("publishing", 2, 2))
        return version

    def _clear_up(self, shop: str, shelf: Shelf) -> None:
        """Forget versions that are too old, and vectors that no version needs (a killed ingest leaves some)."""
        shelf.prune()
        index, needed = self._index(shop), shelf.chunk_hashes()
        if index.count() > len(needed):
            index.delete([chunk_id for chunk_id in index.ids() if chunk_id not in needed])

    def _report(
        self,
        shop: str,
        shelf: Shelf,
        plan: _Plan,
        version: int | None,
        embedded: int,
        duplicates: Sequence[Duplicate],
        seconds: float,
    ) -> IngestReport:
        old, new, reading = plan.old, plan.new, plan.reading
        both = old.keys() & new.keys()
        same = {source for source in both if old[source] == new[source]}
        info = next((info for info in self._versions.list(shop) if info.number == version), None)
        return IngestReport(
            version=version,
            published=version != plan.base,
            added=len(new.keys() - old.keys()),
            changed=len(both) - len(same),
            unchanged=shelf.document_count([file.id for file in plan.kept]) + len(same) + len(reading.still),
            removed=len(old.keys() - new.keys() - reading.still),
            failed=tuple(reading.failures),
            chunks=info.chunks if info else 0,
            embedded=embedded,
            seconds=seconds,
            orders=sum(len(live.content.orders) for live in reading.live),
            customers=sum(len(live.content.customers) for live in reading.live),
            duplicates=tuple(duplicates),
        )


def _read(
    found: FoundFiles, shop: str, shelf: Shelf, stored: Mapping[str, StoredFile], on_progress: OnProgress
) -> _Reading:
    live = shelf.live_files()
    reading = _Reading(failures=list(found.failures))
    for done, file in enumerate(found.files):
        on_progress(IngestProgress("reading", done, len(found.files)))
        reading.seen.add(file.source)
        try:
            if is_live(file):
                _read_live(file, shop, live, reading)
            else:
                _read_documents(file, shop, shelf, stored, reading)
        except UnreadableFile as error:
            # What was published of it before stays.
            reading.failures.append(Failure.of(error))
    on_progress(IngestProgress("reading", len(found.files), len(found.files)))
    return reading


def _read_live(file: FoundFile, shop: str, known: Mapping[str, LiveFileState], reading: _Reading) -> None:
    digest = fingerprint(file)
    before = known.get(file.source)
    if before and (before.content_hash, before.reader) == (digest, READER):
        reading.failures.extend(before.failures)
        return
    content = read_file(file, shop=shop)
    reading.failures.extend(content.failures)
    reading.live.append(LiveState(file.source, digest, READER, content))


def _read_documents(
    file: FoundFile, shop: str, shelf: Shelf, stored: Mapping[str, StoredFile], reading: _Reading
) -> None:
    digest = file.content_hash()
    before = stored.get(file.source)
    if before and (before.content_hash, before.reader) == (digest, READER):
        reading.failures.extend(before.failures)
        return
    content = read_file(file, shop=shop)
    still = _still_published(content, shelf, before)
    reading.failures.extend(content.failures)
    reading.documents.extend(content.documents)
    reading.products.update(content.products)
    reading.still.update(still)
    reading.files[file.source] = FileState(
        source=file.source,
        location=file.location,
        content_hash=digest,
        reader=READER,
        document_ids=(*(document.id for document in content.documents), *still.values()),
        failures=content.failures,
    )


def _still_published(content: FileContent, shelf: Shelf, before: StoredFile | None) -> dict[str, str]:
    """Documents of the version before whose rows cannot be read now, by source."""
    if before is None or not content.unread:
        return {}
    now = {document.source for document in content.documents}
    published = shelf.documents_of([before.id])
    return {
        source: document_id
        for source, document_id in published.items()
        if stem_of(source) in content.unread and source not in now
    }


def _disappeared(file: StoredFile, paths: Sequence[Path], seen: Container[str]) -> bool:
    """Whether it was read from below one of the folders and is no longer there."""
    if file.source in seen:
        return False
    return any(path.is_dir() and Path(file.location).is_relative_to(path.resolve()) for path in paths)


def _new_duplicates(shelf: Shelf, plan: _Plan) -> list[Duplicate]:
    new = {document.id for document in plan.reading.documents} - set(plan.old.values())
    if not new:
        return []
    kept = shelf.texts([file.id for file in plan.kept])
    return find_duplicates([*kept, *plan.reading.documents], new=new)
