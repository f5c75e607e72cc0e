"""The public HTTP interface: conversations, messages, feedback, handoff."""

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Header, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from bot.answering.turn import ShopPage
from bot.bootstrap import Shopclerk
from bot.conversation.history import ConversationView
from bot.errors import Busy, GeneratorError, NotAllowed, NotFound, ShopclerkError
from bot.reply import Reply, ReplyChunk
from ui.auth import TOKEN_SECONDS, Visit, VisitorTokens
from ui.handoff_api import add_handoff_endpoints, handoff_as_json
from ui.limiting import Limiter, spend_a_message
from ui.metrics import Metrics
from ui.origins import foreign_origin, refusal
from ui.problems import problem_of, texts_for
from ui.rendering import as_event, chunk_as_event, conversation_as_json
from ui.texts import Texts
from ui.turns import Start, Turns

log = logging.getLogger(__name__)

_ID = Path(max_length=64, description="As given when it was made.")


class NewConversation(BaseModel):
    """What to start with; everything may be left out."""

    shop: str | None = Field(default=None, max_length=100, description="Which shop; the installation's own by default.")
    language: Literal["en", "zh"] | None = Field(default=None, description="The shopper's language, if known.")
    before: str | None = Field(
        default=None,
        max_length=1000,
        description="Token of the same shopper's conversation before, if any: so it is known who comes back.",
    )


class StartedConversation(BaseModel):
    """The conversation and the tokens that open it."""

    id: str
    token: str = Field(description="Opens the conversation: `Authorization: Bearer TOKEN`.")
    refresh: str = Field(description="Is exchanged, once, for new tokens at `…/token`; keep the newest.")
    expires_in: int = Field(description="Seconds for which `token` is good.")


class Renewal(BaseModel):
    """A visit to be renewed."""

    refresh: str = Field(max_length=2000)


class Page(BaseModel):
    """What the shopper looks at while they write."""

    product: str | None = Field(default=None, max_length=200, description="Id of the product that the page is about.")
    title: str = Field(default="", max_length=500)
    cart: list[str] = Field(default_factory=list, max_length=100, description="Ids of the products in the cart.")


class NewMessage(BaseModel):
    """A shopper's message."""

    # The limit told to shoppers is lower and checked with a sentence of its own; this one only bounds the work.
    text: str = Field(max_length=100_000)
    id: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{32}$",
        description="Chosen by the sender: the same message sent again is stored and answered once.",
    )
    page: Page | None = Field(default=None, description="What the shopper looks at.")


class NewFeedback(BaseModel):
    """A thumb on an answer."""

    rating: Literal[-1, 1] = Field(description="1 for a thumb up, -1 for a thumb down.")
    comment: str = Field(default="", max_length=100_000)


class NewHandoff(BaseModel):
    """A wish to talk to a person."""

    comment: str = Field(default="", max_length=100_000, description="What the colleague should know.")


class SignedIn(BaseModel):
    """Who the shopper is, as their shop says it."""

    token: str = Field(
        max_length=4000, description="JWT that the shop's server signed: HS256, `sub`, `exp`, and `email` and `name`."
    )


class Passage(BaseModel):
    """The stored text that a citation rests on."""

    title: str
    text: str


@dataclass(frozen=True)
class Desk:
    """What the endpoints share."""

    shopclerk: Shopclerk
    tokens: VisitorTokens
    limiter: Limiter
    turns: Turns
    metrics: Metrics

    def opened(self, authorization: str | None, conversation_id: str) -> ConversationView:
        """The conversation, if the token opens it."""
        self.tokens.check(authorization, conversation_id)
        return self.shopclerk.history.conversation(conversation_id)

    def started(self, conversation: ConversationView) -> StartedConversation:
        """A new conversation with its first tokens."""
        return self.given(Visit(conversation.id, conversation.shop))

    def given(self, visit: Visit) -> StartedConversation:
        """Tokens for a visit."""
        return StartedConversation(
            id=visit.conversation_id,
            token=self.tokens.issue(visit.conversation_id, visit.shop),
            refresh=self.tokens.issue_renewing(visit.conversation_id, visit.shop, visit.generation),
            expires_in=TOKEN_SECONDS,
        )

    def count(self, visit: Visit, address: str, texts: Texts) -> None:
        """Count a message of a conversation, an address and a shop.

        Raises:
            TooManyMessages: of one of them.
        """
        self.limiter.count_message(visit.conversation_id, address, texts)
        profile = self.shopclerk.profiles.get(visit.shop)
        spend_a_message(
            self.shopclerk.budget,
            visit.shop,
            most=profile.widget.messages_a_day,
            timezone=profile.timezone,
            texts=texts,
        )


def known_shop(shopclerk: Shopclerk, shop: str | None) -> str:
    """The shop's name, or the installation's own for None.

    Raises:
        NotFound: no such shop.
    """
    own = shopclerk.settings.shop
    if shop is None or shop == own or shop in shopclerk.versions.shops():
        return shop or own
    raise NotFound(f"There is no shop {shop!r} here; its name is that given to `shopclerk ingest --shop NAME`.")


