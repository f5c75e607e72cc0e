"""Live: the bulletin's events as a stream that a browser reads, resumed after a break without a gap."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from bot.conversation.events import Bulletin, Event, TooLongAway
from ui.rendering import as_event

PING_SECONDS = 20.0
"""Proxies close silent streams."""

RETRY_MS = 1000
"""When browsers that connect again by themselves should do so."""

_WAITING_EVENTS = 2000  # of a browser that reads too slowly; it connects again and hears the rest

Show = Callable[[Event], tuple[str, Mapping[str, Any]] | None]
"""Name and data of an event as this reader may see it; None for what is not theirs."""


def live_response(
    bulletin: Bulletin,
    show: Show,
    hello: Callable[[], Mapping[str, Any]],
    *,
    last_event_id: str | None,
    conversation_id: str | None = None,
    still_open: Callable[[], bool] = lambda: True,
    ping_seconds: float = PING_SECONDS,
) -> StreamingResponse:
    """The stream: `hello` with the present state first, then what happens; `ping` now and then.

    Args:
        bulletin: tells what happens.
        show: what the reader sees of an event.
        hello: the present state; called in a thread.
        last_event_id: as the reader sent it after a break; what came since is told first, or `reset` when that is too
            much.
        conversation_id: None: all there are.
        still_open: asked in a thread before each ping, and so at least that often; when it says no, the stream ends.
        ping_seconds: how often there is a `ping`; agents' browsers answer each with a sign of life.
    """
    steps = _steps(bulletin, show, hello, _number(last_event_id), conversation_id, still_open, ping_seconds)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(steps, media_type="text/event-stream", headers=headers)


async def _steps(
    bulletin: Bulletin,
    show: Show,
    hello: Callable[[], Mapping[str, Any]],
    after: int | None,
    conversation_id: str | None,
    still_open: Callable[[], bool],
    ping_seconds: float,
) -> AsyncGenerator[str, None]:
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[Event] = asyncio.Queue()

    def deliver(event: Event) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(events.put_nowait, event)

    known = await run_in_threadpool(bulletin.latest)
    try:
        subscription = await run_in_threadpool(
            lambda: bulletin.subscribe(
                deliver, conversation_id=conversation_id, after=known if after is None else after
            )
        )
    except TooLongAway:
        yield as_event("reset", {}, known)
        subscription = await run_in_threadpool(
            lambda: bulletin.subscribe(deliver, conversation_id=conversation_id, after=known)
        )
    try:
        yield f"retry: {RETRY_MS}\n\n"
        yield as_event("hello", await run_in_threadpool(hello), known if after is None else 0)
        ping_at = loop.time() + ping_seconds
        while events.qsize() < _WAITING_EVENTS:
            try:
                async with asyncio.timeout_at(ping_at):
                    event = await events.get()
            except TimeoutError:
                if not await run_in_threadpool(still_open):
                    return
                ping_at = loop.time() + ping_seconds
                yield as_event("ping", {})
                continue
            if event.kind == "closing":
                return
            shown = show(event)
            if shown is not None:
                yield as_event(*shown, event.id)
    finally:
        subscription.close()


def _number(last_event_id: str | None) -> int | None:
    return int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 19 else None
