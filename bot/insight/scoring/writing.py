"""Writes what was scored, so that nothing is ever doubled however many processes score at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.dml import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert
from sqlmodel import Session, SQLModel, col

from bot.insight.scoring.moods import ConversationMood as Told
from bot.insight.sentiment.feeling import AspectFeeling, Feeling
from bot.insight.tables import ConversationMood, MessageAspect, MessageMood, ProductReview, ReviewAspect


@dataclass(frozen=True)
class Unscored:
    """A shopper's message that waits to be scored."""

    message_id: str
    conversation_id: str
    shop: str
    text: str
    said_at: datetime


def write_moods(session: Session, scored: Sequence[tuple[Unscored, Feeling]], version: str) -> int:
    """Add the moods of messages to the transaction; what another process has scored by this model stays as it is.

    Returns:
        How many were written.
    """
    rows = {
        message.message_id: MessageMood(
            message_id=message.message_id,
            conversation_id=message.conversation_id,
            shop=message.shop,
            **feeling_columns(feeling),
            aspects={one.aspect: one.label for one in feeling.aspects},
            model_version=version,
            said_at=message.said_at,
        )
        for message, feeling in scored
    }
    # In one order, so that two writers wait in turn and never for each other.
    written = _written(session, MessageMood, [rows[key] for key in sorted(rows)], keep=("product_id",))
    session.exec(delete(MessageAspect).where(col(MessageAspect.message_id).in_(written)))
    for message, feeling in scored:
        if message.message_id in written:
            session.add_all(
                MessageAspect(message_id=message.message_id, **_aspect_columns(one)) for one in feeling.aspects
            )
    return len(written)


def write_reviews(session: Session, scored: Sequence[tuple[ProductReview, Feeling]], version: str) -> int:
    """Add reviews to the transaction; one that is there, scored by this model, stays as it is.

    Returns:
        How many were written.
    """
    feelings = {review.id: feeling for review, feeling in scored}
    rows = {
        review.id: ProductReview(**review.model_dump() | feeling_columns(feeling) | {"model_version": version})
        for review, feeling in scored
    }
    written = _written(session, ProductReview, [rows[key] for key in sorted(rows)])
    session.exec(delete(ReviewAspect).where(col(ReviewAspect.review_id).in_(written)))
    for review_id in written:
        session.add_all(
            ReviewAspect(review_id=review_id, **_aspect_columns(one)) for one in feelings[review_id].aspects
        )
    return len(written)


def write_conversation_mood(session: Session, conversation_id: str, told: Told, version: str) -> None:
    """Add how a conversation goes to the transaction; the last one wins."""
    row = ConversationMood(
        conversation_id=conversation_id,
        satisfaction=told.satisfaction,
        trend=told.trend,
        turned_at_message=told.turned_at_message,
        turned_after_message=told.turned_after_message,
        sustained_anger=told.sustained_anger,
        failures_in_a_row=told.failures_in_a_row,
        last_sequence=told.last_sequence,
        model_version=version,
        scored_at=datetime.now(UTC),
    )
    values = row.model_dump()
    statement = _insert(session, ConversationMood).values(values)
    session.exec(statement.on_conflict_do_update(index_elements=["conversation_id"], set_=values))


def feeling_columns(feeling: Feeling) -> dict[str, Any]:
    """A feeling as a row of a message or a review keeps it."""
    return {
        "label": feeling.label,
        "score": feeling.score,
        "scores": {label: round(score, 6) for label, score in feeling.scores.items()},
        "language": feeling.language,
        "scored_at": datetime.now(UTC),
    }


def _aspect_columns(one: AspectFeeling) -> dict[str, Any]:
    return {"aspect": one.aspect, "label": one.label, "score": one.score, "clause": one.clause}


def _written(
    session: Session, table: type[SQLModel], rows: Iterable[SQLModel], *, keep: Sequence[str] = ()
) -> set[str]:
    """Insert rows, or replace those of another model; keys of the rows that were written."""
    columns = table.__table__  # type: ignore[attr-defined]  # SQLModel adds it
    (key,) = columns.primary_key
    found: set[str] = set()
    for row in rows:
        values = row.model_dump()
        changed: Mapping[str, Any] = {
            name: value for name, value in values.items() if name != key.name and name not in keep
        }
        upsert = _insert(session, table).values(values)
        another = columns.c.model_version != values["model_version"]
        kept = upsert.on_conflict_do_update(index_elements=[key], set_=changed, where=another)
        found.update(session.exec(kept.returning(key)).scalars())
    return found


def _insert(session: Session, table: type[SQLModel]) -> PostgresInsert | SqliteInsert:
    """The two dialects speak the same upsert, but SQLAlchemy has no common word for it."""
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    return postgresql.insert(table) if bind.dialect.name == "postgresql" else sqlite.insert(table)
