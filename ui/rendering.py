"""From what the bot says to what programs and pages read: pure functions, one place for each shape."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from bot.conversation.history import ConversationView, MessageView
from bot.reply import ReplyChunk


class Profile(Protocol):
    """How a shop shows itself; every attribute as in the shop's profile file."""

    name: Any
    languages: Any
    greeting: Any
    suggested_questions: Any
    colours: Any
    opening_hours: Any
    contact: Any
    logo: Any
    url: Any


def message_as_json(message: MessageView) -> dict[str, Any]:
    """One message of the history."""
    return {
        "id": message.id,
        "role": message.role,
        "text": message.text,
        "language": message.language,
        "created_at": message.created_at.isoformat(),
        "outcome": message.outcome,
        "gear": message.gear,
        "citations": [citation.as_json() for citation in message.citations],
        "products": [product.as_json() for product in message.products],
        "suggestions": list(message.suggestions),
        "rating": message.rating,
        "reply_to": message.reply_to,
    }


def conversation_as_json(conversation: ConversationView, messages: list[MessageView]) -> dict[str, Any]:
    """A conversation with its whole history."""
    return {
        "id": conversation.id,
        "shop": conversation.shop,
        "language": conversation.language,
        "state": conversation.state,
        "created_at": conversation.created_at.isoformat(),
        "messages": [message_as_json(message) for message in messages],
    }


def chunk_as_event(chunk: ReplyChunk) -> str:
    """One step of a reply as a server-sent event."""
    if chunk.kind == "status":
        return as_event("status", {"status": chunk.status, "position": chunk.position})
    if chunk.kind == "token":
        return as_event("token", {"text": chunk.text})
    value = chunk.citation or chunk.product or chunk.reply
    if value is None:
        raise ValueError(f"A {chunk.kind!r} step carries nothing; expected its value.")
    return as_event(chunk.kind, value.as_json())


def as_event(name: str, data: Mapping[str, Any]) -> str:
    """A server-sent event; JSON has no raw line breaks, so one `data` line is enough."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def json_for_script(value: Any) -> str:
    """JSON that can stand inside a <script> element: nothing in it can close the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def profile_as_json(profile: Profile) -> dict[str, Any]:
    """What a page shows of a shop."""
    return {
        "name": _by_language(profile.name),
        "greeting": _by_language(profile.greeting),
        "suggested_questions": _by_language(profile.suggested_questions),
        "opening_hours": _by_language(profile.opening_hours),
        "colours": {"primary": profile.colours.primary, "accent": profile.colours.accent},
        "contact": {"email": profile.contact.email, "phone": profile.contact.phone},
        "logo": profile.logo,
        "url": profile.url,
    }


def _by_language(texts: Mapping[str, Any]) -> dict[str, Any]:
    return {language: list(text) if isinstance(text, (list, tuple)) else text for language, text in texts.items()}
