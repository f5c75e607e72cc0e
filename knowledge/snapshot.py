"""Snapshot: one version of one shop's knowledge in memory, ready to be searched."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from knowledge.documents import Chunk
from knowledge.filters import SearchFilters
from knowledge.keywords import KeywordIndex, tokenize
from knowledge.token_cache import TokenCache


class Snapshot:
    """Chunks of one version, their words, and columns of what filters ask for.

    Args:
        version: its number.
        chunks: all of them, in any order; places below are places in this list.
        cache: keeps their words for the next start; None: they are cut now.
    """

    def __init__(self, version: int, chunks: Sequence[Chunk], *, cache: TokenCache | None = None) -> None:
        self.version = version
        self.chunks = chunks
        self.place = {chunk.id: place for place, chunk in enumerate(chunks)}
        texts = [_keyword_text(chunk) for chunk in chunks]
        self.keywords = KeywordIndex([tokenize(text) for text in texts] if cache is None else cache.words(texts))
        self.categories = _values(chunks, "category")
        self.currencies = _values(chunks, "currency")
        self._valid_from = np.array([chunk.valid_from or date.min for chunk in chunks], dtype="datetime64[D]")
        self._valid_until = np.array([chunk.valid_until or date.max for chunk in chunks], dtype="datetime64[D]")
        self._kind = np.array([chunk.kind for chunk in chunks])
        self._language = np.array([chunk.language for chunk in chunks])
        self._product_id = _column(chunks, "product_id")
        self._category = np.char.lower(_column(chunks, "category"))
        self._currency = _column(chunks, "currency")
        self._price = np.array([_price(chunk) for chunk in chunks])

    def allowed(self, filters: SearchFilters, day: date) -> np.ndarray:
        """Which chunks may be found, (n_chunks,), bool."""
        now = np.datetime64(day)
        mask: np.ndarray = (self._valid_from <= now) & (now <= self._valid_until)
        if filters.kinds:
            mask &= np.isin(self._kind, filters.kinds)
        if filters.language:
            mask &= self._language == filters.language
        if filters.product_ids:
            mask &= np.isin(self._product_id, filters.product_ids)
        for limit in self._product_limits(filters):
            mask &= limit | (self._kind != "product")
        return mask

    def _product_limits(self, filters: SearchFilters) -> Iterator[np.ndarray]:
        """Limits that only products have to keep."""
        if filters.category:
            yield self._category == filters.category.lower()
        if filters.price_min is not None:
            yield self._price >= float(filters.price_min)
        if filters.price_max is not None:
            yield self._price <= float(filters.price_max)
        if filters.currency:
            yield (self._currency == filters.currency) | (self._currency == "")


def _keyword_text(chunk: Chunk) -> str:
    """What is read for words: also the product's number, brand and category, which its text may not repeat."""
    facts = (str(chunk.attributes.get(name, "")) for name in ("product_id", "brand", "category"))
    return "\n".join((chunk.embedding_text, *facts))


def _column(chunks: Sequence[Chunk], name: str) -> np.ndarray:
    return np.array([str(chunk.attributes.get(name, "")) for chunk in chunks], dtype=np.str_)


def _values(chunks: Sequence[Chunk], name: str) -> tuple[str, ...]:
    return tuple(sorted({str(chunk.attributes[name]) for chunk in chunks if chunk.attributes.get(name)}))


def _price(chunk: Chunk) -> float:
    """NaN, which no limit admits, for what has no price."""
    price = chunk.attributes.get("price")
    return float(price) if price is not None and price != "" else float("nan")
