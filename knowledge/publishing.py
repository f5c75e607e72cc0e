"""Writes knowledge versions: all rows of an ingest in one transaction, and away with what no version holds."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, delete, exists, func, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col

from knowledge.catalog import CatalogProduct
from knowledge.documents import Chunk, Document, content_hash
from knowledge.errors import IngestConflict
from knowledge.orders.stored import (
    customer_columns,
    line_columns,
    method_columns,
    order_columns,
    payment_columns,
)
from knowledge.orders.views import CustomerView, OrderView
from knowledge.orders.wire import to_json
from knowledge.sources.content import Failure, FileContent
from knowledge.tables import (
    ChunkRow,
    Customer,
    CustomerPaymentMethod,
    DocumentRow,
    FileDocument,
    IngestRun,
    KnowledgeVersion,
    LiveFile,
    Order,
    OrderLine,
    OrderPayment,
    Product,
    ProductVariant,
    Shop,
    SourceFile,
    VersionFile,
)

KEPT_VERSIONS = 5
KEPT_RUNS = 20
ROWS_AT_ONCE = 500  # in a list of ids; SQLite takes at least 999 variables


@dataclass(frozen=True)
class FileState:
    """One state of one file: which documents it holds, and what could not be read in it."""

    source: str
    location: str
    content_hash: str
    reader: str
    document_ids: tuple[str, ...]
    failures: tuple[Failure, ...]

    def id(self, shop: str) -> str:
        """By content: the same state read twice is one row."""
        return content_hash(shop, self.source, self.location, self.content_hash, self.reader, *self.document_ids)


@dataclass(frozen=True)
class StoredFile:
    """A file as it is in the active version."""

    id: str
    source: str
    location: str
    content_hash: str
    reader: str
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class LiveFileState:
    """A file of live rows as it was last read."""

    content_hash: str
    reader: str
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class LiveState:
    """One state of one file of live rows."""

    source: str
    content_hash: str
    reader: str
    content: FileContent


@dataclass(frozen=True)
class Change:
    """What an ingest wants to publish.

    Attributes:
        base: the active version that it was compared with.
        files: files that are new or changed.
        kept: ids of the other files that stay in.
        documents, chunks, products: all that the new files hold; those that are stored are passed over.
        live: files of live rows that are new or changed.
        new_version: whether documents change; else only live rows do.
    """

    base: int | None
    files: Sequence[FileState]
    kept: Sequence[str]
    documents: Sequence[Document]
    chunks: Sequence[Chunk]
    products: Mapping[str, CatalogProduct]
    live: Sequence[LiveState]
    new_version: bool


class Shelf:
    """One shop's stored knowledge, as an ingest reads and writes it."""

    def __init__(self, engine: Engine, shop: str) -> None:
        self._engine, self._shop = engine, shop

    def active(self) -> int | None:
        """The version that answers."""
        with Session(self._engine) as session:
            row = session.get(Shop, self._shop)
            return row.active_version if row else None

    def files(self, version: int | None) -> dict[str, StoredFile]:
        """The files of a version, by source."""
        query = (
            select(SourceFile)
            .join(VersionFile, col(VersionFile.file_id) == col(SourceFile.id))
            .where(col(VersionFile.shop) == self._shop, col(VersionFile.number) == version)
        )
        with Session(self._engine) as session:
            return {
                row.source: StoredFile(
                    row.id, row.source, row.location, row.content_hash, row.reader, _failures(row.failures)
                )
                for row in session.execute(query).scalars()
            }

    def live_files(self) -> dict[str, LiveFileState]:
        """The files of live rows, by source."""
        with Session(self._engine) as session:
            rows = session.execute(select(LiveFile).where(col(LiveFile.shop) == self._shop)).scalars()
            return {row.source: LiveFileState(row.content_hash, row.reader, _failures(row.failures)) for row in rows}

    def documents_of(self, file_ids: Sequence[str]) -> dict[str, str]:
        """Document ids by source."""
        query = select(col(DocumentRow.source), col(DocumentRow.id)).join(
            FileDocument, col(FileDocument.document_id) == col(DocumentRow.id)
        )
        found: dict[str, str] = {}
        with self._engine.connect() as connection:
            for part in _parts(file_ids):
                rows = connection.execute(query.where(col(FileDocument.file_id).in_(part)))
                found.update((source, document_id) for source, document_id in rows)
        return found

    def document_count(self, file_ids: Sequence[str]) -> int:
        """How many documents the files hold."""
        with self._engine.connect() as connection:
            return sum(
                connection.execute(
                    select(func.count()).select_from(FileDocument).where(col(FileDocument.file_id).in_(part))
                ).scalar_one()
                for part in _parts(file_ids)
            )

    def texts(self, file_ids: Sequence[str]) -> list[Document]:
        """The pages and FAQ entries of the files."""
        query = (
            select(DocumentRow)
            .join(FileDocument, col(FileDocument.document_id) == col(DocumentRow.id))
            .where(col(DocumentRow.kind) != "product")
        )
        with Session(self._engine) as session:
            return [
                Document(**row.model_dump(exclude={"id"}))
                for part in _parts(file_ids)
                for row in session.execute(query.where(col(FileDocument.file_id).in_(part))).scalars()
            ]

    def chunk_hashes(self) -> dict[str, str]:
        """The hash of the embedded text of every stored chunk of the shop, whatever version it is in."""
        query = (
            select(col(ChunkRow.id), col(ChunkRow.text_hash))
            .join(DocumentRow, col(ChunkRow.document_id) == col(DocumentRow.id))
            .where(col(DocumentRow.shop) == self._shop)
        )
        with self._engine.connect() as connection:
            return {row.id: row.text_hash for row in connection.execute(query)}

    def embedding_texts(self, chunk_ids: Sequence[str]) -> dict[str, str]:
        """What is embedded of stored chunks."""
        query = select(col(ChunkRow.id), col(DocumentRow.title), col(ChunkRow.heading), col(ChunkRow.text)).join(
            DocumentRow, col(ChunkRow.document_id) == col(DocumentRow.id)
        )
        with self._engine.connect() as connection:
            return {
                chunk_id: "\n".join(part for part in parts if part)
                for ids in _parts(chunk_ids)
                for chunk_id, *parts in connection.execute(query.where(col(ChunkRow.id).in_(ids)))
            }

    def publish(self, change: Change) -> int | None:
        """Make it all visible at once; the number of the version that answers now.

        Raises:
            IngestConflict: another version became active meanwhile; nothing was written.
        """
        with Session(self._engine) as session:
            self._claim(session, change.base)
            number = self._write_version(session, change) if change.new_version else change.base
            for live in change.live:
                self._write_live(session, live)
            session.commit()
        return number

    def prune(self) -> None:
        """Forget all but the newest versions and the active one, and every row that no version holds."""
        with Session(self._engine) as session:
            shop = session.get(Shop, self._shop)
            numbers = list(
                session.execute(
                    select(col(KnowledgeVersion.number))
                    .where(col(KnowledgeVersion.shop) == self._shop)
                    .order_by(col(KnowledgeVersion.number).desc())
                ).scalars()
            )
            old = [number for number in numbers[KEPT_VERSIONS:] if shop is not None and number != shop.active_version]
            for table in (VersionFile, KnowledgeVersion):
                session.execute(delete(table).where(col(table.shop) == self._shop, col(table.number).in_(old)))
            self._delete_orphans(session)
            session.commit()

    def note_run(self, report: Mapping[str, Any]) -> None:
        """Keep what an ingest told, and forget the oldest reports."""
        with Session(self._engine) as session:
            if session.get(Shop, self._shop) is None:
                session.add(Shop(name=self._shop, created_at=datetime.now(UTC)))
                session.flush()
            session.add(IngestRun(id=uuid4().hex, shop=self._shop, finished_at=datetime.now(UTC), report=dict(report)))
            session.flush()
            newest = (
                select(col(IngestRun.id))
                .where(col(IngestRun.shop) == self._shop)
                .order_by(col(IngestRun.finished_at).desc())
                .limit(KEPT_RUNS)
            )
            kept = list(session.execute(newest).scalars())
            session.execute(delete(IngestRun).where(col(IngestRun.shop) == self._shop, col(IngestRun.id).not_in(kept)))
            session.commit()

    def _delete_orphans(self, session: Session) -> None:
        files = list(
            session.execute(
                select(col(SourceFile.id)).where(
                    col(SourceFile.shop) == self._shop, ~exists().where(col(VersionFile.file_id) == col(SourceFile.id))
                )
            ).scalars()
        )
        for part in _parts(files):
            session.execute(delete(FileDocument).where(col(FileDocument.file_id).in_(part)))
            session.execute(delete(SourceFile).where(col(SourceFile.id).in_(part)))
        if not files:
            return
        documents = list(
            session.execute(
                select(col(DocumentRow.id)).where(
                    col(DocumentRow.shop) == self._shop,
                    ~exists().where(col(FileDocument.document_id) == col(DocumentRow.id)),
                )
            ).scalars()
        )
        for part in _parts(documents):
            for table in (ProductVariant, Product, ChunkRow):
                session.execute(delete(table).where(col(table.document_id).in_(part)))
            session.execute(delete(DocumentRow).where(col(DocumentRow.id).in_(part)))

    def _claim(self, session: Session, base: int | None) -> None:
        """Take the shop's row for this transaction, if the active version is still the one we compared with."""
        row = session.get(Shop, self._shop)
        if row is None:
            session.add(Shop(name=self._shop, created_at=datetime.now(UTC)))
            try:
                session.flush()
            except IntegrityError:
                raise self._conflict() from None
        claimed = session.execute(
            update(Shop)
            .where(col(Shop.name) == self._shop, col(Shop.active_version).is_not_distinct_from(base))
            .values(active_version=base)
        )
        if getattr(claimed, "rowcount", 0) != 1:
            raise self._conflict()

    def _conflict(self) -> IngestConflict:
        return IngestConflict(
            f"another version of shop {self._shop!r} was published while this ingest ran; run it again"
        )

    def _write_version(self, session: Session, change: Change) -> int:
        self._write_documents(session, change)
        known = set(session.execute(select(col(SourceFile.id)).where(col(SourceFile.shop) == self._shop)).scalars())
        states = {state.id(self._shop): state for state in change.files}
        new = {file_id: state for file_id, state in states.items() if file_id not in known}
        _insert(
            session,
            SourceFile,
            (
                {
                    "id": file_id,
                    "shop": self._shop,
                    "source": state.source,
                    "location": state.location,
                    "content_hash": state.content_hash,
                    "reader": state.reader,
                    "failures": [asdict(failure) for failure in state.failures],
                }
                for file_id, state in new.items()
            ),
        )
        _insert(
            session,
            FileDocument,
            (
                {"file_id": file_id, "position": position, "document_id": document_id}
                for file_id, state in new.items()
                for position, document_id in enumerate(state.document_ids)
            ),
        )
        return self._write_membership(session, [*change.kept, *states])

    def _write_membership(self, session: Session, file_ids: Sequence[str]) -> int:
        latest = session.execute(
            select(func.max(col(KnowledgeVersion.number))).where(col(KnowledgeVersion.shop) == self._shop)
        ).scalar()
        number = int(latest or 0) + 1
        version = {"shop": self._shop, "number": number, "created_at": datetime.now(UTC), "documents": 0, "chunks": 0}
        _insert(session, KnowledgeVersion, [version])
        _insert(
            session, VersionFile, ({"shop": self._shop, "number": number, "file_id": file_id} for file_id in file_ids)
        )
        documents = (
            select(col(FileDocument.document_id))
            .join(VersionFile, col(VersionFile.file_id) == col(FileDocument.file_id))
            .where(col(VersionFile.shop) == self._shop, col(VersionFile.number) == number)
        ).subquery()
        counted = (
            session.execute(select(func.count()).select_from(documents)).scalar_one(),
            session.execute(
                select(func.count())
                .select_from(ChunkRow)
                .join(documents, col(ChunkRow.document_id) == documents.c.document_id)
            ).scalar_one(),
        )
        session.execute(
            update(KnowledgeVersion)
            .where(col(KnowledgeVersion.shop) == self._shop, col(KnowledgeVersion.number) == number)
            .values(documents=counted[0], chunks=counted[1])
        )
        session.execute(update(Shop).where(col(Shop.name) == self._shop).values(active_version=number))
        return number

    def _write_documents(self, session: Session, change: Change) -> None:
        stored = set(session.execute(select(col(DocumentRow.id)).where(col(DocumentRow.shop) == self._shop)).scalars())
        new = {document.id: document for document in change.documents if document.id not in stored}
        _insert(session, DocumentRow, (_document_row(document) for document in new.values()))
        _insert(session, ChunkRow, (_chunk_row(chunk) for chunk in change.chunks if chunk.document_id in new))
        products = {document_id: product for document_id, product in change.products.items() if document_id in new}
        _insert(session, Product, (_product_row(*pair) for pair in products.items()))
        _insert(session, ProductVariant, (row for pair in products.items() for row in _variant_rows(*pair)))

    def _write_live(self, session: Session, live: LiveState) -> None:
        content = live.content
        if content.profile is not None:
            profile = content.profile.model_dump(mode="json")
            session.execute(update(Shop).where(col(Shop.name) == self._shop).values(profile=profile))
        self._write_orders(session, content.orders)
        self._write_customers(session, content.customers)
        session.merge(
            LiveFile(
                shop=self._shop,
                source=live.source,
                content_hash=live.content_hash,
                reader=live.reader,
                failures=[asdict(failure) for failure in content.failures],
            )
        )

    def _write_orders(self, session: Session, orders: Sequence[OrderView]) -> None:
        shop, said = self._shop, {order.order_number: _said(order) for order in orders}
        known = self._said_before(session, Order, col(Order.order_number), list(said))
        new = [order for order in orders if known.get(order.order_number) != said[order.order_number]]
        for part in _parts([order.order_number for order in new]):
            for table in (OrderLine, OrderPayment, Order):
                session.execute(delete(table).where(col(table.shop) == shop, col(table.order_number).in_(part)))
        _insert(
            session,
            Order,
            (
                {
                    **order_columns(shop, order),
                    "customer_id": order.customer_id,
                    "revision": 0,
                    "file_hash": said[order.order_number],
                }
                for order in new
            ),
        )
        _insert(session, OrderLine, (row for order in new for row in line_columns(shop, order)))
        _insert(session, OrderPayment, (row for order in new for row in payment_columns(shop, order)))

    def _write_customers(self, session: Session, customers: Sequence[CustomerView]) -> None:
        shop, said = self._shop, {customer.customer_id: _said(customer) for customer in customers}
        known = self._said_before(session, Customer, col(Customer.customer_id), list(said))
        new = [customer for customer in customers if known.get(customer.customer_id) != said[customer.customer_id]]
        for part in _parts(sorted({customer.customer_id for customer in new} | self._same_emails(session, new))):
            for table in (CustomerPaymentMethod, Customer):
                session.execute(delete(table).where(col(table.shop) == shop, col(table.customer_id).in_(part)))
        rows = ({**customer_columns(shop, customer), "file_hash": said[customer.customer_id]} for customer in new)
        _insert(session, Customer, rows)
        _insert(session, CustomerPaymentMethod, (row for customer in new for row in method_columns(shop, customer)))

    def _same_emails(self, session: Session, customers: Sequence[CustomerView]) -> set[str]:
        """Who has their e-mail addresses: a file that gives customers ids replaces those that had only these."""
        found: set[str] = set()
        for part in _parts([customer.email for customer in customers]):
            same = select(col(Customer.customer_id)).where(
                col(Customer.shop) == self._shop, col(Customer.email).in_(part)
            )
            found |= set(session.execute(same).scalars())
        return found

    def _said_before(
        self, session: Session, table: type[Order | Customer], id_column: Any, ids: Sequence[str]
    ) -> dict[str, str | None]:
        """What files said of these, by id, as hashes."""
        said: dict[str, str | None] = {}
        for part in _parts(ids):
            rows = select(id_column, col(table.file_hash)).where(col(table.shop) == self._shop, id_column.in_(part))
            said |= {row[0]: row[1] for row in session.execute(rows)}
        return said


