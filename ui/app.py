"""The web application: our HTTP interface with the Gradio chat page mounted at `/`."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

from bot.bootstrap import Shopclerk
from bot.ordering.rounds import OrderRounds
from bot.transcripts.rounds import TranscriptRounds
from ui.api import Desk, listed, public_router
from ui.auth import VisitorTokens, read_or_make_secret
from ui.bodies import BoundedBodies
from ui.chat import STAFF_PATH, ShutDoors, build_chat_page
from ui.completions import completions_router
from ui.docs import docs_router
from ui.health import health_router
from ui.internal import internal_router
from ui.limiting import Allowance, Limiter
from ui.metrics import Metrics
from ui.origins import GuardedOrigins
from ui.page import DressedPages
from ui.problems import answer_with_problems
from ui.quick_gradio import gr
from ui.shop_page import ShopPages
from ui.staff.area import staff_router
from ui.staff.knowledge_api import UPLOADED_FILES
from ui.staff.page import StaffPage
from ui.static_files import KeptStaticFiles
from ui.theme import gradio_theme
from ui.turns import Turns
from ui.widget.routes import widget_router

_BODY_BYTES = 1_000_000


def create_app(
    shopclerk: Shopclerk,
    *,
    internal_token: str | None = None,
    allowance: Allowance | None = None,
    first_code: str | None = None,
) -> FastAPI:
    """The application around an assembled shop clerk; it starts nothing by itself.

    Args:
        shopclerk: answers, remembers and knows.
        internal_token: opens `/internal` to commands on the same machine; None leaves it out.
        allowance: how much shoppers may send.
        first_code: lets its bearer make the first staff account on the page; None: only the command line can.
    """
    allowance = allowance or Allowance()
    static = KeptStaticFiles()
    turns = Turns()
    metrics = Metrics()
    metrics.tell_alerts(lambda: shopclerk.alerts.lasting())
    tokens = VisitorTokens(read_or_make_secret(shopclerk.settings.home / "visitor.secret"))
    desk = Desk(shopclerk=shopclerk, tokens=tokens, limiter=Limiter(allowance), turns=turns, metrics=metrics)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        watch = shopclerk.desk.watch()
        rounds = TranscriptRounds(shopclerk.line_keeper, shopclerk.originals)
        orders = OrderRounds(shopclerk.order_changes)
        watch.start()
        rounds.start()
        orders.start()
        shopclerk.scoring.start()
        yield
        shopclerk.scoring.close()
        orders.close()
        rounds.close()
        watch.close()
        turns.close()

    # FastAPI's own /docs loads its scripts from elsewhere; ours works offline.
    app = FastAPI(
        title="Shopclerk",
        description="Ask a shop's own pages, products and orders; each answer shows what it rests on.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    answer_with_problems(app)
    app.include_router(public_router(desk))
    app.include_router(widget_router(shopclerk))
    app.include_router(health_router(shopclerk, metrics))
    app.include_router(docs_router(app))
    app.include_router(staff_router(shopclerk, first_code=first_code), include_in_schema=False)
    if shopclerk.settings.api_key:
        app.include_router(completions_router(desk, shopclerk.settings.api_key))
    if internal_token is not None:
        app.include_router(internal_router(shopclerk, internal_token), include_in_schema=False)
    app.mount(static.prefix, static)
    _inside_event_loop(lambda: _mount_chat(app))
    app.add_middleware(BoundedBodies, most_bytes=_BODY_BYTES, larger=UPLOADED_FILES)
    shop_pages = ShopPages(shopclerk, static, allowance)
    dressers = {"/": shop_pages.dressed, STAFF_PATH: StaffPage(shopclerk, static).dressed}
    app.add_middleware(GuardedOrigins, tokens=tokens, listed=partial(listed, shopclerk))
    app.add_middleware(DressedPages, dressers=dressers, framers={"/": shop_pages.framed_by})
    return app


def _inside_event_loop(make: Callable[[], None]) -> None:
    """Call it while an event loop runs: outside of one, Gradio opens a loop for each of its locks and closes none."""

    async def call() -> None:
        make()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(call())
    else:
        make()


def _mount_chat(app: FastAPI) -> None:
    ours = list(app.routes)
    with warnings.catch_warnings():
        # Gradio says that it renders no second page on the server; it was told to render none there.
        warnings.filterwarnings("ignore", "SSR mode is not supported", UserWarning)
        gr.mount_gradio_app(
            app,
            build_chat_page("Shopclerk"),
            path="/",
            footer_links=[],
            run_history=False,
            show_error=False,
            max_file_size=0,
            ssr_mode=False,
            enable_monitoring=False,
            pwa=False,
            mcp_server=False,
            theme=gradio_theme(),
        )
    page = app.routes[-1]
    assert isinstance(page, Mount)  # what mount_gradio_app adds last
    page.app = ShutDoors(page.app, lambda scope: _methods_at(ours, scope))


def _methods_at(routes: Sequence[BaseRoute], scope: Scope) -> list[str]:
    """The methods that the routes take at this address."""

    def taken(method: str) -> bool:
        return any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)

    return [method for method in ("GET", "POST", "PUT", "PATCH", "DELETE") if taken(method)]
