"""What happens at the desk, live, for the staff's page."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse

from bot.bootstrap import Shopclerk
from bot.conversation.events import Event
from bot.staff.accounts import StaffAccount
from ui.live import PING_SECONDS, live_response
from ui.rendering import message_as_json
from ui.staff.door import Door


def events_router(shopclerk: Shopclerk, door: Door) -> APIRouter:
    """One stream a browser: everything that happens in the installation."""
    router = APIRouter(prefix="/api/staff")
    reader = Annotated[StaffAccount, Depends(door.staff("viewer"))]

    @router.get("/events")
    def listen(
        request: Request, account: reader, last_event_id: Annotated[str | None, Header()] = None
    ) -> StreamingResponse:
        return live_response(
            shopclerk.bulletin,
            shown_to_staff,
            lambda: {"account": account.id},
            last_event_id=last_event_id,
            ping_seconds=min(PING_SECONDS, shopclerk.desk.lease_seconds / 4),
            still_open=lambda: door.still_open(request),
        )

    return router


def shown_to_staff(event: Event) -> tuple[str, Mapping[str, Any]]:
    """What staff hear of an event: all of it, with its message."""
    told: dict[str, Any] = {"conversation_id": event.conversation_id, "at": event.created_at.isoformat(), **event.data}
    if event.message is not None:
        told["message"] = message_as_json(event.message) | {"author_id": event.message.author_id}
    return event.kind, told
