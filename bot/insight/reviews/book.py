"""ReviewBook: keeps product reviews, personal data masked, each once however often its file is read."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.conversation.privacy import mask
from bot.insight.reviews.reading import Review, read_reviews
from bot.insight.scoring.scorer import Classifier
from bot.insight.scoring.writing import write_reviews
from bot.insight.tables import ProductReview
from knowledge.sources.content import Failure

AT_ONCE = 64


@dataclass(frozen=True)
class ReviewReport:
    """What became of files of reviews."""

    added: int = 0
    unchanged: int = 0
    failed: tuple[Failure, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The document of `shopclerk reviews`."""
        failed = [
            {"path": one.path, "line": one.line, "column": one.column, "reason": one.reason} for one in self.failed
        ]
        return {"added": self.added, "unchanged": self.unchanged, "failed": failed}


class ReviewBook:
    """Reviews of a shop's products.

    Args:
        engine: the database.
        classifier: tells what they feel.
    """

    def __init__(self, engine: Engine, classifier: Classifier) -> None:
        self._engine, self._classifier = engine, classifier

    def add(
        self,
        paths: Sequence[Path],
        *,
        shop: str,
        tell: Callable[[str, int, int], None] = lambda _step, _done, _total: None,
    ) -> ReviewReport:
        """Read files of reviews; those that are there already change nothing, so that a file may be read again.

        Raises:
            UnreadableFile: a file as a whole cannot be read; nothing of any file is kept then.
        """
        read = [one for path in paths for one in read_reviews(path)]
        failed = tuple(one for one in read if isinstance(one, Failure))
        rows = {row.id: row for row in (_row(one, shop) for one in read if isinstance(one, Review))}
        added = 0
        for start in range(0, len(rows), AT_ONCE):
            tell("reviews", start, len(rows))
            added += self._add_new([*rows.values()][start : start + AT_ONCE])
        return ReviewReport(added, len(read) - len(failed) - added, failed)

    def _add_new(self, rows: Sequence[ProductReview]) -> int:
        with Session(self._engine) as session:
            there = set(session.exec(select(ProductReview.id).where(col(ProductReview.id).in_([r.id for r in rows]))))
        fresh = [row for row in rows if row.id not in there]
        feelings = self._classifier.classify([row.text for row in fresh])
        with Session(self._engine) as session:
            written = write_reviews(session, list(zip(fresh, feelings, strict=True)), self._classifier.version)
            session.commit()
        return written


def _row(review: Review, shop: str) -> ProductReview:
    """The row of a review, before it is known what it feels."""
    text = mask(review.text).text
    return ProductReview(
        id=_hash((shop, review.product_id, text, str(review.rating), review.written_on.isoformat())),
        shop=shop,
        product_id=review.product_id,
        rating=review.rating,
        text=text,
        written_on=review.written_on,
        label="neutral",
        score=0.0,
        scores={},
        model_version="",
        scored_at=datetime.now(UTC),
    )


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
