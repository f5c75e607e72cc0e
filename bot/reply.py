"""What one turn gives back: Reply with its Citations and ProductCards, its trace, and the ReplyChunks on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Outcome = Literal["answered", "refused", "handed_off"]
Gear = Literal["curated", "facts", "generated", "extracted", "none"]


@dataclass(frozen=True)
class Citation:
    """One numbered support of an answer.

    Attributes:
        index: the number shown as [index] in the text, from 1.
        source: where it was read (Document.source).
        title: the document's title.
        quote: the words of the source that support the answer (`cited_quote`), verbatim.
        url: the stored link, never one that a model wrote; http(s) only.
        score: of the passage, 0 to 1.
        chunk_id: the stored piece, to open the whole passage.
        passage: the whole text of the passage, for the reader who opens the citation.
        grounded_span: the words of the answer that rest on it.
    """

    index: int
    source: str
    title: str
    quote: str
    url: str | None
    score: float
    chunk_id: str
    passage: str = ""
    grounded_span: str = ""

    def as_json(self) -> dict[str, Any]:
        """The shape promised to programs: by `ask --json` and over HTTP."""
        return {
            "index": self.index,
            "source": self.source,
            "title": self.title,
            "quote": self.quote,
            "url": self.url,
            "score": round(self.score, 4),
            "chunk_id": self.chunk_id,
            "passage": self.passage,
            "grounded_span": self.grounded_span,
        }


@dataclass(frozen=True)
class ProductCard:
    """One product as shown beside an answer; every value comes from a row.

    Attributes:
        price: in `currency` (ISO 4217); None when the shop gave none.
        stock: pieces left; None when unknown.
        options: the variants' choices by attribute in the reader's language, e.g. {"Colour": ("blue", "black")}.
    """

    product_id: str
    title: str
    category: str
    brand: str
    price: Decimal | None
    currency: str
    stock: int | None
    url: str | None
    image_url: str | None
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The shape promised to programs; the price is a string, so that no cent is lost to a float."""
        return {
            "product_id": self.product_id,
            "title": self.title,
            "category": self.category,
            "brand": self.brand,
            "price": None if self.price is None else str(self.price),
            "currency": self.currency,
            "stock": self.stock,
            "url": self.url,
            "image_url": self.image_url,
            "options": {name: list(values) for name, values in self.options.items()},
        }


@dataclass(frozen=True)
class Reply:
    """The whole answer to one shopper Message; without text while a person is to answer it.

    Attributes:
        message_id: the stored assistant Message; empty when there is none because a person is to answer.
        suggestions: questions the shopper may ask next, in `language`.
        timings_ms: by stage: `search`, `first_token`, `generate`, `ground`, `total` where they apply.
        reason: why this gear and outcome, one word or two for the trace (`below_threshold`, `asked_for_person`, …).
        offers_person: it asks whether a person should take over.
    """

    text: str
    language: str
    outcome: Outcome
    gear: Gear
    citations: tuple[Citation, ...]
    products: tuple[ProductCard, ...]
    conversation_id: str
    message_id: str
    timings_ms: Mapping[str, float]
    suggestions: tuple[str, ...] = ()
    reason: str = ""
    offers_person: bool = False

    def as_json(self) -> dict[str, Any]:
        """The shape promised to programs: by `ask --json` and over HTTP."""
        return {
            "text": self.text,
            "language": self.language,
            "outcome": self.outcome,
            "gear": self.gear,
            "citations": [citation.as_json() for citation in self.citations],
            "products": [product.as_json() for product in self.products],
            "conversation_id": self.conversation_id,
            "message_id": self.message_id,
            "timings_ms": {stage: round(ms, 1) for stage, ms in self.timings_ms.items()},
            "suggestions": list(self.suggestions),
            "reason": self.reason,
            "offers_person": self.offers_person,
        }


@dataclass(frozen=True)
class PassageTrace:
    """One Passage as search found it for a turn; `score` and `scores` as in Passage."""

    chunk_id: str
    source: str
    rank: int
    score: float
    found_by: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TurnTraceValues:
    """How one turn was answered, to be kept beside its Reply.

    Attributes:
        gear: which gear answered; `reason` says why that one.
        intent: what the shopper was taken to want.
        question: the standalone question that was searched, personal data masked.
        timings_ms: by stage, as in Reply.
        scores: by name (`passage` of the best passage, `intent`, `grounding` of the shown sentences); higher is better.
        versions: what answered, by name (`knowledge`, `embedder`, `generator`).
        passages: what search found, best first.
        prompt_hash: content hash of the prompt that the generator was given; empty when it was not asked.
    """

    gear: Gear
    reason: str
    intent: str = ""
    question: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    passages: tuple[PassageTrace, ...] = ()
    prompt_hash: str = ""


@dataclass(frozen=True)
class ReplyChunk:
    """One step of a streaming reply; exactly the field named by `kind` is set.

    `status`: "queued" (with `position`), "searching" or "writing". `token`: text to append, already checked.
    `citation`, `product`: a support or a card. `done`: the whole Reply, last. Text is shown only after it was
    checked, so nothing shown is ever taken back, but for one case: when a person takes over meanwhile, the Reply at
    the end has no text, and what came before is void.
    """

    kind: Literal["status", "token", "citation", "product", "done"]
    status: str = ""
    position: int = 0
    text: str = ""
    citation: Citation | None = None
    product: ProductCard | None = None
    reply: Reply | None = None
