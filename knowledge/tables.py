"""The rows of what the shop knows: shops, knowledge versions, documents, chunks, products, customers, orders.

Documents, chunks and products are immutable and keyed by content hash. A knowledge version says which files are in:

    shop ── active version ──▶ knowledge_version ─▶ version_file ─▶ source_file ─▶ file_document ─▶ document
    document ─▶ chunk
    document ─▶ product ─▶ product_variant

Customers, orders and the shop's profile are live: an ingest brings them up to date in place.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, Text, false
from sqlmodel import Field, SQLModel

from knowledge.columns import DecimalText, UtcDateTime


class Shop(SQLModel, table=True):
    """One shop of this installation, its profile and the knowledge version that answers."""

    __tablename__ = "shop"

    name: str = Field(primary_key=True, max_length=100)
    active_version: int | None = None
    profile: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)


class KnowledgeVersion(SQLModel, table=True):
    """One published state of a shop's documents and products, numbered from 1."""

    __tablename__ = "knowledge_version"

    shop: str = Field(primary_key=True, foreign_key="shop.name", max_length=100)
    number: int = Field(primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    documents: int
    chunks: int


class SourceFile(SQLModel, table=True):
    """One state of one file as it was read.

    Attributes:
        source: its name inside the shop, as in `Document.source`.
        location: the absolute path it was read from; `--prune` compares it.
        content_hash: SHA-256 of its bytes.
        reader: version of the code that read it; another version reads it again.
        failures: what could not be read, reported again while the file stays as it is.
    """

    __tablename__ = "source_file"

    id: str = Field(primary_key=True, max_length=32)
    shop: str = Field(foreign_key="shop.name", index=True, max_length=100)
    source: str = Field(sa_type=Text)
    location: str = Field(sa_type=Text)
    content_hash: str = Field(max_length=64)
    reader: str = Field(max_length=20)
    failures: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class VersionFile(SQLModel, table=True):
    """A file is in a version."""

    __tablename__ = "version_file"
    __table_args__ = (ForeignKeyConstraint(["shop", "number"], ["knowledge_version.shop", "knowledge_version.number"]),)

    shop: str = Field(primary_key=True, max_length=100)
    number: int = Field(primary_key=True)
    file_id: str = Field(primary_key=True, foreign_key="source_file.id", index=True, max_length=32)


class FileDocument(SQLModel, table=True):
    """A document is in a file."""

    __tablename__ = "file_document"

    file_id: str = Field(primary_key=True, foreign_key="source_file.id", max_length=32)
    position: int = Field(primary_key=True)
    document_id: str = Field(foreign_key="document.id", index=True, max_length=32)


class DocumentRow(SQLModel, table=True):
    """A Document as stored."""

    __tablename__ = "document"

    id: str = Field(primary_key=True, max_length=32)
    shop: str = Field(foreign_key="shop.name", index=True, max_length=100)
    source: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    language: str = Field(max_length=10)
    kind: str = Field(max_length=10)
    url: str | None = Field(default=None, sa_type=Text)
    valid_from: date | None = None
    valid_until: date | None = None
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class ChunkRow(SQLModel, table=True):
    """A Chunk as stored; what it shares with its Document stays there.

    Attributes:
        text_hash: of what is embedded; equal texts are embedded once.
    """

    __tablename__ = "chunk"

    id: str = Field(primary_key=True, max_length=32)
    document_id: str = Field(foreign_key="document.id", index=True, max_length=32)
    position: int
    heading: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    text_hash: str = Field(index=True, max_length=32)


class Product(SQLModel, table=True):
    """One product in one language; title, url and language are its Document's."""

    __tablename__ = "product"
    __table_args__ = (Index("ix_product_product_id", "product_id"),)

    document_id: str = Field(primary_key=True, foreign_key="document.id", max_length=32)
    product_id: str = Field(max_length=200)
    description: str = Field(sa_type=Text)
    category: str = Field(sa_type=Text)
    brand: str = Field(sa_type=Text)
    price: Decimal | None = Field(default=None, sa_type=DecimalText)
    currency: str = Field(max_length=3)
    stock: int | None = None
    image_url: str | None = Field(default=None, sa_type=Text)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class ProductVariant(SQLModel, table=True):
    """One choice of a product (a size, a colour) with its own id, price and stock."""

    __tablename__ = "product_variant"

    document_id: str = Field(primary_key=True, foreign_key="product.document_id", max_length=32)
    position: int = Field(primary_key=True)
    variant_id: str = Field(max_length=200)
    options: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    price: Decimal | None = Field(default=None, sa_type=DecimalText)
    stock: int | None = None


class LiveFile(SQLModel, table=True):
    """The last state of a file of live rows (orders, profile): an unchanged one is not read again."""

    __tablename__ = "live_file"

    shop: str = Field(primary_key=True, foreign_key="shop.name", max_length=100)
    source: str = Field(primary_key=True, max_length=500)
    content_hash: str = Field(max_length=64)
    reader: str = Field(max_length=20)
    failures: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class IngestRun(SQLModel, table=True):
    """What one ingest reported, as `ingest --json` prints it; the latest are kept."""

    __tablename__ = "ingest_run"

    id: str = Field(primary_key=True, max_length=32)
    shop: str = Field(foreign_key="shop.name", index=True, max_length=100)
    finished_at: datetime = Field(sa_type=UtcDateTime)
    report: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Customer(SQLModel, table=True):
    """A person who bought; `email` is kept in lower case.

    Attributes:
        customer_id: the shop's own id of them; their e-mail address where the shop gave none.
        address: an `Address`, by the names of its parts.
        file_hash: of what their file said; a file that says the same again leaves what was changed since.
    """

    __tablename__ = "customer"
    __table_args__ = (Index("customer_email", "shop", "email"),)

    shop: str = Field(primary_key=True, foreign_key="shop.name", max_length=100)
    customer_id: str = Field(primary_key=True, max_length=320)
    email: str = Field(max_length=320)
    name: str = Field(default="", sa_type=Text)
    postcode: str = Field(default="", max_length=20)
    language: str = Field(default="", max_length=10)
    tier: str = Field(default="", max_length=40)
    address: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    file_hash: str | None = Field(default=None, max_length=32)


class CustomerPaymentMethod(SQLModel, table=True):
    """One way a customer pays; `balance` of what holds an amount."""

    __tablename__ = "customer_payment_method"
    __table_args__ = (ForeignKeyConstraint(["shop", "customer_id"], ["customer.shop", "customer.customer_id"]),)

    shop: str = Field(primary_key=True, max_length=100)
    customer_id: str = Field(primary_key=True, max_length=320)
    method_id: str = Field(primary_key=True, max_length=200)
    position: int
    kind: str = Field(max_length=20)
    label: str = Field(default="", sa_type=Text)
    balance: Decimal | None = Field(default=None, sa_type=DecimalText)


class Order(SQLModel, table=True):
    """One order; `order_number` and `email` are matched without regard to case.

    Attributes:
        customer_id: whose it is; empty: of the customer with its e-mail address.
        address: an `Address`, by the names of its parts.
        returned, exchanged: `ReturnRequest`s and `ExchangeRequest`s as JSON.
        revision: counts every change made through an OrderBackend.
        file_hash: of what its file said; a file that says the same again leaves what was changed since.
    """

    __tablename__ = "customer_order"
    __table_args__ = (Index("customer_order_customer", "shop", "customer_id"),)

    shop: str = Field(primary_key=True, foreign_key="shop.name", max_length=100)
    order_number: str = Field(primary_key=True, max_length=100)
    email: str = Field(max_length=320, index=True)
    customer_id: str = Field(default="", max_length=320)
    postcode: str = Field(default="", max_length=20)
    address: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    status: str = Field(max_length=20)
    placed_on: date
    placed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    total: Decimal = Field(sa_type=DecimalText)
    currency: str = Field(max_length=3)
    carrier: str = Field(default="", sa_type=Text)
    tracking_number: str = Field(default="", sa_type=Text)
    expected_on: date | None = None
    delivered_on: date | None = None
    cancel_reason: str = Field(default="", sa_type=Text)
    items_changed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    returned: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    exchanged: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    revision: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    file_hash: str | None = Field(default=None, max_length=32)


class OrderLine(SQLModel, table=True):
    """One product in an order, as it was sold."""

    __tablename__ = "order_line"
    __table_args__ = (
        ForeignKeyConstraint(["shop", "order_number"], ["customer_order.shop", "customer_order.order_number"]),
    )

    shop: str = Field(primary_key=True, max_length=100)
    order_number: str = Field(primary_key=True, max_length=100)
    position: int = Field(primary_key=True)
    product_id: str = Field(max_length=200)
    variant_id: str | None = Field(default=None, max_length=200)
    title: str = Field(sa_type=Text)
    title_zh: str = Field(default="", sa_type=Text)
    quantity: int
    unit_price: Decimal = Field(sa_type=DecimalText)
    options: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    marks: list[str] = Field(default_factory=list, sa_type=JSON)


class OrderPayment(SQLModel, table=True):
    """Money that went one way or the other for an order, in that order."""

    __tablename__ = "order_payment"
    __table_args__ = (
        ForeignKeyConstraint(["shop", "order_number"], ["customer_order.shop", "customer_order.order_number"]),
    )

    shop: str = Field(primary_key=True, max_length=100)
    order_number: str = Field(primary_key=True, max_length=100)
    position: int = Field(primary_key=True)
    kind: str = Field(max_length=10)
    amount: Decimal = Field(sa_type=DecimalText)
    method_id: str = Field(max_length=200)


class AppliedChange(SQLModel, table=True):
    """A change that was written, under the key that keeps it from being written twice; `answer` is given again."""

    __tablename__ = "applied_change"

    shop: str = Field(primary_key=True, foreign_key="shop.name", max_length=100)
    key: str = Field(primary_key=True, max_length=100)
    change: dict[str, Any] = Field(sa_type=JSON)
    answer: dict[str, Any] = Field(sa_type=JSON)
    applied_at: datetime = Field(sa_type=UtcDateTime)
