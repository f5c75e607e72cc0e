"""Dresses Gradio's page as the shop's own and guards every response with security headers."""

import base64
import hashlib
import html
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The page Gradio serves names itself in these; a link to the shop's chat must show the shop.
_GRADIO_META = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>', re.DOTALL)
_GRADIO_MANIFEST = re.compile(r'<link rel="manifest"[^>]*>')
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)

Dresser = Callable[[str | None, str | None, str], str]
"""(shop named in the address, preferred language header, Gradio's page) → the page as it is sent."""

Framers = Callable[[str | None], Sequence[str]]
"""Shop named in the address → origins whose pages may show its chat in a frame."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def dress(page: str, *, title: str, language: str, head: str) -> str:
    """Gradio's page with the shop's title and our own head."""
    page = _GRADIO_MANIFEST.sub("", _GRADIO_META.sub("", page))
    page = page.replace('lang="en"', f'lang="{html.escape(language)}"', 1)
    return page.replace("<head>", f"<head><title>{html.escape(title)}</title>{head}", 1)


def content_security_policy(page: str = "", framed_by: Sequence[str] = ()) -> str:
    """The policy for a page: scripts are ours or exactly those inline ones that the server put there.

    Styles may be inline because Gradio's components carry style attributes; they can load nothing from elsewhere.

    Args:
        page: as it is sent.
        framed_by: origins of other sites whose pages may show it in a frame.
    """
    scripts = sorted({_hash(script) for script in _INLINE_SCRIPT.findall(page)})
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *scripts)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: https:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'none'",
            "base-uri 'self'",
            " ".join(("frame-ancestors 'self'", *framed_by)),
        )
    )


class DressedPages:
    """ASGI layer: security headers on all responses, our looks on the pages that Gradio serves.

    It passes streams through untouched, so a shopper who leaves is noticed at once.

    Args:
        app: the application under it.
        dressers: address of a page → its Dresser.
        framers: address of a page that others may frame → its Framers.
    """

    def __init__(self, app: ASGIApp, *, dressers: Mapping[str, Dresser], framers: Mapping[str, Framers]) -> None:
        self._app = app
        self._dressers, self._framers = dressers, framers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in self._dressers and scope["method"] in ("GET", "HEAD"):
            await self._send_page(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))

    async def _send_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, collect)
        page = bytes(body)
        query = parse_qs(scope["query_string"].decode("latin-1"))
        shop = query.get("shop", [None])[0]
        framers = self._framers.get(scope["path"])
        framed_by = await run_in_threadpool(framers, shop) if framers else ()
        if start["status"] == 200 and page:
            language = query.get("lang", [None])[0] or Headers(scope=scope).get("accept-language")
            dressed = await run_in_threadpool(self._dressers[scope["path"]], shop, language, page.decode())
            page = dressed.encode()
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["Content-Length"] = str(len(page))
        headers["Content-Security-Policy"] = content_security_policy(page.decode(), framed_by)
        if framed_by:  # the policy's newer word; the older header cannot name other sites
            headers["X-Frame-Options"] = ""
        headers["Cache-Control"] = "no-store"
        start["headers"] = headers.raw
        await _with_headers(send)(start)
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else page})


def _with_headers(send: Send) -> Send:
    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if not headers["X-Frame-Options"]:
                del headers["X-Frame-Options"]
            headers.setdefault("Content-Security-Policy", content_security_policy())
        await send(message)

    return send_guarded


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
