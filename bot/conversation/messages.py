"""MessageView: one message as others see it, read from its row and those that belong to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlmodel import Session, col, select

from bot.conversation import rows, tables
from bot.reply import Citation, Gear, OrderCard, Outcome, ProductCard

Role = Literal["user", "assistant", "human_agent"]


@dataclass(frozen=True)
class MessageView:
    """One message as others see it.

    Attributes:
        sequence: its place in the conversation, from 1, without gaps.
        text: personal data masked.
        outcome, gear, suggestions, reply_to: of a reply.
        citations, products: of a reply, or of a person's message.
        orders: of a reply.
        rating: the shopper's thumb, -1 or 1.
        offers_person: the reply asks whether a person should take over.
        author: the name of the person who wrote it, of a person's message.
    """

    id: str
    conversation_id: str
    sequence: int
    role: Role
    text: str
    language: str | None
    created_at: datetime
    outcome: Outcome | None = None
    gear: Gear | None = None
    citations: tuple[Citation, ...] = ()
    products: tuple[ProductCard, ...] = ()
    orders: tuple[OrderCard, ...] = ()
    suggestions: tuple[str, ...] = ()
    rating: int | None = None
    reply_to: str | None = None
    offers_person: bool = False
    author_id: str | None = None
    author: str | None = None


def views(session: Session, messages: Sequence[tables.Message]) -> list[MessageView]:
    """The messages with their citations and thumbs, in two further queries however many they are."""
    ids = [message.id for message in messages]
    cited: defaultdict[str, list[tables.Citation]] = defaultdict(list)
    for citation in session.exec(
        select(tables.Citation).where(col(tables.Citation.message_id).in_(ids)).order_by(col(tables.Citation.mark))
    ):
        cited[citation.message_id].append(citation)
    ratings: Mapping[str, int] = {
        feedback.message_id: feedback.rating
        for feedback in session.exec(select(tables.Feedback).where(col(tables.Feedback.message_id).in_(ids)))
    }
    return [view(message, cited[message.id], ratings.get(message.id)) for message in messages]


def view(row: tables.Message, cited: Iterable[tables.Citation] = (), rating: int | None = None) -> MessageView:
    """One message from its rows."""
    return MessageView(
        id=row.id,
        conversation_id=row.conversation_id,
        sequence=row.sequence,
        role=cast(Role, row.role),
        text=row.text,
        language=row.language,
        created_at=row.created_at,
        outcome=cast("Outcome | None", row.outcome),
        gear=cast("Gear | None", row.gear),
        citations=tuple(rows.citation(citation) for citation in cited),
        products=tuple(rows.card(values) for values in row.products),
        orders=tuple(rows.order_card(values) for values in row.orders),
        suggestions=tuple(row.suggestions),
        rating=rating,
        reply_to=row.reply_to,
        offers_person=row.offers_person,
        author_id=row.author_id,
        author=row.author,
    )
