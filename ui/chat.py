"""The shopper's page and the staff's: empty Gradio pages that our own scripts fill."""

from collections.abc import Callable, Sequence

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.quick_gradio import gr

ELEMENT_ID = "shopclerk"
STAFF_ELEMENT_ID = "shopclerk-staff"
STAFF_PATH = "/staff"
_CONCURRENT_EVENTS = 64

# What the page needs of Gradio. It has no Gradio events, so Gradio's uploads, file routes, queue and proxy stay shut.
_OPEN_DOORS = ("/assets/", "/static/", "/svelte/", "/theme.css", "/favicon.ico", "/robots.txt")


def build_chat_page(title: str) -> gr.Blocks:
    """The Gradio page, with the staff's beside it.

    Each holds one empty column, which `static/chat.js` or `static/staff/main.js` fills and which talks to our own HTTP
    interface. `gr.Chatbot`
    was left aside: it renders replies as HTML that must then be cleaned, shows no queue position or citation panel,
    and the page's words, focus order and scrolling would not be ours. A column needs no template that the browser
    evaluates, so the page runs under a content security policy without `unsafe-eval`.
    """
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True) as page, gr.Column(elem_id=ELEMENT_ID):
        pass
    with page.route("Staff", STAFF_PATH, show_in_navbar=False), gr.Column(elem_id=STAFF_ELEMENT_ID):
        pass
    page.queue(default_concurrency_limit=_CONCURRENT_EVENTS)
    return page


class ShutDoors:
    """ASGI layer around the Gradio page: what shoppers do not need is not there.

    Args:
        app: the page, mounted below all routes.
        methods_at: the methods that those routes take at an address, for requests that came with another.
    """

    def __init__(self, app: ASGIApp, methods_at: Callable[[Scope], Sequence[str]]) -> None:
        self._app = app
        self._methods_at = methods_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["path"] not in ("/", STAFF_PATH) and not scope["path"].startswith(_OPEN_DOORS):
            raise self._refusal(scope)
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> HTTPException:
        methods = ", ".join(self._methods_at(scope))
        if not methods:
            return HTTPException(404)
        return HTTPException(
            405, f"{scope['method']} is not taken at {scope['path']!r}; use {methods}.", {"Allow": methods}
        )
