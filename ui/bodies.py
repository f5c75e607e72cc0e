"""Refuses requests whose body is larger than anything that the interface takes."""

import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.problems import http_problem, texts_for


class BoundedBodies:
    """ASGI layer that reads no more of a body than is allowed; FastAPI's own limit answers in plain text.

    Args:
        app: the application under it, which answers HTTP errors with problem documents.
        most_bytes: of one body.
        larger: beginnings of addresses that take more; they check who asks and count the bytes themselves.
    """

    def __init__(self, app: ASGIApp, *, most_bytes: int, larger: re.Pattern[str] | None = None) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it before any of its body is read."""
        if scope["type"] != "http" or (self._larger and self._larger.match(scope["path"])):
            await self._app(scope, receive, send)
        elif self._declared(scope) > self._most_bytes:
            request = Request(scope)
            await http_problem(request, self._refusal(request))(scope, receive, send)
        else:
            await self._app(scope, self._counted(scope, receive), send)

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        """For bodies that come in pieces and do not say how long they are."""
        taken = 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most_bytes:
                raise self._refusal(Request(scope))
            return message

        return receive_counted

    def _refusal(self, request: Request) -> HTTPException:
        detail = texts_for(request).say("problem.too_large.detail", most=f"{self._most_bytes / 1e6:g} MB")
        return HTTPException(413, detail)

    @staticmethod
    def _declared(scope: Scope) -> int:
        length = Headers(scope=scope).get("content-length", "")
        return int(length) if length.isdecimal() else 0
