"""Between the values that travel (Citation, ProductCard, TurnTraceValues) and the rows and JSON that stay."""

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from pydantic import TypeAdapter

from bot.conversation import tables
from bot.reply import Citation, Gear, OrderCard, PassageTrace, ProductCard, TurnTraceValues

_ORDER_CARD = TypeAdapter(OrderCard)


def citation_row(message_id: str, citation: Citation) -> tables.Citation:
    """The row that keeps a Citation."""
    return tables.Citation(
        message_id=message_id,
        mark=citation.index,
        chunk_id=citation.chunk_id,
        source=citation.source,
        title=citation.title,
        cited_quote=citation.quote,
        grounded_span=citation.grounded_span,
        passage=citation.passage,
        url=citation.url,
        score=citation.score,
    )


def citation(row: tables.Citation) -> Citation:
    """The Citation that a row keeps."""
    return Citation(
        index=row.mark,
        source=row.source,
        title=row.title,
        quote=row.cited_quote,
        url=row.url,
        score=row.score,
        chunk_id=row.chunk_id,
        passage=row.passage,
        grounded_span=row.grounded_span,
    )


def card(values: dict[str, Any]) -> ProductCard:
    """The ProductCard that JSON keeps; the inverse of `ProductCard.as_json`, whatever else that shows."""
    known = {field.name: values[field.name] for field in fields(ProductCard) if field.name in values}
    price, options = known["price"], known["options"]
    known["price"] = None if price is None else Decimal(price)
    known["options"] = {name: tuple(choices) for name, choices in options.items()}
    return ProductCard(**known)


def order_card(values: dict[str, Any]) -> OrderCard:
    """The OrderCard that JSON keeps; the inverse of `OrderCard.as_json`."""
    return _ORDER_CARD.validate_python(values)


def trace_row(message_id: str, trace: TurnTraceValues, created_at: datetime) -> tables.TurnTrace:
    """The row that keeps a TurnTraceValues."""
    return tables.TurnTrace(
        message_id=message_id,
        gear=trace.gear,
        reason=trace.reason,
        intent=trace.intent,
        question=trace.question,
        prompt=trace.prompt,
        timings_ms=dict(trace.timings_ms),
        scores=dict(trace.scores),
        versions=dict(trace.versions),
        passages=[_passage_json(passage) for passage in trace.passages],
        created_at=created_at,
    )


def trace_values(row: tables.TurnTrace) -> TurnTraceValues:
    """The TurnTraceValues that a row keeps."""
    return TurnTraceValues(
        gear=cast(Gear, row.gear),
        reason=row.reason,
        intent=row.intent,
        question=row.question,
        prompt=row.prompt,
        timings_ms=row.timings_ms,
        scores=row.scores,
        versions=row.versions,
        passages=tuple(_passage_trace(values) for values in row.passages),
    )


def _passage_json(passage: PassageTrace) -> dict[str, Any]:
    return {
        "chunk_id": passage.chunk_id,
        "source": passage.source,
        "rank": passage.rank,
        "score": passage.score,
        "found_by": list(passage.found_by),
        "scores": dict(passage.scores),
    }


def _passage_trace(values: dict[str, Any]) -> PassageTrace:
    return PassageTrace(**values | {"found_by": tuple(values["found_by"])})
