"""Endpoints of the tab Conversations: the list, one conversation, what staff add to it, and taking it out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from bot.bootstrap import Shopclerk
from bot.errors import NotFound
from bot.staff.accounts import StaffAccount
from bot.transcripts.listing import MOST, PAGE, Order, Wanted
from bot.transcripts.opening import Opened
from ui.staff.door import Door
from ui.staff.insight_address import FigureAddress
from ui.staff.transcript_rendering import as_csv, as_jsonl, as_page, line_json, note_json, opened_json
from ui.texts import Texts, staff_texts_for

MOST_EXPORTED = 1000
"""Conversations in one export of the list."""

_ID = Path(max_length=64)

Form = Literal["csv", "jsonl", "html"]


class Filters(BaseModel):
    """Which conversations, as in the address of a request."""

    shop: str = Field(default="", max_length=100, description="The installation's own by default.")
    q: str = Field(default="", max_length=200, description="Words to look for.")
    since: AwareDatetime | None = None
    before: AwareDatetime | None = None
    outcome: str = Field(default="", max_length=20)
    mood: str = Field(default="", max_length=20)
    language: str = Field(default="", max_length=10)
    product: str = Field(default="", max_length=200)
    gear: str = Field(default="", max_length=20)
    rating: str = Field(default="", max_length=10)
    tag: str = Field(default="", max_length=40)
    state: str = Field(default="", max_length=20)
    mine: bool = False
    unread: bool = False
    figure: str = Field(default="", max_length=2000, description="Query of an Insight figure's address.")
    order: Order = "latest"

    def wanted(self, shopclerk: Shopclerk) -> Wanted:
        """The same for the list."""
        shop = self.shop or shopclerk.settings.shop
        values = self.model_dump(include=set(Filters.model_fields) - {"q", "shop", "figure"})
        figure = None
        if self.figure:
            asked = FigureAddress.read(self.figure).model_copy(update={"shop": shop})
            figure = (asked.filters(shopclerk), asked.figure())
        return Wanted(shop=shop, words=self.q, figure=figure, **values)


class PageWish(Filters):
    """Filters, and which page."""

    after: str | None = Field(default=None, max_length=200, description="`next` of the page before.")
    limit: int = Field(default=PAGE, ge=1, le=MOST)


class ExportWish(Filters):
    """Filters, and in which form."""

    form: Form = "csv"


class ReadUntil(BaseModel):
    """The message that was read last."""

    sequence: int = Field(ge=0)


class NewNote(BaseModel):
    """A note for colleagues."""

    text: str = Field(max_length=20_000)


class NewTags(BaseModel):
    """All tags that are to be on a conversation."""

    tags: list[Annotated[str, Field(max_length=200)]] = Field(max_length=100)


class Reason(BaseModel):
    """Why somebody wants to see what was masked."""

    reason: str = Field(default="", max_length=400)


def transcripts_router(shopclerk: Shopclerk, door: Door) -> APIRouter:
    """What staff may read and write of conversations.

    Args:
        shopclerk: holds them.
        door: knows who is signed in.
    """
    router = APIRouter(prefix="/api/staff")
    own_shop = shopclerk.settings.shop
    viewer = Annotated[StaffAccount, Depends(door.staff())]
    agent = Annotated[StaffAccount, Depends(door.staff("agent"))]
    id_type = Annotated[str, _ID]
    words = Annotated[Texts, Depends(staff_texts_for)]

    @router.get("/transcripts")
    def lines(wish: Annotated[PageWish, Query()], reader: viewer) -> dict[str, Any]:
        page = shopclerk.transcript_list.page(wish.wanted(shopclerk), reader, after=wish.after, limit=wish.limit)
        return {"lines": [line_json(line) for line in page.lines], "next": page.next}

    @router.get("/transcripts/count")
    def count(wish: Annotated[Filters, Query()], reader: viewer) -> dict[str, Any]:
        number, more = shopclerk.transcript_list.count(wish.wanted(shopclerk), reader)
        return {"count": number, "more": more}

    @router.get("/transcripts/tags")
    def tags(_reader: viewer, shop: Annotated[str, Query(max_length=100)] = "") -> list[str]:
        return shopclerk.transcript_list.tags(shop or own_shop)

    @router.get("/transcripts/export")
    def export_list(wish: Annotated[ExportWish, Query()], reader: agent, texts: words) -> Response:
        ids: list[str] = []
        after: str | None = None
        while len(ids) < MOST_EXPORTED:
            page = shopclerk.transcript_list.page(wish.wanted(shopclerk), reader, after=after, limit=MOST)
            ids += [line.conversation_id for line in page.lines]
            after = page.next
            if after is None:
                break
        found = shopclerk.transcripts.export(ids[:MOST_EXPORTED], by=reader, form=wish.form)
        return _export(found, wish.form, texts, "conversations")

    @router.post("/transcripts/read-all", status_code=204)
    def read_all(reader: viewer) -> Response:
        shopclerk.transcript_list.mark_all_read(reader)
        return Response(status_code=204)

    @router.get("/transcripts/{conversation_id}")
    def opened(conversation_id: id_type, reader: viewer) -> dict[str, Any]:
        found = shopclerk.transcripts.open(conversation_id, by=reader)
        shopclerk.transcript_list.mark_read(conversation_id, found.conversation.last_sequence, reader)
        revealable = shopclerk.originals.of(conversation_id) if reader.may("agent") else ()
        return opened_json(found, revealable)

    @router.post("/transcripts/{conversation_id}/read", status_code=204)
    def read(conversation_id: id_type, until: ReadUntil, reader: viewer) -> Response:
        shopclerk.history.conversation(conversation_id)
        shopclerk.transcript_list.mark_read(conversation_id, until.sequence, reader)
        return Response(status_code=204)

    @router.post("/transcripts/{conversation_id}/unread", status_code=204)
    def unread(conversation_id: id_type, reader: viewer) -> Response:
        shopclerk.history.conversation(conversation_id)
        shopclerk.transcript_list.mark_unread(conversation_id, reader)
        return Response(status_code=204)

    @router.get("/transcripts/{conversation_id}/passages/{chunk_id}")
    def passage(conversation_id: id_type, chunk_id: id_type, _reader: viewer) -> dict[str, str]:
        conversation = shopclerk.history.conversation(conversation_id)
        chunk = shopclerk.passage(conversation.shop, chunk_id)
        if chunk is None:
            raise NotFound("This passage is no longer in the shop's pages.")
        return {"title": chunk.title, "heading": chunk.heading, "text": chunk.text}

    @router.get("/transcripts/{conversation_id}/export")
    def export_one(conversation_id: id_type, reader: agent, texts: words, form: Form = "jsonl") -> Response:
        shopclerk.history.conversation(conversation_id)
        found = shopclerk.transcripts.export([conversation_id], by=reader, form=form)
        return _export(found, form, texts, f"conversation-{conversation_id[:8]}")

    @router.post("/transcripts/{conversation_id}/notes", status_code=201)
    def add_note(conversation_id: id_type, note: NewNote, author: agent) -> dict[str, Any]:
        return note_json(shopclerk.transcripts.add_note(conversation_id, note.text, by=author))

    @router.delete("/notes/{note_id}", status_code=204)
    def remove_note(note_id: id_type, author: agent) -> Response:
        shopclerk.transcripts.remove_note(note_id, by=author)
        return Response(status_code=204)

    @router.put("/transcripts/{conversation_id}/tags")
    def set_tags(conversation_id: id_type, new: NewTags, author: agent) -> list[str]:
        return shopclerk.transcripts.set_tags(conversation_id, new.tags, by=author)

    @router.post("/messages/{message_id}/reveal")
    def reveal(message_id: id_type, why: Reason, reader: agent) -> dict[str, str]:
        return {"text": shopclerk.originals.reveal(message_id, by=reader, reason=why.reason)}

    return router


def _export(found: list[Opened], form: Form, texts: Texts, name: str) -> Response:
    kinds = {"csv": "text/csv", "jsonl": "application/x-ndjson", "html": "text/html"}
    body = as_page(found, texts) if form == "html" else as_csv(found) if form == "csv" else as_jsonl(found)
    headers = {"Cache-Control": "no-store"}
    if form != "html":
        stamp = datetime.now().astimezone().strftime("%Y-%m-%d")
        headers["Content-Disposition"] = f'attachment; filename="{name}-{stamp}.{form}"'
    return Response(body, media_type=f"{kinds[form]}; charset=utf-8", headers=headers)
