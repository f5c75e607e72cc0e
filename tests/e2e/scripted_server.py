"""The web application around a scripted shop, on a port of its own, in a thread of the test."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tests.ui.scripted_shop import ScriptedShopclerk
from ui.app import create_app
from ui.limiting import Allowance

A_LONG_TIME_SECONDS = 60


@contextmanager
def scripted_server(shop: ScriptedShopclerk, *, allowance: Allowance | None = None) -> Iterator[str]:
    """The address of the running server."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(create_app(shop, allowance=allowance), log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    deadline = time.monotonic() + A_LONG_TIME_SECONDS
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(A_LONG_TIME_SECONDS)
        listening.close()