def listed(shopclerk: Shopclerk, origin: str, shop: str | None) -> bool:
    """Whether the pages of an origin belong to a shop, or to any for None."""
    own = shopclerk.settings.shop
    shops = [shop] if shop else {own, *shopclerk.versions.shops()}
    return any(origin in shopclerk.profiles.get(name).widget.origins for name in shops)


def public_router(desk: Desk) -> APIRouter:
    """The endpoints under `/api/v1`."""
    router = APIRouter(prefix="/api/v1")
    bearer = Annotated[str | None, Header(alias="Authorization", description="Bearer TOKEN")]
    words = Annotated[Texts, Depends(texts_for)]
    conversation_id_type = Annotated[str, _ID]

    @router.post("/conversations", status_code=201, summary="Start a conversation")
    def start(
        request: Request, texts: words, wanted: Annotated[NewConversation | None, Body()] = None
    ) -> StartedConversation:
        """Start a conversation; later calls carry its token."""
        desk.limiter.count_start(_address(request), texts)
        wanted = wanted or NewConversation()
        shop = known_shop(desk.shopclerk, wanted.shop)
        origin = foreign_origin(request.scope)
        if origin and not listed(desk.shopclerk, origin, shop):
            raise refusal(origin)
        before = desk.tokens.earlier(wanted.before)
        conversation = desk.shopclerk.history.start(shop, language=wanted.language, before=before)
        desk.metrics.conversations.inc()
        return desk.started(conversation)

    @router.post("/conversations/{conversation_id}/token", summary="Renew the tokens")
    def renew(
        request: Request, conversation_id: conversation_id_type, renewal: Renewal, texts: words
    ) -> StartedConversation:
        """New tokens for the `refresh` one, which is used up by that; used again later, all are void."""
        desk.limiter.count_start(_address(request), texts)
        visit = desk.tokens.renewed_by(renewal.refresh)
        if visit.conversation_id != conversation_id:
            raise NotAllowed("This token renews another conversation; send the one given with this one.")
        desk.shopclerk.history.conversation(conversation_id)
        generation = desk.shopclerk.rotations.rotate(conversation_id, visit.generation)
        return desk.given(replace(visit, generation=generation))

    @router.get("/conversations/{conversation_id}/messages", summary="Read the history")
    def history(conversation_id: conversation_id_type, authorization: bearer = None) -> JSONResponse:
        """All messages of the conversation, oldest first."""
        conversation = desk.opened(authorization, conversation_id)
        # First what happened: who then listens after it hears all that the messages do not show yet.
        handoff = handoff_as_json(desk.shopclerk, conversation)
        messages = desk.shopclerk.history.messages(conversation_id)
        document = conversation_as_json(conversation, messages) | {"handoff": handoff}
        return JSONResponse(document, headers={"Cache-Control": "no-store"})

    @router.post("/conversations/{conversation_id}/messages", summary="Ask")
    async def ask(
        request: Request,
        conversation_id: conversation_id_type,
        message: NewMessage,
        texts: words,
        authorization: bearer = None,
    ) -> Response:
        """The whole answer as JSON, or with `Accept: text/event-stream` its steps as server-sent events.

        Events: `status` (queued with a position, searching, writing), `token`, `citation`, `product`, `done` (the
        whole answer), `error` (a problem document). Leaving stops the answer.
        """
        visit = desk.tokens.check(authorization, conversation_id)
        text = desk.limiter.check_message(message.text, texts)
        await run_in_threadpool(desk.count, visit, _address(request), texts)
        known: dict[str, Any] = {"message_id": message.id} if message.id else {}
        if message.page:
            known["page"] = ShopPage(message.page.product, message.page.title, tuple(message.page.cart))
        return await _answered(
            desk, request, texts, lambda: desk.shopclerk.assistant.reply(conversation_id, text, **known)
        )

    @router.post(
        "/conversations/{conversation_id}/resume",
        summary="Answer what was left waiting",
        responses={404: {"description": "Nothing waits."}},
    )
    async def resume(
        request: Request, conversation_id: conversation_id_type, texts: words, authorization: bearer = None
    ) -> Response:
        """The answer to the message that was left without one: the answer was stopped, or the server was.

        In the same two forms as a new message's.
        """
        visit = desk.tokens.check(authorization, conversation_id)
        await run_in_threadpool(desk.count, visit, _address(request), texts)
        if await run_in_threadpool(desk.shopclerk.history.unanswered, conversation_id) is None:
            raise NotFound("No message of this conversation waits for an answer.")
        return await _answered(desk, request, texts, lambda: desk.shopclerk.assistant.resume(conversation_id))

    @router.post("/messages/{message_id}/feedback", status_code=204, summary="Rate an answer")
    def rate(
        message_id: Annotated[str, _ID], feedback: NewFeedback, texts: words, authorization: bearer = None
    ) -> Response:
        """A thumb and a comment on one answer; the last one counts."""
        conversation_id = desk.tokens.opened_by(authorization).conversation_id
        comment = desk.limiter.check_comment(feedback.comment, texts)
        if all(message.id != message_id for message in desk.shopclerk.history.messages(conversation_id)):
            raise NotFound(f"There is no message {message_id!r} in this conversation.")
        desk.shopclerk.feedback.rate(message_id, rating=feedback.rating, comment=comment)
        desk.metrics.ratings.labels("up" if feedback.rating > 0 else "down").inc()
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/handoff", status_code=201, summary="Ask for a person")
    def hand_off(
        conversation_id: conversation_id_type,
        texts: words,
        wish: Annotated[NewHandoff | None, Body()] = None,
        authorization: bearer = None,
    ) -> dict[str, Any]:
        """Pass the conversation to a person; asking twice makes one request."""
        desk.opened(authorization, conversation_id)
        comment = desk.limiter.check_comment(wish.comment if wish else "", texts)
        handoff_id = desk.shopclerk.desk.request(conversation_id, reason="asked_for_person", comment=comment)
        desk.metrics.handoffs.inc()
        handoff = handoff_as_json(desk.shopclerk, desk.shopclerk.history.conversation(conversation_id))
        return {"id": handoff_id, "state": "handed_off", "handoff": handoff}

    @router.post("/conversations/{conversation_id}/customer", status_code=204, summary="Say who the shopper is")
    def identify(conversation_id: conversation_id_type, signed: SignedIn, authorization: bearer = None) -> Response:
        """Name the signed-in customer; the conversation is theirs from now on and cannot become another's."""
        conversation = desk.opened(authorization, conversation_id)
        customer = desk.shopclerk.customers.read(conversation.shop, signed.token)
        desk.shopclerk.history.identify(conversation_id, customer.customer_id)
        return Response(status_code=204)

    @router.get("/conversations/{conversation_id}/passages/{chunk_id}", summary="Open a citation")
    def passage(
        conversation_id: conversation_id_type, chunk_id: Annotated[str, _ID], authorization: bearer = None
    ) -> Passage:
        """The stored text that a citation rests on."""
        conversation = desk.opened(authorization, conversation_id)
        chunk = desk.shopclerk.passage(conversation.shop, chunk_id)
        if chunk is None:
            raise NotFound("This passage is no longer in the shop's pages.")
        return Passage(title=chunk.title, text=chunk.text)

    add_handoff_endpoints(router, desk.shopclerk, desk.limiter, desk.opened)
    return router


