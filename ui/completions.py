"""The interface that programs made for OpenAI's models speak: `/v1/chat/completions`, answered by the shop bot."""

import json
import secrets
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from bot.answering.taking_over import Said, take_over
from bot.errors import InvalidInput, NotAllowed, NotFound
from bot.reply import Reply, ReplyChunk
from ui.api import Desk, counted_steps, known_shop, stream_problem, whole_reply
from ui.problems import texts_for
from ui.texts import Texts

MODEL = "shopclerk"
"""The installation's own shop; `shopclerk/NAME` is another one's."""


class TextPart(BaseModel):
    """A piece of a message; pictures and sounds are not understood."""

    type: Literal["text"]
    text: str = Field(max_length=100_000)


class ChatMessage(BaseModel):
    """One message of the talk. Those of other roles than user and assistant are passed over: the shop's rules hold."""

    role: Literal["user", "assistant", "system", "developer", "tool", "function"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """All its words."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream tells beside the answer."""

    include_usage: bool = False


class CompletionRequest(BaseModel):
    """A talk to go on with. Settings of a language model (temperature, tools, …) are taken and change nothing."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=1000, description="Oldest first, a question last.")
    model: str = Field(default=MODEL, max_length=120, description=f"`{MODEL}`, or `{MODEL}/NAME` for another shop.")
    stream: bool = Field(default=False, description="Whether to answer in server-sent events.")
    stream_options: StreamOptions = StreamOptions()
    n: Literal[1] = Field(default=1, description="There is one answer.")


@dataclass(frozen=True)
class _Completion:
    """One answer on its way, in OpenAI's shapes."""

    model: str
    talk: Sequence[Said]
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, reply: Reply) -> dict[str, Any]:
        message = {"role": "assistant", "content": reply.text, **_extensions(reply)}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self.usage(reply)}

    def chunk(self, delta: dict[str, Any], *, ends: bool = False) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": "stop" if ends else None, "logprobs": None}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def usage_chunk(self, reply: Reply) -> dict[str, Any]:
        return {**self._head("chat.completion.chunk"), "choices": [], "usage": self.usage(reply)}

    def usage(self, reply: Reply) -> dict[str, int]:
        asked = sum(said.tokens for said in self.talk)
        answered = Said("assistant", reply.text).tokens
        return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


def completions_router(desk: Desk, api_key: str) -> APIRouter:
    """The endpoints under `/v1`.

    Args:
        desk: what all endpoints share.
        api_key: who knows it may ask, as often as the machine answers.
    """
    router = APIRouter(prefix="/v1", dependencies=[Depends(_Key(api_key))])
    words = Annotated[Texts, Depends(texts_for)]

    @router.get("/models", summary="List the shops as models")
    def models() -> dict[str, Any]:
        """One model for each shop, as OpenAI's interface lists them."""
        own = desk.shopclerk.settings.shop
        names = [MODEL, *(f"{MODEL}/{shop}" for shop in desk.shopclerk.versions.shops() if shop != own)]
        return {
            "object": "list",
            "data": [{"id": name, "object": "model", "created": 0, "owned_by": "shop"} for name in names],
        }

    @router.post("/chat/completions", summary="Ask as of a language model")
    async def complete(request: Request, wanted: CompletionRequest, texts: words) -> Response:
        """The last message is answered, with those before it as its history, in the shapes of OpenAI's interface.

        The message, or the last chunk of a stream, also has `citations`, `products` and `outcome` as our own
        interface gives them. `usage` counts words and Chinese characters.
        """
        shop = _shop_of(wanted.model, desk)
        talk = [
            Said(message.role, message.text)
            for message in wanted.messages
            if message.role == "user" or message.role == "assistant"
        ]
        if not talk or talk[-1].role != "user":
            raise InvalidInput("The last message must be the user's: it is what is answered.")
        question = desk.limiter.check_message(talk[-1].text, texts)
        completion = _Completion(wanted.model, talk)

        def start() -> Iterator[ReplyChunk]:
            conversation_id = take_over(desk.shopclerk.history, shop, talk[:-1])
            return desk.shopclerk.assistant.reply(conversation_id, question)

        steps = counted_steps(desk, start)
        if not wanted.stream:
            return JSONResponse(completion.whole(await whole_reply(steps, request, texts)))
        return StreamingResponse(
            _as_stream(steps, completion, texts, usage=wanted.stream_options.include_usage),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return router


class _Key:
    """Lets in who knows the key."""

    def __init__(self, api_key: str) -> None:
        self._expected = f"Bearer {api_key}".encode()

    def __call__(self, authorization: Annotated[str, Header()] = "") -> None:
        if not secrets.compare_digest(authorization.encode(), self._expected):
            raise NotAllowed("The key is missing or wrong: send `Authorization: Bearer KEY` with SHOPCLERK_API_KEY.")


def _shop_of(model: str, desk: Desk) -> str:
    name, _, shop = model.partition("/")
    if name != MODEL:
        raise NotFound(f"There is no model {model!r} here; ask {MODEL!r}, or those that GET /v1/models lists.")
    return known_shop(desk.shopclerk, shop or None)


def _extensions(reply: Reply) -> dict[str, Any]:
    """What the shop bot knows beside the text."""
    document = reply.as_json()
    return {name: document[name] for name in ("citations", "products", "outcome")}


async def _as_stream(
    steps: AsyncGenerator[ReplyChunk, None], completion: _Completion, texts: Texts, *, usage: bool
) -> AsyncGenerator[str, None]:
    yield _event(completion.chunk({"role": "assistant", "content": ""}))
    try:
        async with aclosing(steps) as open_steps:
            async for step in open_steps:
                if step.kind == "token":
                    yield _event(completion.chunk({"content": step.text}))
                elif step.kind == "status":
                    yield f": {step.status}\n\n"  # a comment, which keeps proxies from closing a silent stream
                elif step.reply is not None:
                    yield _event(completion.chunk(_extensions(step.reply), ends=True))
                    if usage:
                        yield _event(completion.usage_chunk(step.reply))
    except Exception as error:
        problem = stream_problem(error, texts)
        yield _event({"error": {**problem, "message": problem["detail"]}})
    yield "data: [DONE]\n\n"


def _event(document: dict[str, Any]) -> str:
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"
