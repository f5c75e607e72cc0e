"""What reading one file gives: FileContent, its product rows, its live rows and its Failures."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.catalog import CatalogProduct
from knowledge.documents import Document
from knowledge.errors import UnreadableFile
from knowledge.orders.views import CustomerView, OrderView
from knowledge.profile import ShopProfile


@dataclass(frozen=True)
class Failure:
    """A place that could not be read; `line` and `column` where known."""

    path: str
    line: int | None
    column: str | None
    reason: str

    @classmethod
    def of(cls, error: UnreadableFile) -> "Failure":
        """The same, as a value."""
        return cls(error.path, error.line, error.column, error.reason)


@dataclass(frozen=True)
class FileContent:
    """Everything that one file says.

    Attributes:
        documents: what can be searched.
        products: the typed row of each product document, by document id.
        orders, customers, profile: live rows.
        failures: what could not be read.
        unread: sources whose row failed, so that what was published of them before stays.
    """

    documents: tuple[Document, ...] = ()
    products: Mapping[str, CatalogProduct] = field(default_factory=dict)
    orders: tuple[OrderView, ...] = ()
    customers: tuple[CustomerView, ...] = ()
    profile: ShopProfile | None = None
    failures: tuple[Failure, ...] = ()
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SourceContext:
    """Which file is being read: for which shop, its name in the shop, and its path as the user named it."""

    shop: str
    source: str
    path: str

    def unreadable(self, reason: str, line: int | None = None, column: str | None = None) -> UnreadableFile:
        """The error that says that the file, or a place in it, cannot be read."""
        return UnreadableFile(self.path, reason, line, column)