def _said(record: OrderView | CustomerView) -> str:
    return content_hash(json.dumps(to_json(record), sort_keys=True))


def _document_row(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "shop": document.shop,
        "source": document.source,
        "title": document.title,
        "text": document.text,
        "language": document.language,
        "kind": document.kind,
        "url": document.url,
        "valid_from": document.valid_from,
        "valid_until": document.valid_until,
        "attributes": dict(document.attributes),
    }


def _chunk_row(chunk: Chunk) -> dict[str, Any]:
    return {
        "id": chunk.id,
        "document_id": chunk.document_id,
        "position": chunk.position,
        "heading": chunk.heading,
        "text": chunk.text,
        "text_hash": text_hash(chunk.embedding_text),
    }


def _product_row(document_id: str, product: CatalogProduct) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "product_id": product.product_id,
        "description": product.description,
        "category": product.category,
        "brand": product.brand,
        "price": product.price,
        "currency": product.currency,
        "stock": product.stock,
        "image_url": product.image_url,
        "attributes": dict(product.attributes),
    }


def _variant_rows(document_id: str, product: CatalogProduct) -> Iterable[dict[str, Any]]:
    for position, variant in enumerate(product.variants):
        yield {
            "document_id": document_id,
            "position": position,
            "variant_id": variant.variant_id,
            "options": dict(variant.options),
            "price": variant.price,
            "stock": variant.stock,
        }


def text_hash(text: str) -> str:
    """Equal for texts that are embedded alike."""
    return content_hash(text)


def _failures(stored: Iterable[Mapping[str, Any]]) -> tuple[Failure, ...]:
    return tuple(Failure(**failure) for failure in stored)


def _insert(session: Session, table: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
    values = list(rows)
    if values:
        # Past the ORM, which is several times slower with thousands of rows.
        session.connection().execute(insert(inspect(table).local_table), values)


def _parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    for begin in range(0, len(values), ROWS_AT_ONCE):
        yield values[begin : begin + ROWS_AT_ONCE]
