"""KnowledgeVersions: which published state of a shop's knowledge answers, and what is in it."""

import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, select, update
from sqlmodel import Session, col

from knowledge.documents import Chunk
from knowledge.errors import UnknownShop, UnknownVersion
from knowledge.sources.names import stem_of
from knowledge.tables import ChunkRow, DocumentRow, FileDocument, KnowledgeVersion, Shop, VersionFile


@dataclass(frozen=True)
class VersionInfo:
    """One published state of a shop's knowledge; `active` is the one that answers."""

    shop: str
    number: int
    active: bool
    created_at: datetime
    documents: int
    chunks: int


class KnowledgeVersions:
    """The published states of every shop, read from the database each time they are asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def shops(self) -> list[str]:
        """Names of the shops that have a published version, sorted."""
        with Session(self._engine) as session:
            published = select(col(Shop.name)).where(col(Shop.active_version).is_not(None))
            return sorted(session.execute(published).scalars())

    def active(self, shop: str) -> int | None:
        """The number of the version that answers; None before the first ingest."""
        with Session(self._engine) as session:
            row = session.get(Shop, shop)
            return row.active_version if row else None

    def list(self, shop: str) -> list[VersionInfo]:
        """The versions that are kept, newest first."""
        active = self.active(shop)
        with Session(self._engine) as session:
            kept = (
                select(KnowledgeVersion)
                .where(col(KnowledgeVersion.shop) == shop)
                .order_by(col(KnowledgeVersion.number).desc())
            )
            return [_info(row, active) for row in session.execute(kept).scalars()]

    def rollback(self, shop: str, to: int | None = None) -> VersionInfo:
        """Make an earlier version answer, from the next question on.

        Args:
            shop: whose.
            to: number of a kept version; None: the one before the active one.

        Raises:
            UnknownShop: nothing was ever published for it.
            UnknownVersion: no such version is kept.
        """
        versions = {info.number: info for info in self.list(shop)}
        active = self.active(shop)
        if active is None:
            known = ", ".join(self.shops()) or "none yet"
            raise UnknownShop(f"no knowledge is published for shop {shop!r} (there is: {known}); ingest some first")
        number = to if to is not None else max((n for n in versions if n < active), default=None)
        if number is None:
            raise UnknownVersion(f"shop {shop!r} has no version before {active}, the active one; nothing was changed")
        if number not in versions:
            kept = ", ".join(str(n) for n in sorted(versions))
            raise UnknownVersion(f"shop {shop!r} has no version {number}; choose one of {kept}")
        with Session(self._engine) as session:
            session.execute(update(Shop).where(col(Shop.name) == shop).values(active_version=number))
            session.commit()
        return next(info for info in self.list(shop) if info.number == number)

    def chunks(self, shop: str, version: int) -> builtins.list[Chunk]:
        """Everything a question may be answered from in that version, by source and position.

        A document whose attribute `replaces` names another's source stands for it: the other is left out. A text that
        stands in several pages or FAQ entries is given once, from the first source.

        Raises:
            UnknownVersion: no such version is kept.
        """
        with self._engine.connect() as connection:
            rows = connection.execute(_chunks_of(shop, version))
            chunks = list(_without_repeats(_without_replaced(list(rows))))
        if not chunks and version not in {info.number for info in self.list(shop)}:
            raise UnknownVersion(f"shop {shop!r} has no version {version}; `shopclerk versions` lists them")
        return chunks

    def chunk(self, shop: str, chunk_id: str) -> Chunk | None:
        """One stored chunk of that shop, of any kept version; None if there is none."""
        query = _COLUMNS.where(col(ChunkRow.id) == chunk_id, col(DocumentRow.shop) == shop)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return _chunk(row) if row else None


_COLUMNS: Select[*tuple[Any, ...]] = select(
    col(ChunkRow.id),
    col(ChunkRow.document_id),
    col(DocumentRow.shop),
    col(DocumentRow.source),
    col(DocumentRow.title),
    col(ChunkRow.heading),
    col(ChunkRow.text),
    col(ChunkRow.position),
    col(DocumentRow.language),
    col(DocumentRow.kind),
    col(DocumentRow.url),
    col(DocumentRow.valid_from),
    col(DocumentRow.valid_until),
    col(DocumentRow.attributes),
    col(ChunkRow.text_hash),
).join_from(ChunkRow, DocumentRow, col(ChunkRow.document_id) == col(DocumentRow.id))


def _chunks_of(shop: str, version: int) -> Select[*tuple[Any, ...]]:
    return (
        _COLUMNS.join(FileDocument, col(FileDocument.document_id) == col(DocumentRow.id))
        .join(VersionFile, col(VersionFile.file_id) == col(FileDocument.file_id))
        .where(col(VersionFile.shop) == shop, col(VersionFile.number) == version)
        .order_by(col(DocumentRow.source), col(DocumentRow.id), col(ChunkRow.position))
    )


def _without_replaced(rows: Sequence[Any]) -> Iterator[Any]:
    """All but those whose source, in whatever language, another document says that it stands for."""
    replaced = {str(row.attributes["replaces"]) for row in rows if row.attributes.get("replaces")}
    return (row for row in rows if not replaced or stem_of(row.source) not in replaced)


def _without_repeats(rows: Any) -> Iterator[Chunk]:
    seen: set[tuple[str, str, str, date | None, date | None]] = set()
    for row in rows:
        # Products that read alike are still different products, with their own price and stock.
        if row.kind != "product":
            key = (row.text_hash, row.language, row.kind, row.valid_from, row.valid_until)
            if key in seen:
                continue
            seen.add(key)
        yield _chunk(row)


def _chunk(row: Row[Any]) -> Chunk:
    values: list[Any] = list(row)
    return Chunk(*values[:-1])


def _info(row: KnowledgeVersion, active: int | None) -> VersionInfo:
    return VersionInfo(
        shop=row.shop,
        number=row.number,
        active=row.number == active,
        created_at=row.created_at,
        documents=row.documents,
        chunks=row.chunks,
    )
