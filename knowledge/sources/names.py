"""Names of documents: which of them are one thing in two languages."""

from pathlib import PurePath


def stem_of(source: str) -> str:
    """A document's source without its language: `products.csv#SKU-1@zh` is `products.csv#SKU-1`."""
    stem, at, language = source.rpartition("@")
    return stem if at and language in ("en", "zh") and "#" in PurePath(stem).name else source
