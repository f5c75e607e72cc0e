"""Origins: pages of other sites may use the interface only where their origin is on a shop's list."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import NotAllowed, NotPermitted
from ui.auth import VisitorTokens
from ui.problems import problem_answer

_GUARDED = "/api/v1/"
_OPEN_TO_ALL = "/api/v1/widget"
"""What a page needs to be told that it is not on the list."""

_METHODS = "GET, POST, DELETE"
_HEADERS = "Authorization, Content-Type, Accept-Language, Last-Event-ID"
_PREFLIGHT_SECONDS = "600"


class GuardedOrigins:
    """ASGI layer: cross-origin requests to `/api/v1` are answered for listed origins only (CORS, Fetch standard).

    Browsers name the page's origin and pages cannot change what they say; programs name none and are not held up.

    Args:
        app: the application under it.
        tokens: tell which shop's conversation a request is about.
        listed: from an origin and a shop, or None for any shop, to whether it is on the list.
    """

    def __init__(self, app: ASGIApp, *, tokens: VisitorTokens, listed: Callable[[str, str | None], bool]) -> None:
        self._app, self._tokens, self._listed = app, tokens, listed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        origin = foreign_origin(scope) if scope["type"] == "http" else None
        if origin is None or not scope["path"].startswith(_GUARDED) or scope["path"] == _OPEN_TO_ALL:
            await self._app(scope, receive, send)
        elif not await run_in_threadpool(self._listed, origin, self._shop(scope)):
            await problem_answer(Request(scope), refusal(origin))(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await _preflight(origin)(scope, receive, send)
        else:
            await self._app(scope, receive, _shared_with(origin, send))

    def _shop(self, scope: Scope) -> str | None:
        """The shop that the request's token is for; what carries none is checked by who answers it."""
        try:
            return self._tokens.opened_by(Headers(scope=scope).get("authorization")).shop
        except NotAllowed:
            return None


def foreign_origin(scope: Scope) -> str | None:
    """The origin of a page of another site that makes the request; None for our own pages and for programs."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None or headers.get("sec-fetch-site") == "same-origin":
        return None
    return None if origin.partition("://")[2] == headers.get("host") else origin


def refusal(origin: str) -> NotPermitted:
    """Why a page may not call."""
    return NotPermitted(f"Pages of {origin} are not on this shop's list; add the origin to `widget: origins:`.")


def _preflight(origin: str) -> Response:
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
            "Vary": "Origin",
        },
    )


def _shared_with(origin: str, send: Send) -> Send:
    async def send_shared(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "Retry-After"
            headers.add_vary_header("Origin")
        await send(message)

    return send_shared
