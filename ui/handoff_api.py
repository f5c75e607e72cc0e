"""The shopper's side of the desk: who answers, the place in the line, typing, what was read, a contact, live events."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from bot.bootstrap import Shopclerk
from bot.conversation.events import Event
from bot.conversation.history import ConversationView
from ui.limiting import Limiter
from ui.live import live_response
from ui.rendering import message_as_json

_ID = Path(max_length=64, description="As given when it was made.")

Opened = Callable[[str | None, str], ConversationView]
"""The conversation with this id, if the `Authorization` header opens it."""


class Read(BaseModel):
    """How far the shopper has read."""

    sequence: int = Field(ge=0, description="Of the latest message seen.")


class LeftContact(BaseModel):
    """Where the shopper wants to be reached."""

    contact: str = Field(max_length=300, description="An e-mail address or a phone number.")


def add_handoff_endpoints(router: APIRouter, shopclerk: Shopclerk, limiter: Limiter, opened: Opened) -> None:
    """Add what a shopper needs while a person is asked for or there.

    Args:
        router: under `/api/v1`.
        shopclerk: knows who is in charge.
        limiter: bounds what one shopper may send.
        opened: opens a conversation by its token.
    """
    bearer = Annotated[str | None, Header(alias="Authorization", description="Bearer TOKEN")]
    conversation_id_type = Annotated[str, _ID]

    @router.get("/conversations/{conversation_id}/handoff", summary="Who answers")
    def handoff(conversation_id: conversation_id_type, authorization: bearer = None) -> JSONResponse:
        """Who answers, the place in the line, whether people are there now, and the contact that was left, masked."""
        return _fresh(handoff_as_json(shopclerk, opened(authorization, conversation_id)))

    @router.delete("/conversations/{conversation_id}/handoff", summary="Stay with the bot")
    def withdraw(conversation_id: conversation_id_type, authorization: bearer = None) -> JSONResponse:
        """Wait for a person no longer."""
        opened(authorization, conversation_id)
        shopclerk.handoffs.withdraw(conversation_id)
        return _fresh(handoff_as_json(shopclerk, shopclerk.history.conversation(conversation_id)))

    @router.post("/conversations/{conversation_id}/contact", status_code=201, summary="Leave a contact")
    def leave_contact(
        conversation_id: conversation_id_type, left: LeftContact, authorization: bearer = None
    ) -> JSONResponse:
        """Say where to be reached; it is kept apart from the talk, and shown to staff on a logged click only."""
        opened(authorization, conversation_id)
        shopclerk.desk.contacts.leave(conversation_id, left.contact)
        handoff = handoff_as_json(shopclerk, shopclerk.history.conversation(conversation_id))
        return JSONResponse(handoff, 201, {"Cache-Control": "no-store"})

    @router.post("/conversations/{conversation_id}/typing", status_code=204, summary="Say that one types")
    def typing(conversation_id: conversation_id_type, authorization: bearer = None) -> Response:
        """Show the person in charge that the shopper types."""
        conversation = opened(authorization, conversation_id)
        if conversation.state == "human" and limiter.lets_signal(conversation_id):
            shopclerk.bulletin.publish("typing", conversation_id, {"by": "shopper"})
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/read", status_code=204, summary="Say what was read")
    def read(conversation_id: conversation_id_type, seen: Read, authorization: bearer = None) -> Response:
        """Show the person in charge how far the shopper has read."""
        opened(authorization, conversation_id)
        if limiter.lets_signal(conversation_id):
            shopclerk.history.mark_read(conversation_id, "shopper", seen.sequence)
        return Response(status_code=204)

    @router.get(
        "/conversations/{conversation_id}/events",
        summary="Listen",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    def listen(
        conversation_id: conversation_id_type,
        authorization: bearer = None,
        last_event_id: Annotated[str | None, Header(description="Id of the last event heard before a break.")] = None,
    ) -> StreamingResponse:
        """What happens, as server-sent events that resume after a break without a gap.

        Events: `hello` (as `GET …/handoff`), `message`, `state` (who answers now), `position`, `typing`, `read`,
        `reply_withdrawn` (a person took over while the bot answered), `reset` (read everything anew), `ping`.
        """
        opened(authorization, conversation_id)
        return live_response(
            shopclerk.bulletin,
            shown_to_shopper,
            lambda: handoff_as_json(shopclerk, shopclerk.history.conversation(conversation_id)),
            last_event_id=last_event_id,
            conversation_id=conversation_id,
        )


def handoff_as_json(shopclerk: Shopclerk, conversation: ConversationView) -> dict[str, Any]:
    """Who answers a conversation, as its shopper may know it."""
    desk = shopclerk.desk
    event_id = shopclerk.bulletin.latest()
    there = desk.people_there(shopclerk.profiles.get(conversation.shop))
    left = desk.contacts.left(conversation.id)
    waiting = conversation.state == "waiting"
    past = shopclerk.bulletin.past(conversation.id, ("state",)) if conversation.takeovers or waiting else []
    return {
        "state": conversation.state,
        "agent": conversation.agent_name,
        "position": desk.line.positions().get(conversation.id) if waiting else None,
        "waiting_since": _iso(conversation.waiting_since),
        "open": there.open,
        "opens_at": _iso(there.opens_at),
        "contact": left.masked if left else None,
        "read_by_agent": conversation.read_by_agent,
        "changes": [_state(event) | {"at": event.created_at.isoformat()} for event in past],
        "event_id": event_id,
    }


def shown_to_shopper(event: Event) -> tuple[str, Mapping[str, Any]] | None:
    """What a shopper hears of an event in their conversation."""
    if event.kind == "message" and event.message is not None:
        return "message", message_as_json(event.message)
    if event.kind == "state":
        return "state", _state(event)
    if event.kind in ("typing", "read") and event.data.get("by") == "agent":
        return event.kind, dict(event.data)
    if event.kind == "reply_withdrawn":
        return "reply_withdrawn", {"reply_to": event.data["reply_to"]}
    if event.kind == "position":
        return "position", dict(event.data)
    return None


def _state(event: Event) -> dict[str, Any]:
    data = event.data
    return {
        "state": data["to"],
        "change": data["change"],
        "agent": data.get("agent"),
        "before": data.get("before"),
    }


def _iso(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()


def _fresh(document: Mapping[str, Any]) -> JSONResponse:
    return JSONResponse(dict(document), headers={"Cache-Control": "no-store"})
