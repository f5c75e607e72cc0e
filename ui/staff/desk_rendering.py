"""What the desk shows, as the staff's page reads it: pure functions."""

from typing import Any, Protocol

from bot.conversation.events import Event
from bot.conversation.handoff import Waiting
from bot.desk.briefing import Asked, Briefing
from bot.reply import Citation, ProductCard


class Draft(Protocol):
    """What the bot would answer."""

    @property
    def text(self) -> str:
        """Its words."""
        ...

    @property
    def outcome(self) -> str:
        """`answered` or `refused`."""
        ...

    @property
    def gear(self) -> str:
        """How it came about."""
        ...

    @property
    def question(self) -> str:
        """What was searched."""
        ...

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What it rests on."""
        ...

    @property
    def products(self) -> tuple[ProductCard, ...]:
        """What is shown with it."""
        ...


def waiting_as_json(one: Waiting, mood: str | None) -> dict[str, Any]:
    """One conversation of the line, with the mood of its shopper's latest message."""
    return {
        "id": one.conversation_id,
        "shop": one.shop,
        "language": one.language,
        "state": one.state,
        "position": one.position,
        "reason": one.reason,
        "mood": mood,
        "waiting_since": one.waiting_since.isoformat() if one.waiting_since else None,
        "agent_id": one.agent_id,
        "agent": one.agent_name,
        "last_text": one.last_text,
        "last_role": one.last_role,
        "last_at": one.last_at.isoformat(),
        "unread": one.unread,
        "has_contact": one.has_contact,
    }


def happening_as_json(event: Event) -> dict[str, Any]:
    """Something that happened between messages."""
    return {"kind": event.kind, "at": event.created_at.isoformat(), **event.data}


def briefing_as_json(briefing: Briefing) -> dict[str, Any]:
    """The conversation in short."""
    return {
        "asked": [_asked(one) for one in briefing.asked],
        "sources": [citation.as_json() for citation in briefing.sources],
        "products": [card.as_json() for card in briefing.products],
        "orders": list(briefing.orders),
        "open_message_id": briefing.open_message_id,
    }


def draft_as_json(draft: Draft | None) -> dict[str, Any]:
    """A suggestion; without text where the shop's knowledge has no answer."""
    if draft is None or draft.outcome != "answered":
        question = draft.question if draft else ""
        return {"text": "", "gear": "none", "question": question, "citations": [], "products": []}
    return {
        "text": draft.text,
        "gear": draft.gear,
        "question": draft.question,
        "citations": [citation.as_json() for citation in draft.citations],
        "products": [card.as_json() for card in draft.products],
    }


def _asked(one: Asked) -> dict[str, Any]:
    return {
        "message_id": one.message_id,
        "text": one.text,
        "outcome": one.outcome,
        "answer": one.answer,
        "citations": [citation.as_json() for citation in one.citations],
    }
