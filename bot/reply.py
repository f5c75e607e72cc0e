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
        reason: why it is shown, told from its row in the reader's language; may be empty.
        compared: what it is compared by with the others of the reply, by name; empty where nothing is compared.
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
    reason: str = ""
    compared: Mapping[str, str] = field(default_factory=dict)

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
            "reason": self.reason,
            "compared": dict(self.compared),
        }


@dataclass(frozen=True)
class ComparisonRow:
    """One thing that products are compared by: its name, and each product's value."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether it sets them apart."""
        return len(set(self.values)) > 1


@dataclass(frozen=True)
class Comparison:
    """Products side by side; `titles` and every row's values are in the order of `product_ids`."""

    product_ids: tuple[str, ...]
    titles: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]

    def as_json(self) -> dict[str, Any]:
        """The shape promised to programs."""
        return {
            "product_ids": list(self.product_ids),
            "titles": list(self.titles),
            "rows": [{"name": row.name, "values": list(row.values), "differs": row.differs} for row in self.rows],
        }


def comparison(cards: Sequence[ProductCard]) -> Comparison | None:
    """The table of the cards that are compared; None where fewer than two are."""
    compared = [card for card in cards if card.compared]
    if len(compared) < 2:
        return None
    rows = tuple(
        ComparisonRow(name, tuple(card.compared.get(name, "–") for card in compared)) for name in compared[0].compared
    )
    return Comparison(tuple(card.product_id for card in compared), tuple(card.title for card in compared), rows)


@dataclass(frozen=True)
class OrderCardLine:
    """One item on an OrderCard.

    Attributes:
        options: what was chosen, in the reply's language where the shop gave it.
        price: of one piece.
        return_until: ISO 8601; None when it cannot come back, or without a deadline.
        returnable: whether it can come back at present.
    """

    title: str
    quantity: int
    price: Decimal
    options: Mapping[str, str] = field(default_factory=dict)
    returnable: bool = False
    return_until: str | None = None


@dataclass(frozen=True)
class OrderAct:
    """What a shopper may have done about an order: the words on the button, and what it says for them."""

    kind: str
    label: str
    say: str


@dataclass(frozen=True)
class OrderCard:
    """An order as it was when it was shown, without anything that tells who the customer is.

    Attributes:
        state: `pending`, `processed`, `shipped`, `delivered`, `cancelled`, `returned`, `return_requested` or
            `exchange_requested`.
        placed_on, expected_on, delivered_on: ISO 8601 days.
        tracking_url: where the carrier shows the parcel; None when that is not known.
        acts: what may be done at present.
    """

    order_number: str
    state: str
    placed_on: str
    lines: tuple[OrderCardLine, ...]
    total: Decimal
    currency: str
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str | None = None
    expected_on: str | None = None
    delivered_on: str | None = None
    acts: tuple[OrderAct, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape promised to programs; amounts are strings, so that no cent is lost to a float."""
        return {
            "order_number": self.order_number,
            "state": self.state,
            "placed_on": self.placed_on,
            "lines": [
                {
                    "title": line.title,
                    "quantity": line.quantity,
                    "price": str(line.price),
                    "options": dict(line.options),
                    "returnable": line.returnable,
                    "return_until": line.return_until,
                }
                for line in self.lines
            ],
            "total": str(self.total),
            "currency": self.currency,
            "carrier": self.carrier,
            "tracking_number": self.tracking_number,
            "tracking_url": self.tracking_url,
            "expected_on": self.expected_on,
            "delivered_on": self.delivered_on,
            "acts": [{"kind": act.kind, "label": act.label, "say": act.say} for act in self.acts],
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
        orders: the shopper's orders that it tells of.
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
    orders: tuple[OrderCard, ...] = ()

    @property
    def comparison(self) -> Comparison | None:
        """The products of the reply side by side, where it compares them."""
        return comparison(self.products)

    def as_json(self) -> dict[str, Any]:
        """The shape promised to programs: by `ask --json` and over HTTP."""
        table = self.comparison
        return {
            "text": self.text,
            "language": self.language,
            "outcome": self.outcome,
            "gear": self.gear,
            "citations": [citation.as_json() for citation in self.citations],
            "products": [product.as_json() for product in self.products],
            "comparison": table.as_json() if table else None,
            "conversation_id": self.conversation_id,
            "message_id": self.message_id,
            "timings_ms": {stage: round(ms, 1) for stage, ms in self.timings_ms.items()},
            "suggestions": list(self.suggestions),
            "reason": self.reason,
            "offers_person": self.offers_person,
            "orders": [order.as_json() for order in self.orders],
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
        prompt: what the generator was given, made of masked text; empty when it was not asked.
    """

    gear: Gear
    reason: str
    intent: str = ""
    question: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    passages: tuple[PassageTrace, ...] = ()
    prompt: str = ""


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
