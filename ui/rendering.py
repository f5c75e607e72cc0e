"""From what the bot says to what programs and pages read: pure functions, one place for each shape."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.conversation.history import ConversationView, MessageView
from bot.reply import ReplyChunk, comparison


class Contact(Protocol):
    """How people reach people of the shop."""

    @property
    def email(self) -> str:
        """Empty when there is none."""
        ...

    @property
    def phone(self) -> str:
        """Empty when there is none."""
        ...


class Colours(Protocol):
    """The shop's two colours as #RRGGBB."""

    @property
    def primary(self) -> str:
        """Of buttons and marks."""
        ...

    @property
    def accent(self) -> str:
        """Of highlights."""
        ...


class Profile(Protocol):
    """How a shop shows itself; texts by language."""

    @property
    def name(self) -> Mapping[str, str]:
        """The shop's."""
        ...

    @property
    def greeting(self) -> Mapping[str, str]:
        """Said on the empty page; may be empty."""
        ...

    @property
    def suggested_questions(self) -> Mapping[str, Sequence[str]]:
        """Shown on the empty page."""
        ...

    @property
    def opening_hours(self) -> Mapping[str, str]:
        """When people answer."""
        ...

    @property
    def contact(self) -> Contact:
        """How they are reached."""
        ...

    @property
    def colours(self) -> Colours:
        """Made readable by `theme`."""
        ...

    @property
    def logo(self) -> str:
        """A picture as a link or a data address; empty when there is none."""
        ...

    @property
    def url(self) -> str:
        """Where the shop sells."""
        ...


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
        "comparison": table.as_json() if (table := comparison(message.products)) else None,
        "orders": [order.as_json() for order in message.orders],
        "suggestions": list(message.suggestions),
        "rating": message.rating,
        "reply_to": message.reply_to,
        "sequence": message.sequence,
        "offers_person": message.offers_person,
        "author": message.author,
    }


def conversation_as_json(conversation: ConversationView, messages: list[MessageView]) -> dict[str, Any]:
    """A conversation with its whole history."""
    return {
        "id": conversation.id,
        "shop": conversation.shop,
        "language": conversation.language,
        # What programs were promised first; `handoff` tells more.
        "state": "handed_off" if conversation.state in ("waiting", "human") else "open",
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


def as_event(name: str, data: Mapping[str, Any], event_id: int = 0) -> str:
    """A server-sent event; JSON has no raw line breaks, so one `data` line is enough."""
    number = f"id: {event_id}\n" if event_id else ""
    return f"{number}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def json_for_script(value: Any) -> str:
    """JSON that can stand inside a <script> element: nothing in it can close the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def profile_as_json(profile: Profile) -> dict[str, Any]:
    """What a page shows of a shop."""
    return {
        "name": dict(profile.name),
        "greeting": dict(profile.greeting),
        "suggested_questions": {language: list(texts) for language, texts in profile.suggested_questions.items()},
        "opening_hours": dict(profile.opening_hours),
        "contact": {"email": profile.contact.email, "phone": profile.contact.phone},
        "logo": profile.logo,
        "url": profile.url,
    }


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in the language, or in the one there is."""
    return texts.get(language) or next(iter(texts.values()), "")
