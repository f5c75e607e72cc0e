"""What a shop's pages load: the widget's script, and how the shop wants it to look."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bot.bootstrap import Shopclerk
from ui.api import known_shop, listed
from ui.origins import foreign_origin
from ui.theme import palette
from ui.widget.demo_shop import add_demo_shop

SCRIPT = Path(__file__).parent / "widget.js"
_AN_HOUR = "public, max-age=3600, stale-while-revalidate=86400"
_FIVE_MINUTES = "public, max-age=300"


def widget_router(shopclerk: Shopclerk) -> APIRouter:
    """`/widget.js`, what it asks for, and the demo shop's pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/widget.js")
    def script(request: Request) -> Response:
        """The script, the same for every shop; kept for an hour, and asked for with its ETag after that."""
        whole, small, tag = _script()
        headers = {
            "ETag": tag,
            "Cache-Control": _AN_HOUR,
            "Vary": "Accept-Encoding",
            # It is meant to be loaded by other sites, also by those that let in only what says so.
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Access-Control-Allow-Origin": "*",
        }
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        zipped = "gzip" in request.headers.get("accept-encoding", "")
        if zipped:
            headers["Content-Encoding"] = "gzip"
        return Response(small if zipped else whole, media_type="text/javascript", headers=headers)

    @router.get("/api/v1/widget")
    def looks(request: Request, shop: str | None = None) -> JSONResponse:
        """How the shop wants its widget, and whether the page that asks is on its list; anybody may know that."""
        origin = foreign_origin(request.scope)
        name = known_shop(shopclerk, shop)
        allowed = origin is None or listed(shopclerk, origin, name)
        headers = {"Cache-Control": _FIVE_MINUTES, "Vary": "Origin", "Access-Control-Allow-Origin": "*"}
        return JSONResponse({"allowed": allowed, **(_looks(shopclerk, name) if allowed else {})}, headers=headers)

    add_demo_shop(router, shopclerk)
    return router


def _looks(shopclerk: Shopclerk, shop: str) -> dict[str, Any]:
    profile = shopclerk.profiles.get(shop)
    widget = profile.widget
    colours = palette(widget.colour or profile.colours.primary, profile.colours.accent)
    return {
        "name": dict(profile.name),
        "colours": {
            "light": [colours.primary, colours.on_primary],
            "dark": [colours.primary_dark, colours.on_primary_dark],
        },
        "position": widget.position,
        "greeting": dict(widget.greeting),
        "openers": [
            {"text": dict(one.text), "path": one.path, "after": one.after_seconds, "cart": one.with_cart}
            for one in widget.openers
        ],
    }


@cache
def _script() -> tuple[bytes, bytes, str]:
    """The script, the same gzipped, and its ETag."""
    whole = SCRIPT.read_bytes()
    return whole, gzip.compress(whole, mtime=0), f'W/"{hashlib.sha256(whole).hexdigest()[:20]}"'