async def _answered(desk: Desk, request: Request, texts: Texts, start: Start) -> Response:
    """The turn in the form that the request accepts."""
    steps = counted_steps(desk, start)
    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(
            _as_events(steps, texts),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
    return JSONResponse((await whole_reply(steps, request, texts)).as_json())


async def counted_steps(desk: Desk, start: Start) -> AsyncGenerator[ReplyChunk, None]:
    """The steps of a turn, counted as they pass."""
    started = time.perf_counter()
    first_text = True
    done = False
    try:
        async with aclosing(desk.turns.stream(start)) as steps:
            with desk.metrics.running.track_inprogress():
                async for step in steps:
                    if step.kind == "status":
                        desk.metrics.queued.set(step.position)
                    elif step.kind == "token" and first_text:
                        first_text = False
                        desk.metrics.first_text_seconds.observe(time.perf_counter() - started)
                    elif step.reply is not None:
                        done = True
                        desk.metrics.count_reply(step.reply, time.perf_counter() - started)
                    yield step
    except Exception as error:
        done = True
        desk.metrics.problems.labels(type(error).__name__).inc()
        raise
    finally:
        if not done:
            desk.metrics.stopped.inc()


async def _as_events(steps: AsyncGenerator[ReplyChunk, None], texts: Texts) -> AsyncGenerator[str, None]:
    try:
        async with aclosing(steps) as open_steps:
            async for step in open_steps:
                yield chunk_as_event(step)
    except Exception as error:
        yield as_event("error", stream_problem(error, texts))


def stream_problem(error: Exception, texts: Texts) -> dict[str, Any]:
    """The problem document that ends a stream whose turn failed."""
    if not isinstance(error, ShopclerkError):
        log.error("A turn failed", exc_info=error)
    return problem_of(_for_reader(error, texts), texts)


async def whole_reply(steps: AsyncGenerator[ReplyChunk, None], request: Request, texts: Texts) -> Reply:
    """What the steps end with.

    Raises:
        ShopclerkError: the turn failed, or its shopper left.
    """
    reply: Reply | None = None
    try:
        async with aclosing(steps) as open_steps:
            async for step in open_steps:
                reply = step.reply or reply
                if await request.is_disconnected():
                    break
    except ShopclerkError as error:
        raise _for_reader(error, texts) from error
    if reply is None:
        raise GeneratorError(texts.say("problem.generator.detail"))
    return reply


def _for_reader(error: Exception, texts: Texts) -> Exception:
    """The error with its sentence in the reader's language where we have one."""
    for kind, key in ((Busy, "busy"), (GeneratorError, "generator")):
        if isinstance(error, kind):
            return kind(texts.say(f"problem.{key}.detail"))
    return error


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
