"""Talk: one conversation as its mood is told from: who said what, how it felt, and how the answers fared."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from bot.conversation.tables import Citation, Conversation, Feedback, Message
from bot.insight.sentiment.feeling import Label
from bot.insight.tables import MessageMood
from knowledge.tables import ChunkRow, Product


@dataclass(frozen=True)
class Said:
    """One message.

    Attributes:
        by_shopper: else the bot or a person of the shop.
        mood: -1 to 1, chance of positive less that of negative; None where it is not known.
        failed: an answer that was none, or that the shopper rated bad.
        products: ids of those that it shows or cites.
        reply_to: the shopper's message that it answers.
    """

    message_id: str
    by_shopper: bool
    text: str
    mood: float | None = None
    failed: bool = False
    products: tuple[str, ...] = ()
    reply_to: str | None = None


@dataclass(frozen=True)
class Talk:
    """What was said, in order, and the number of the latest message."""

    said: tuple[Said, ...] = field(default=())
    last_sequence: int = 0

    @property
    def moods(self) -> list[tuple[str, float]]:
        """The shopper's messages whose mood is known, and it."""
        return [(one.message_id, one.mood) for one in self.said if one.by_shopper and one.mood is not None]


def read_talk(session: Session, conversation_id: str) -> Talk:
    """One conversation with the moods that are known; one that is not there has no messages."""
    conversation = session.get(Conversation, conversation_id)
    found = session.exec(
        select(Message, MessageMood, Feedback)
        .outerjoin(MessageMood, col(MessageMood.message_id) == col(Message.id))
        .outerjoin(Feedback, col(Feedback.message_id) == col(Message.id))
        .where(Message.conversation_id == conversation_id)
        .order_by(col(Message.sequence))
    ).all()
    cited = _cited_products(session, [message.id for message, _, _ in found if message.role != "user"])
    said = tuple(_said(message, mood, feedback, cited.get(message.id, ())) for message, mood, feedback in found)
    return Talk(said, conversation.last_sequence if conversation else 0)


def mood_of_scores(scores: Mapping[Label, float] | Mapping[str, float]) -> float:
    """Chances of the labels as one number, -1 to 1."""
    return scores["positive"] - scores["negative"]


def _said(message: Message, mood: MessageMood | None, feedback: Feedback | None, cited: Sequence[str]) -> Said:
    refused = message.outcome == "refused" or (feedback is not None and feedback.rating < 0)
    return Said(
        message_id=message.id,
        by_shopper=message.role == "user",
        text=message.text,
        mood=mood_of_scores(mood.scores) if mood else None,
        failed=message.role == "assistant" and refused,
        products=tuple(dict.fromkeys((*_shown(message.products), *cited))),
        reply_to=message.reply_to,
    )


def _shown(cards: Sequence[dict[str, Any]]) -> list[str]:
    return [str(card["product_id"]) for card in cards if card.get("product_id")]


def _cited_products(session: Session, message_ids: Sequence[str]) -> Mapping[str, list[str]]:
    """The products whose own pages each reply cites."""
    cited: defaultdict[str, list[str]] = defaultdict(list)
    for message_id, product_id in session.exec(
        select(Citation.message_id, Product.product_id)
        .join(ChunkRow, col(ChunkRow.id) == col(Citation.chunk_id))
        .join(Product, col(Product.document_id) == col(ChunkRow.document_id))
        .where(col(Citation.message_id).in_(message_ids))
        .order_by(col(Citation.message_id), col(Citation.mark))
    ):
        cited[message_id].append(product_id)
    return cited
