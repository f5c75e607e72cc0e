"""`shopclerk serve`: one process that owns the index, answers shoppers and takes work from other commands."""

import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib import import_module
from ipaddress import ip_address
from threading import Event, Thread, Timer
from time import sleep
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
import uvicorn

from bot.settings import Settings
from knowledge.errors import IndexLocked
from knowledge.weights import ModelStore
from scripts.clerk import BUSY_SENTENCE, WAIT_SECONDS, LocalClerk
from scripts.console import JsonFlag, note, print_json, progress
from scripts.demo import DEMO_SHOP, demo_folder, demo_is_current, demo_reviews, remember_demo
from scripts.errors import PortTaken
from scripts.models import fetch_models, needed_models
from scripts.running import RunningServer, remove_note, running_server, write_note

if TYPE_CHECKING:
    from bot.bootstrap import Shopclerk  # for its name only: it brings seconds of imports before the first message

ANY_ADDRESS = "0.0.0.0"

SHUTDOWN_SECONDS = 3
"""How long replies under way may go on once the server is told to stop."""

PATIENCE_SECONDS = 1.5
"""How long after that they may take to be cut off, before the process ends around them."""

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open: longer than proxies and HTTP libraries keep theirs (5 to 60 s). Who closes
first must be the one who asks, or a request now and then meets a connection that is just being closed."""

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk serve --port 8080")
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.", show_default="SHOPCLERK_HOST, or 127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="Port; 0: any free one.", show_default="SHOPCLERK_PORT, or 7860", min=0, max=65535),
    ] = None,
    set_up: Annotated[
        bool, typer.Option("--set-up", help="First fetch missing models and publish the demo shop.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Start the shop bot and print its address."""
    given = {"host": host, "port": port}
    settings = Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    # A server that was told to stop returns or raises, depending on where in its loop the signal found it.
    with suppress(KeyboardInterrupt), _stopping_like_ctrl_c():
        _serve(settings, set_up=set_up, json=json)
    _end()


def _serve(settings: Settings, *, set_up: bool, json: bool) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    _refuse_second(settings)
    with _bound_sockets(settings) as sockets:
        if set_up:
            store = ModelStore(settings.home / "models")
            fetch_models(store, [name for name in needed_models(settings) if not store.installed(name)])
        shopclerk = import_module("bot.bootstrap").build(settings)
        try:
            _take_index(shopclerk, settings)
            if set_up:
                _publish_demo(shopclerk, settings)
            with progress("Mending the index") as tell:
                shopclerk.mend_index(lambda step: tell(step.stage, step.done, step.total))
            note("Loading the models …")
            shopclerk.warm_search()
            _answer(shopclerk, sockets, json=json)
        finally:
            shopclerk.close()


def _end() -> NoReturn:
    """Say so and be gone, everything being put away.

    Not by returning: Python would wait for threads that load a model or answer a shopper who is there no more, and
    unload libraries for seconds.
    """
    note("Stopped.")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _refuse_second(settings: Settings) -> None:
    if (other := running_server(settings.home)) is not None:
        raise PortTaken(f"The shop bot of {settings.home} is already running at {other.url} (process {other.pid}).")


def _answer(shopclerk: "Shopclerk", sockets: Sequence[socket.socket], *, json: bool) -> None:
    """Serve until told to stop; the note is there exactly as long as the server listens."""
    public, internal = _address(sockets[0]), _address(sockets[-1])
    server = RunningServer(pid=os.getpid(), url=internal, token=secrets.token_urlsafe(32))
    home = shopclerk.settings.home

    stopping = Event()

    def ready() -> None:
        write_note(home, server)
        shopclerk.load_generator_ahead()
        shopclerk.insight_rounds.start()
        Thread(target=_warm, args=(shopclerk, stopping), name="warm", daemon=True).start()
        if json:
            print_json({"url": public, "pid": server.pid, "home": str(home), "shops": shopclerk.versions.shops()})
        else:
            print(f"The shop bot answers at {public}  (Ctrl-C stops it)", flush=True)
        if first_code is not None:
            note(f"Nobody may sign in yet. Make the first staff account at {public}/staff with the code {first_code}")

    first_code = None if shopclerk.staff.accounts.any() else import_module("bot.staff.passwords").grouped(12)
    web = import_module("ui.app").create_app(shopclerk, internal_token=server.token, first_code=first_code)
    config = uvicorn.Config(
        web,
        log_level="warning",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )

    def put_away() -> None:
        stopping.set()
        remove_note(home, server)
        shopclerk.close()

    def cut_off() -> None:
        put_away()
        _end()

    try:
        _Server(config, ready, shopclerk.bulletin.close, cut_off).run(sockets=list(sockets))
    finally:
        put_away()


