"""Briefing: what the person who takes over should know, all of it taken from the conversation, nothing made up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answering.intent import SMALL_TALK, classify, order_number
from bot.conversation.messages import MessageView
from bot.reply import Citation, ProductCard

Outcome = Literal["answered", "failed", "order", "person", "open"]

MOST_QUESTIONS = 8


@dataclass(frozen=True)
class Asked:
    """One thing that the shopper asked, in their words.

    Attributes:
        outcome: `answered` with what it rests on, `failed`: nothing was found or the shopper rated it bad, `order`: the
            bot asked for details of an order, `person`: a colleague wrote after it, `open`: nobody answered yet.
        answer: the reply, in its own words; empty when there is none.
    """

    message_id: str
    text: str
    outcome: Outcome
    answer: str = ""
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Briefing:
    """The conversation in short.

    Attributes:
        asked: the latest questions, oldest first.
        sources: every source that was cited, once.
        products: every product that was shown, once, the latest first.
        orders: order numbers that the shopper named.
        open_message_id: the question to answer next; empty when there is none.
    """

    asked: tuple[Asked, ...]
    sources: tuple[Citation, ...]
    products: tuple[ProductCard, ...]
    orders: tuple[str, ...]
    open_message_id: str = ""


def briefing(said: Sequence[MessageView]) -> Briefing:
    """What a conversation was about."""
    questions = [message for message in said if message.role == "user" and _asks(message.text)]
    asked = tuple(_asked(message, said) for message in questions[-MOST_QUESTIONS:])
    sources = {(one.source, one.quote): one for message in said for one in message.citations}
    products = {card.product_id: card for message in reversed(said) for card in message.products}
    numbers = (order_number(message.text) for message in said if message.role == "user")
    return Briefing(
        asked=asked,
        sources=tuple(sources.values()),
        products=tuple(products.values()),
        orders=tuple(dict.fromkeys(number for number in numbers if number)),
        open_message_id=_open(asked),
    )


def _asks(text: str) -> bool:
    intent = classify(text).name
    return intent not in SMALL_TALK and intent not in ("person", "unclear", "injection")


def _open(asked: Sequence[Asked]) -> str:
    """The latest question that has no good answer."""
    return next((one.message_id for one in reversed(asked) if one.outcome in ("open", "failed")), "")


def _asked(message: MessageView, said: Sequence[MessageView]) -> Asked:
    reply = next((other for other in said if other.reply_to == message.id), None)
    if any(other.role == "human_agent" and other.sequence > message.sequence for other in said):
        return Asked(message.id, message.text, "person")
    if reply is None or reply.outcome == "handed_off":
        return Asked(message.id, message.text, "open")
    if reply.outcome == "refused" or reply.rating == -1:
        failed: Outcome = "order" if reply.gear == "none" and classify(message.text).name == "order" else "failed"
        return Asked(message.id, message.text, failed, reply.text, reply.citations)
    return Asked(message.id, message.text, "answered", reply.text, reply.citations)
