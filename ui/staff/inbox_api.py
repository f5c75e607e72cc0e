"""The desk's endpoints: the line, one conversation, and everything an agent does in it."""

from collections import deque
from time import monotonic
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from bot.bootstrap import Shopclerk
from bot.desk.agent_desk import Cited
from bot.staff.accounts import StaffAccount
from ui.rendering import message_as_json
from ui.staff.desk_rendering import briefing_as_json, draft_as_json, happening_as_json, waiting_as_json
from ui.staff.door import Door

READING_SECONDS = 900.0
_ID = Path(max_length=64)
_WORDS = Query(max_length=300)
_TOLD = ("state", "reply_withdrawn", "contact", "asked")


class NewCited(BaseModel):
    """A stored source to show with a message."""

    index: int = Field(ge=1, le=99)
    chunk_id: str = Field(max_length=100)
    quote: str = Field(default="", max_length=10_000)


class NewAgentMessage(BaseModel):
    """What an agent says."""

    id: str = Field(pattern="^[0-9a-f]{32}$")
    text: str = Field(default="", max_length=8000)
    product_ids: list[str] = Field(default_factory=list, max_length=6)
    sources: list[NewCited] = Field(default_factory=list, max_length=6)


class Forced(BaseModel):
    """To take a conversation from a colleague."""

    owner_id: str = Field(max_length=64)
    reason: str = Field(max_length=500)


class Colleague(BaseModel):
    """To whom a conversation goes."""

    agent_id: str = Field(max_length=64)


class Seen(BaseModel):
    """How far the agent has read."""

    sequence: int = Field(ge=0)


class Question(BaseModel):
    """Which message a suggestion should answer."""

    message_id: str = Field(default="", max_length=64)