def _warm(shopclerk: "Shopclerk", stopping: Event) -> None:
    """Load the generator while the first shopper still reads the greeting, and say what runs where."""
    try:
        shopclerk.warm()
        health = shopclerk.health()
    except Exception as error:
        if not stopping.is_set():  # else its parts were closed under it
            note(f"The generator could not be tried: {error}")
        return
    for problem in health.problems:
        note(problem)
    _read_demo_reviews(shopclerk, stopping)
    _place_demo_orders(shopclerk, stopping)
    note(f"Search runs on {health.embedder}, answers are written by {health.generator}, on {health.device}.")


def _read_demo_reviews(shopclerk: "Shopclerk", stopping: Event) -> None:
    """What shoppers wrote about the demo shop's products, so that staff see something; again it changes nothing."""
    if shopclerk.settings.shop != DEMO_SHOP or not demo_is_current(shopclerk.settings.home):
        return
    try:
        shopclerk.reviews.add([demo_reviews()], shop=DEMO_SHOP)
    except Exception as error:  # answering does not depend on it
        if not stopping.is_set():
            note(f"The reviews of the demo shop could not be read: {error}")


def _place_demo_orders(shopclerk: "Shopclerk", stopping: Event) -> None:
    """Orders of the demo shop that are as old as what can be done with them asks for."""
    if shopclerk.settings.shop != DEMO_SHOP or not demo_is_current(shopclerk.settings.home):
        return
    zone = ZoneInfo(shopclerk.profiles.get(DEMO_SHOP).timezone)
    try:
        # Not at the top, for it brings the database's imports before the first message.
        placed = import_module("scripts.demo_orders").place_fresh_orders(shopclerk.engine, now=datetime.now(zone))
    except Exception as error:  # answering does not depend on it
        if not stopping.is_set():
            note(f"The orders of the demo shop could not be renewed: {error}")
        return
    if placed:
        note(f"Orders to try changes with, of anna.lindqvist@example.com: {', '.join(placed)}.")


class _Server(uvicorn.Server):
    """A web server that says when it listens, and ends in good time.

    Args:
        config: what it serves.
        ready: called when it listens.
        told: called when it was told to stop: streams of events end only then.
        cut_off: called when it was told to stop and has not by itself: uvicorn waits for threads that work on a reply.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        told: Callable[[], None],
        cut_off: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._ready, self._told, self._cut_off = ready, told, cut_off

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Told to stop."""
        last = Timer(SHUTDOWN_SECONDS + PATIENCE_SECONDS, self._cut_off)
        last.daemon = True
        last.start()
        Thread(target=self._told, name="closing", daemon=True).start()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _take_index(shopclerk: "Shopclerk", settings: Settings) -> None:
    """Own the index from here on, once no ingest does any more."""
    told = False
    while True:
        try:
            shopclerk.indexes  # noqa: B018  # making it takes the lock
            return
        except IndexLocked:
            _refuse_second(settings)
            if not told:
                note(BUSY_SENTENCE)
                told = True
            sleep(WAIT_SECONDS)


def _publish_demo(shopclerk: "Shopclerk", settings: Settings) -> None:
    """The demo shop, when it is the shop that answers and is not published as it is in this copy of the project."""
    if settings.shop != DEMO_SHOP:
        return
    if demo_is_current(settings.home) and shopclerk.versions.active(DEMO_SHOP) is not None:
        return
    with progress("Reading the demo shop") as tell:
        report = LocalClerk(shopclerk).ingest([demo_folder()], shop=DEMO_SHOP, prune=True, dry_run=False, tell=tell)
    remember_demo(settings.home)
    note(f"The demo shop is published: version {report['version']}, {report['chunks']} passages.")


@contextmanager
def _bound_sockets(settings: Settings) -> Iterator[list[socket.socket]]:
    """Where shoppers come in and, last, where commands on this machine do; often the same one."""
    sockets = [_bound(settings.host, settings.port)]
    try:
        host = sockets[0].getsockname()[0]
        if host != ANY_ADDRESS and not ip_address(host).is_loopback:
            sockets.append(_bound("127.0.0.1", 0))
        yield sockets
    finally:
        for one in sockets:
            one.close()


def _bound(host: str, port: int) -> socket.socket:
    """A socket that holds the port from now on; nobody is let in before the server is ready.

    Raises:
        PortTaken: something else listens there, or this machine has no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise PortTaken(
            f"The shop bot cannot listen at {host} port {port} ({error.strerror}); "
            f"choose another, for example with SHOPCLERK_PORT={port - 1 if port > 1024 else port + 8000}"
        ) from error
    return bound


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    host = "127.0.0.1" if host == ANY_ADDRESS else host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _stopping_like_ctrl_c() -> Iterator[None]:
    """SIGTERM and a closed terminal end the server as Ctrl-C does: nothing half done, no note left behind."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
