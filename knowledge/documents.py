"""The values that travel through search: Document, Chunk, Passage."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Literal

Kind = Literal["page", "faq", "product"]
AttributeValue = str | int | float | bool


def _nothing() -> Mapping[str, AttributeValue]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Document:
    """A whole source as read: one help page, one FAQ entry, one product in one language.

    Attributes:
        shop: the shop it belongs to; nothing crosses shops.
        source: where it was read, relative to what was ingested: `policies/returns.en.md`,
            `faq.csv#17`, `products.csv#SKU-1001@zh`. Unique inside a shop and version.
        title: page title, the question of a FAQ entry, or the product's title.
        text: Markdown without the title; the answer of a FAQ entry.
        language: `en` or `zh`.
        kind: `page`, `faq` or `product`.
        url: where a shopper may read it, when the shop gave one.
        valid_from, valid_until: inclusive; outside of them it is never used.
        attributes: typed facts for filters; for products at least `product_id`, `category`,
            `brand`, `price`, `currency`, `stock` where known.
    """

    shop: str
    source: str
    title: str
    text: str
    language: str
    kind: Kind
    url: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=_nothing)

    @cached_property
    def id(self) -> str:
        """Content hash: the same content read twice is the same document."""
        return content_hash(
            self.shop,
            self.source,
            self.title,
            self.text,
            self.language,
            self.kind,
            self.url or "",
            str(self.valid_from),
            str(self.valid_until),
            json.dumps(dict(self.attributes), sort_keys=True, default=str),
        )


@dataclass(frozen=True)
class Chunk:
    """A stored piece of a Document: the unit that is embedded, found and cited.

    Attributes:
        id: hash of the document id, the position and `embedding_text`.
        heading: the path of headings above it, ` › ` between them; empty for FAQ and products.
        text: what is shown and quoted.
        position: 0-based place in its document.
    """

    id: str
    document_id: str
    shop: str
    source: str
    title: str
    heading: str
    text: str
    position: int
    language: str
    kind: Kind
    url: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=_nothing)

    @property
    def embedding_text(self) -> str:
        """What embedders and keyword indexes read: title and headings first, then the text."""
        return "\n".join(part for part in (self.title, self.heading, self.text) if part)

    def valid_on(self, day: date) -> bool:
        """Whether the chunk may be used on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True)
class Passage:
    """A Chunk as found for one question.

    Attributes:
        rank: 1 for the best.
        score: higher is better, 0 to 1, comparable between questions (it is what refusal is calibrated on).
        found_by: which of `dense`, `keyword`, `rerank` brought it here.
        scores: the score of each stage, by the same names plus `fused`.
    """

    chunk: Chunk
    rank: int
    score: float
    found_by: tuple[str, ...]
    scores: Mapping[str, float] = field(default_factory=dict)


def content_hash(*parts: str) -> str:
    """32 hexadecimal digits of SHA-256 over the parts, each length-prefixed so that they cannot run together."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:32]
