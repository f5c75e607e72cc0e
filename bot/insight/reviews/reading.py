"""Reads review files: a product, a rating, a text and a day a row; what is wrong with a row is said of that row."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.insight.training.shop_reviews import open_rows
from knowledge.sources.content import Failure
from knowledge.sources.rows import Row

TEXT_CHARACTERS = 20_000
_EARLIEST = date(1995, 1, 1)

_NAMES: Mapping[str, tuple[str, ...]] = {
    "product": ("id", "product", "asin", "item", "item_id", "商品", "商品id"),
    "rating": ("rating", "stars", "score", "评分", "星级"),
    "text": ("text", "review", "comment", "content", "body", "评价", "评论", "内容"),
    "date": ("date", "written_on", "created_at", "time", "日期", "时间"),
}
"""What shops call the columns; `sku` and `product_id` are read as `id`."""


@dataclass(frozen=True)
class Review:
    """One review as the file has it; `rating` is 1 to 5, None where none was given."""

    product_id: str
    text: str
    written_on: date
    rating: float | None


class _Unusable(Exception):
    """Why a row cannot be used, and which column it is about."""

    def __init__(self, column: str, reason: str) -> None:
        self.column = column
        super().__init__(reason)


def read_reviews(path: Path) -> Iterator[Review | Failure]:
    """The reviews of a CSV, TSV, JSONL or XLSX file, and what is wrong with the rows that are none.

    Raises:
        UnreadableFile: the file cannot be read, or has no column of products, texts or dates.
    """
    found = open_rows(path, ())
    columns = {role: next((name for name in names if name in found.columns), "") for role, names in _NAMES.items()}
    for role in ("product", "text", "date"):
        if not columns[role]:
            open_rows(path, (role,))  # which says what is missing and what there is
    for row in found.rows:
        try:
            yield _review(row, columns)
        except _Unusable as error:
            yield Failure(str(path), row.line, error.column or None, str(error))


def _review(row: Row, columns: Mapping[str, str]) -> Review:
    if row.problem:
        raise _Unusable(row.problem_column or "", row.problem)
    product_id = row.text(columns["product"])
    text = row.cells.get(columns["text"], "").strip()
    if not product_id:
        raise _Unusable(columns["product"], "the product is empty; write its id as in the catalogue")
    if len(product_id) > 200:
        raise _Unusable(columns["product"], f"the product's id has {len(product_id)} characters; at most 200 are kept")
    if not text:
        raise _Unusable(columns["text"], "the text is empty; write what the review says")
    if len(text) > TEXT_CHARACTERS:
        raise _Unusable(columns["text"], f"the text has {len(text):,} characters; keep it to {TEXT_CHARACTERS:,}")
    return Review(product_id, text, _day(row.text(columns["date"]), columns["date"]), _rating(row, columns["rating"]))


def _rating(row: Row, column: str) -> float | None:
    written = unicodedata.normalize("NFKC", row.text(column)) if column else ""
    if not written:
        return None
    try:
        rating = float(written)
    except ValueError:
        raise _Unusable(column, f"the rating is {written!r}; expected a number from 1 to 5, or nothing") from None
    if not 1 <= rating <= 5:
        raise _Unusable(column, f"the rating is {written!r}; expected a number from 1 to 5, or nothing")
    return rating


def _day(written: str, column: str) -> date:
    try:
        day = datetime.fromisoformat(written.replace("/", "-")).date()
    except ValueError:
        raise _Unusable(column, f"the date is {written!r}; expected year-month-day, such as 2026-11-22") from None
    if not _EARLIEST <= day <= datetime.now(UTC).date() + timedelta(days=1):
        raise _Unusable(column, f"the date is {written!r}; expected one from {_EARLIEST.year} to today")
    return day
