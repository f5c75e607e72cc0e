"""Library: a shop's published knowledge as people look through it: files, documents, changes, failures, dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Select, func, or_, select
from sqlmodel import Session, col

from knowledge.documents import Document
from knowledge.duplicates import Duplicate, find_duplicates
from knowledge.sources.content import Failure
from knowledge.tables import (
    ChunkRow,
    DocumentRow,
    FileDocument,
    IngestRun,
    LiveFile,
    SourceFile,
    VersionFile,
)


@dataclass(frozen=True)
class FileInfo:
    """A file of a version; `location` is empty where no file holds the source."""

    source: str
    location: str
    documents: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class DocumentInfo:
    """A document of a version, without its text."""

    id: str
    source: str
    title: str
    language: str
    kind: str
    url: str | None
    valid_from: date | None
    valid_until: date | None
    file: str


@dataclass(frozen=True)
class VersionChanges:
    """What one version says that another does not, by document; of changed ones both."""

    added: tuple[DocumentInfo, ...]
    removed: tuple[DocumentInfo, ...]
    changed: tuple[tuple[DocumentInfo, DocumentInfo], ...]


@dataclass(frozen=True)
class Run:
    """What an ingest reported, as `ingest --json` prints it."""

    finished_at: datetime
    report: dict[str, Any]


class Library:
    """Reads what is published; every method is one short look into the database.

    Args:
        engine: of a database with the schema.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def files(self, shop: str, version: int) -> list[FileInfo]:
        """The files of a version, by source."""
        counted = (
            select(col(FileDocument.file_id), func.count().label("documents"))
            .group_by(col(FileDocument.file_id))
            .subquery()
        )
        query = (
            select(SourceFile, counted.c.documents)
            .join(VersionFile, col(VersionFile.file_id) == col(SourceFile.id))
            .join(counted, counted.c.file_id == col(SourceFile.id), isouter=True)
            .where(col(VersionFile.shop) == shop, col(VersionFile.number) == version)
            .order_by(col(SourceFile.source))
        )
        with Session(self._engine) as session:
            return [
                FileInfo(row.source, row.location, int(documents or 0), _failures(row.failures))
                for row, documents in session.execute(query)
            ]

    def locations(self) -> list[str]:
        """Where the files of every kept version, of every shop, were read from."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(col(SourceFile.location)).distinct()).scalars())

    def live_failures(self, shop: str) -> list[Failure]:
        """What could not be read in files of live rows."""
        with Session(self._engine) as session:
            rows = session.execute(select(LiveFile).where(col(LiveFile.shop) == shop)).scalars()
            return [failure for row in rows for failure in _failures(row.failures)]

    def documents(
        self, shop: str, version: int, *, file: str = "", words: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[list[DocumentInfo], int]:
        """Documents of a version by source, and how many there are in all.

        Args:
            shop: whose.
            version: number of a kept version.
            file: only those of this file.
            words: only those whose title, source or text holds this.
            offset: how many to pass over.
            limit: how many at most.
        """
        query = _documents_of(shop, version)
        if file:
            query = query.where(col(SourceFile.source) == file)
        if words:
            like = f"%{words.replace('%', '').replace('_', '')}%"
            query = query.where(
                or_(
                    col(DocumentRow.title).ilike(like),
                    col(DocumentRow.source).ilike(like),
                    col(DocumentRow.text).ilike(like),
                )
            )
        with self._engine.connect() as connection:
            total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            ordered = query.order_by(col(DocumentRow.source), col(DocumentRow.id)).offset(offset).limit(limit)
            return [DocumentInfo(*row) for row in connection.execute(ordered)], int(total)

    def document(self, shop: str, document_id: str) -> Document | None:
        """A stored document of the shop, of any kept version."""
        with Session(self._engine) as session:
            row = session.get(DocumentRow, document_id)
            return None if row is None or row.shop != shop else _document(row)

    def entry(self, shop: str, version: int, source: str) -> Document | None:
        """The document of a version that was read there."""
        query = (
            select(DocumentRow)
            .join(FileDocument, col(FileDocument.document_id) == col(DocumentRow.id))
            .join(VersionFile, col(VersionFile.file_id) == col(FileDocument.file_id))
            .where(col(VersionFile.shop) == shop, col(VersionFile.number) == version)
            .where(col(DocumentRow.source) == source)
        )
        with Session(self._engine) as session:
            row = session.execute(query).scalars().first()
            return None if row is None else _document(row)

    def texts(self, shop: str, version: int, *, file: str = "") -> list[Document]:
        """The pages and FAQ entries of a version, or of one file of it, in their order."""
        query = (
            select(DocumentRow)
            .join(FileDocument, col(FileDocument.document_id) == col(DocumentRow.id))
            .join(SourceFile, col(SourceFile.id) == col(FileDocument.file_id))
            .join(VersionFile, col(VersionFile.file_id) == col(FileDocument.file_id))
            .where(col(VersionFile.shop) == shop, col(VersionFile.number) == version)
            .where(col(DocumentRow.kind) != "product")
            .order_by(col(SourceFile.source), col(FileDocument.position))
        )
        if file:
            query = query.where(col(SourceFile.source) == file)
        with Session(self._engine) as session:
            return [_document(row) for row in session.execute(query).scalars()]

    def chunk_count(self, document_id: str) -> int:
        """How many pieces a document was cut into."""
        with self._engine.connect() as connection:
            counted = select(func.count()).select_from(ChunkRow).where(col(ChunkRow.document_id) == document_id)
            return int(connection.execute(counted).scalar_one())

    def changes(self, shop: str, older: int, newer: int) -> VersionChanges:
        """What the newer version says otherwise."""
        with self._engine.connect() as connection:
            before, after = (
                {info.source: info for info in (DocumentInfo(*row) for row in connection.execute(query))}
                for query in (_documents_of(shop, older), _documents_of(shop, newer))
            )
        both = sorted(before.keys() & after.keys())
        return VersionChanges(
            added=tuple(after[source] for source in sorted(after.keys() - before.keys())),
            removed=tuple(before[source] for source in sorted(before.keys() - after.keys())),
            changed=tuple((before[source], after[source]) for source in both if before[source].id != after[source].id),
        )

    def ending(self, shop: str, version: int, *, until: date) -> list[DocumentInfo]:
        """Documents whose validity ends by that day, or has ended, the earliest first."""
        query = (
            _documents_of(shop, version)
            .where(col(DocumentRow.valid_until) <= until)
            .order_by(col(DocumentRow.valid_until), col(DocumentRow.source))
        )
        with self._engine.connect() as connection:
            return [DocumentInfo(*row) for row in connection.execute(query)]

    def duplicates(self, shop: str, version: int) -> list[Duplicate]:
        """Pages and FAQ entries that say the same, or nearly the same, as another."""
        texts = self.texts(shop, version)
        return find_duplicates(texts, new={document.id for document in texts})

    def runs(self, shop: str) -> list[Run]:
        """The latest ingests, newest first."""
        query = select(IngestRun).where(col(IngestRun.shop) == shop).order_by(col(IngestRun.finished_at).desc())
        with Session(self._engine) as session:
            return [Run(row.finished_at, row.report) for row in session.execute(query).scalars()]


def _documents_of(shop: str, version: int) -> Select[*tuple[Any, ...]]:
    columns: Select[*tuple[Any, ...]] = select(
        col(DocumentRow.id),
        col(DocumentRow.source),
        col(DocumentRow.title),
        col(DocumentRow.language),
        col(DocumentRow.kind),
        col(DocumentRow.url),
        col(DocumentRow.valid_from),
        col(DocumentRow.valid_until),
        col(SourceFile.source),
    )
    return (
        columns.join_from(DocumentRow, FileDocument, col(FileDocument.document_id) == col(DocumentRow.id))
        .join(SourceFile, col(SourceFile.id) == col(FileDocument.file_id))
        .join(VersionFile, col(VersionFile.file_id) == col(FileDocument.file_id))
        .where(col(VersionFile.shop) == shop, col(VersionFile.number) == version)
    )


def _document(row: DocumentRow) -> Document:
    return Document(**row.model_dump(exclude={"id"}))


def _failures(stored: Iterable[dict[str, Any]]) -> tuple[Failure, ...]:
    return tuple(Failure(**failure) for failure in stored)
