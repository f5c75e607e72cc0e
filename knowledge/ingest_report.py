"""What an ingest tells: IngestProgress while it runs, IngestReport at its end."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from knowledge.duplicates import Duplicate
from knowledge.sources.content import Failure


@dataclass(frozen=True)
class IngestProgress:
    """How far it is: `done` of `total` files read, texts embedded, or steps of publishing."""

    stage: Literal["reading", "embedding", "publishing"]
    done: int
    total: int


@dataclass(frozen=True)
class IngestReport:
    """What changed.

    Attributes:
        version: the version that answers now; None when the shop has none yet.
        published: whether this ingest made that version.
        added, changed, unchanged, removed: documents, compared with the version before.
        failed: what could not be read; what was published of it before stays.
        chunks: in the version that answers now.
        embedded: texts that were turned into vectors by this ingest.
        orders, customers: live rows brought up to date.
        duplicates: new texts that say the same, or nearly the same, as another.
    """

    version: int | None
    published: bool
    added: int
    changed: int
    unchanged: int
    removed: int
    failed: tuple[Failure, ...]
    chunks: int
    embedded: int
    seconds: float
    orders: int = 0
    customers: int = 0
    duplicates: tuple[Duplicate, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The document that `shopclerk ingest --json` prints."""
        return {
            "version": self.version,
            "published": self.published,
            "documents": {
                "added": self.added,
                "changed": self.changed,
                "unchanged": self.unchanged,
                "removed": self.removed,
                "failed": [asdict(failure) for failure in self.failed],
            },
            "chunks": self.chunks,
            "embedded": self.embedded,
            "orders": self.orders,
            "customers": self.customers,
            "duplicates": [asdict(duplicate) for duplicate in self.duplicates],
            "seconds": round(self.seconds, 3),
        }