class Reading:
    """Who reads what at present: an open conversation is read anew at each change, but entered in the log once."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], float] = {}

    def begins(self, account_id: str, conversation_id: str) -> bool:
        """Whether this is the first look for a while."""
        now = monotonic()
        self._since = {key: since for key, since in self._since.items() if now - since < READING_SECONDS}
        return self._since.setdefault((account_id, conversation_id), now) == now


def inbox_router(shopclerk: Shopclerk, door: Door) -> APIRouter:
    """The endpoints under `/api/staff/desk`."""
    router = APIRouter(prefix="/api/staff/desk")
    _add_reading(router, shopclerk, door)
    _add_changes(router, shopclerk, door)
    _add_talk(router, shopclerk, door)
    _add_looking_up(router, shopclerk, door)
    return router


def _add_reading(router: APIRouter, shopclerk: Shopclerk, door: Door) -> None:
    desk = shopclerk.desk
    reader = Annotated[StaffAccount, Depends(door.staff("viewer"))]
    reading = Reading()

    @router.get("/queue")
    def queue(_account: reader, shop: Annotated[str | None, Query(max_length=100)] = None) -> JSONResponse:
        event_id = shopclerk.bulletin.latest()
        line = desk.line.all(shop)
        moods = desk.feelings.latest([one.conversation_id for one in line])
        return _json(
            {
                "event_id": event_id,
                "conversations": [waiting_as_json(one, moods.get(one.conversation_id)) for one in line],
                "agents": [{"id": agent.id, "name": agent.name} for agent in desk.presence.here()],
            }
        )

    @router.get("/conversations/{conversation_id}")
    def conversation(account: reader, conversation_id: Annotated[str, _ID]) -> JSONResponse:
        event_id = shopclerk.bulletin.latest()
        view = shopclerk.history.conversation(conversation_id)
        request = shopclerk.handoffs.open_request(conversation_id)
        left = desk.contacts.left(conversation_id)
        if reading.begins(account.id, conversation_id):
            shopclerk.audit.record(account.email, "transcript.read", conversation_id, {"at": "desk"})
        messages = shopclerk.history.messages(conversation_id)
        return _json(
            {
                "event_id": event_id,
                "id": view.id,
                "shop": view.shop,
                "language": view.language,
                "state": view.state,
                "agent_id": view.agent_id,
                "agent": view.agent_name,
                "waiting_since": view.waiting_since.isoformat() if view.waiting_since else None,
                "reason": request.reason if request else "",
                "comment": request.summary if request else "",
                "read_by_shopper": view.read_by_shopper,
                "read_by_agent": view.read_by_agent,
                "contact": {"kind": left.kind, "masked": left.masked} if left else None,
                "messages": [message_as_json(one) | {"author_id": one.author_id} for one in messages],
                "happenings": [happening_as_json(event) for event in shopclerk.bulletin.past(conversation_id, _TOLD)],
                "briefing": briefing_as_json(desk.briefing(conversation_id)),
            }
        )

    @router.get("/conversations/{conversation_id}/briefing")
    def briefing(_account: reader, conversation_id: Annotated[str, _ID]) -> JSONResponse:
        return _json(briefing_as_json(desk.briefing(conversation_id)))


def _add_changes(router: APIRouter, shopclerk: Shopclerk, door: Door) -> None:
    desk = shopclerk.desk
    agent = Annotated[StaffAccount, Depends(door.staff("agent"))]
    conversation_id_type = Annotated[str, _ID]

    @router.post("/conversations/{conversation_id}/take", status_code=204)
    def take(account: agent, conversation_id: conversation_id_type) -> Response:
        desk.alive(account)
        desk.take(conversation_id, account)
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/take-from", status_code=204)
    def take_from(account: agent, conversation_id: conversation_id_type, forced: Forced) -> Response:
        desk.take_from(conversation_id, forced.owner_id, account, reason=forced.reason)
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/ask", status_code=204)
    def ask(account: agent, conversation_id: conversation_id_type) -> Response:
        desk.ask(conversation_id, account)
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/transfer", status_code=204)
    def transfer(account: agent, conversation_id: conversation_id_type, to: Colleague) -> Response:
        desk.transfer(conversation_id, account, to.agent_id)
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/release", status_code=204)
    def release(account: agent, conversation_id: conversation_id_type) -> Response:
        desk.release(conversation_id, account)
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/give-back", status_code=204)
    def give_back(account: agent, conversation_id: conversation_id_type, tasks: BackgroundTasks) -> Response:
        desk.give_back(conversation_id, account)
        # What the shopper wrote last and nobody answered is the bot's now.
        tasks.add_task(lambda: deque(shopclerk.assistant.resume(conversation_id), maxlen=0))
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/close", status_code=204)
    def close(account: agent, conversation_id: conversation_id_type) -> Response:
        desk.close(conversation_id, account)
        return Response(status_code=204)


def _add_talk(router: APIRouter, shopclerk: Shopclerk, door: Door) -> None:
    desk = shopclerk.desk
    agent = Annotated[StaffAccount, Depends(door.staff("agent"))]
    conversation_id_type = Annotated[str, _ID]

    @router.post("/heartbeat", status_code=204)
    def heartbeat(account: agent) -> Response:
        desk.alive(account)
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/messages", status_code=201)
    def say(account: agent, conversation_id: conversation_id_type, message: NewAgentMessage) -> JSONResponse:
        cited = [Cited(one.index, one.chunk_id, one.quote) for one in message.sources]
        said = desk.say(
            conversation_id, account, message.text, message_id=message.id, product_ids=message.product_ids, cited=cited
        )
        return _json(message_as_json(said) | {"author_id": said.author_id}, 201)

    @router.post("/conversations/{conversation_id}/typing", status_code=204)
    def typing(account: agent, conversation_id: conversation_id_type) -> Response:
        if shopclerk.history.conversation(conversation_id).agent_id == account.id:
            shopclerk.bulletin.publish("typing", conversation_id, {"by": "agent", "agent": account.name})
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/read", status_code=204)
    def read(account: agent, conversation_id: conversation_id_type, seen: Seen) -> Response:
        if shopclerk.history.conversation(conversation_id).agent_id == account.id:
            shopclerk.history.mark_read(conversation_id, "agent", seen.sequence)
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/contact")
    def contact(account: agent, conversation_id: conversation_id_type) -> JSONResponse:
        """The shopper's contact in clear; a POST, because it is written into the audit log."""
        return _json({"contact": desk.reveal_contact(conversation_id, account)})


def _add_looking_up(router: APIRouter, shopclerk: Shopclerk, door: Door) -> None:
    desk = shopclerk.desk
    agent = Annotated[StaffAccount, Depends(door.staff("agent"))]
    conversation_id_type = Annotated[str, _ID]

    @router.post("/conversations/{conversation_id}/draft")
    def draft(account: agent, conversation_id: conversation_id_type, question: Question) -> JSONResponse:  # noqa: ARG001 - the account is asked for to keep others out
        return _json(draft_as_json(desk.draft(conversation_id, question.message_id)))

    @router.get("/conversations/{conversation_id}/products")
    def products(_account: agent, conversation_id: conversation_id_type, q: Annotated[str, _WORDS]) -> JSONResponse:
        view = shopclerk.history.conversation(conversation_id)
        found = desk.lookup().products(view.shop, q, language=view.language or "en")
        return _json({"products": [card.as_json() for card in found]})

    @router.get("/conversations/{conversation_id}/sources")
    def sources(_account: agent, conversation_id: conversation_id_type, q: Annotated[str, _WORDS]) -> JSONResponse:
        view = shopclerk.history.conversation(conversation_id)
        found = desk.lookup().sources(view.shop, q, language=view.language or "en")
        return _json({"sources": [citation.as_json() for citation in found]})


def _json(document: dict[str, Any], status: int = 200) -> JSONResponse:
    return JSONResponse(document, status, {"Cache-Control": "no-store"})
