"""The door for commands on the same machine: they hand their work to the server that owns the index."""

import dataclasses
import json
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Generator
from ipaddress import ip_address
from pathlib import Path
from queue import Queue
from typing import Annotated, Any

from anyio import CancelScope, to_thread
from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from bot.bootstrap import Shopclerk
from bot.errors import NotAllowed, NotFound, ShopclerkError
from bot.reply import ReplyChunk


class IngestRequest(BaseModel):
    """What `shopclerk ingest` was told; paths are absolute, on this machine."""

    paths: list[Path] = Field(min_length=1)
    shop: str
    prune: bool = False
    dry_run: bool = False


class SearchRequest(BaseModel):
    """What `shopclerk search` was told."""

    question: str
    shop: str
    k: int = Field(default=10, ge=1)
    language: str | None = None


class AskRequest(BaseModel):
    """What `shopclerk ask` was told; without a conversation a new one is started."""

    text: str
    shop: str
    conversation_id: str | None = None
    language: str | None = None


def internal_router(shopclerk: Shopclerk, token: str) -> APIRouter:
    """Ingest, search and ask for commands on this machine that know the token.

    Args:
        shopclerk: does the work.
        token: was written where only this user can read it.
    """
    router = APIRouter(prefix="/internal/v1", dependencies=[Depends(_Guard(token))])
    one_ingest_at_a_time = threading.Lock()

    @router.get("/ping")
    def ping() -> dict[str, bool]:
        return {"here": True}

    @router.post("/ingest")
    def ingest(request: IngestRequest) -> StreamingResponse:
        return _ndjson(_ingest_lines(shopclerk, request, one_ingest_at_a_time))

    @router.post("/search")
    def search(request: SearchRequest) -> StreamingResponse:
        return _ndjson(_search_lines(shopclerk, request))

    @router.post("/ask")
    def ask(request: AskRequest) -> StreamingResponse:
        return _ndjson(_ask_lines(shopclerk, request))

    return router


def require_shop(shopclerk: Shopclerk, shop: str) -> None:
    """Let a command go on whose shop has something to say; a misspelt name must not look like an empty shop.

    Raises:
        NotFound: nothing is published for it.
    """
    known = shopclerk.versions.shops()
    if shop in known:
        return
    if known:
        raise NotFound(f"There is no shop {shop!r} here; there is: {', '.join(map(repr, known))}.")
    raise NotFound(f"There is no shop {shop!r} here; ingest its files first: shopclerk ingest PATH --shop {shop}")


def found_json(passage: Any) -> dict[str, Any]:
    """A Passage in the shape promised to programs: `search --json`."""
    return {
        "rank": passage.rank,
        "score": round(passage.score, 4),
        "document_id": passage.chunk.document_id,
        "chunk_id": passage.chunk.id,
        "source": passage.chunk.source,
        "title": passage.chunk.title,
        "text": passage.chunk.text,
        "found_by": list(passage.found_by),
    }


def reply_line(chunk: ReplyChunk) -> dict[str, Any] | None:
    """One step of a reply as `shopclerk ask` shows it; supports and cards come with the whole reply."""
    if chunk.kind == "status":
        return {"kind": "status", "status": chunk.status, "position": chunk.position}
    if chunk.kind == "token":
        return {"kind": "token", "text": chunk.text}
    if chunk.kind == "done" and chunk.reply is not None:
        return {"kind": "done", "reply": chunk.reply.as_json()}
    return None


class _Guard:
    """Lets in who calls from this machine and knows the token."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    def __call__(self, request: Request, authorization: Annotated[str, Header()] = "") -> None:
        if request.client is None or not _is_loopback(request.client.host):
            raise NotAllowed("This address is for commands on the same machine only.")
        if not secrets.compare_digest(authorization.encode(), self._expected):
            raise NotAllowed("The token is missing or wrong; commands read it from server.json in HOME.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _ingest_lines(
    shopclerk: Shopclerk, request: IngestRequest, lock: threading.Lock
) -> Generator[dict[str, Any], None, None]:
    if lock.locked():
        yield {"kind": "waiting", "sentence": "Another ingest is running in the server; waiting for it …"}
    with lock:
        yield from _told_from_thread(lambda tell: _ingest(shopclerk, request, tell))


def _ingest(shopclerk: Shopclerk, request: IngestRequest, tell: Callable[[dict[str, Any]], None]) -> None:
    report = shopclerk.ingest(
        request.paths,
        shop=request.shop,
        prune=request.prune,
        dry_run=request.dry_run,
        on_progress=lambda progress: tell({"kind": "progress", **dataclasses.asdict(progress)}),
    )
    tell({"kind": "report", "report": report.as_json()})


def _search_lines(shopclerk: Shopclerk, request: SearchRequest) -> Generator[dict[str, Any], None, None]:
    require_shop(shopclerk, request.shop)
    passages = shopclerk.searcher.search(request.question, shop=request.shop, k=request.k, language=request.language)
    yield {"kind": "found", "passages": [found_json(passage) for passage in passages]}


def _ask_lines(shopclerk: Shopclerk, request: AskRequest) -> Generator[dict[str, Any], None, None]:
    conversation_id = request.conversation_id
    if conversation_id is None:
        require_shop(shopclerk, request.shop)
        conversation_id = shopclerk.history.start(request.shop, language=request.language).id
    steps = shopclerk.assistant.reply(conversation_id, request.text)
    try:
        for chunk in steps:
            if (line := reply_line(chunk)) is not None:
                yield line
    finally:
        if isinstance(steps, Generator):
            steps.close()


def _told_from_thread(
    work: Callable[[Callable[[dict[str, Any]], None]], None],
) -> Generator[dict[str, Any], None, None]:
    """What `work` tells, as it tells it; it goes on to its end even when the reader has left."""
    told: Queue[dict[str, Any] | Exception | None] = Queue()

    def run() -> None:
        try:
            work(told.put)
        except Exception as error:
            told.put(error)
        finally:
            told.put(None)

    thread = threading.Thread(target=run, name="internal-ingest")
    thread.start()
    try:
        while (one := told.get()) is not None:
            if isinstance(one, Exception):
                raise one
            yield one
    finally:
        thread.join()


def _ndjson(lines: Generator[dict[str, Any], None, None]) -> StreamingResponse:
    return StreamingResponse(_encoded(lines), media_type="application/x-ndjson")


async def _encoded(lines: Generator[dict[str, Any], None, None]) -> AsyncIterator[str]:
    """Each line as it comes; when the reader leaves, the work is ended, or its conversation would stay taken."""
    try:
        while (line := await to_thread.run_sync(next, lines, None)) is not None:
            yield json.dumps(line, ensure_ascii=False) + "\n"
    except ShopclerkError as error:
        yield json.dumps({"kind": "error", "sentence": str(error)}, ensure_ascii=False) + "\n"
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(lines.close)
