"""Where commands get their work done: in a running server of the same HOME, or in this process."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from bot.settings import Settings
from knowledge.errors import IndexLocked, ShopclerkError
from scripts.console import Tell, note
from scripts.errors import ServerUnreachable
from scripts.running import RunningServer, running_server

if TYPE_CHECKING:
    from bot.bootstrap import Shopclerk  # for its name only: it brings seconds of imports that a hand-off spares

WAIT_SECONDS = 1.0

BUSY_SENTENCE = "Another command is at work on this HOME; waiting for it …"


class Clerk(Protocol):
    """Does what commands ask for; JSON documents are in the shapes promised to programs."""

    def ingest(self, paths: Sequence[Path], *, shop: str, prune: bool, dry_run: bool, tell: Tell) -> dict[str, Any]:
        """Publish what the files say; gives `ingest --json`."""
        ...

    def search(self, question: str, *, shop: str, k: int, language: str | None) -> list[dict[str, Any]]:
        """Find passages; gives `search --json`."""
        ...

    def ask(self, text: str, *, shop: str, conversation_id: str | None) -> Iterator[dict[str, Any]]:
        """Answer; gives lines of kind `status`, `token` and last `done` with the reply of `ask --json`."""
        ...


class RemoteClerk:
    """Hands the work to the running server."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server

    def ingest(self, paths: Sequence[Path], *, shop: str, prune: bool, dry_run: bool, tell: Tell) -> dict[str, Any]:
        """Publish what the files say; gives `ingest --json`."""
        asked = {"paths": [str(path.absolute()) for path in paths], "shop": shop, "prune": prune, "dry_run": dry_run}
        for line in self._lines("ingest", asked):
            if line["kind"] == "progress":
                tell(line["stage"], line["done"], line["total"])
            elif line["kind"] == "waiting":
                note(line["sentence"])
            elif line["kind"] == "report":
                report: dict[str, Any] = line["report"]
                return report
        raise self._ended_early()

    def search(self, question: str, *, shop: str, k: int, language: str | None) -> list[dict[str, Any]]:
        """Find passages; gives `search --json`."""
        asked = {"question": question, "shop": shop, "k": k, "language": language}
        for line in self._lines("search", asked):
            if line["kind"] == "found":
                found: list[dict[str, Any]] = line["passages"]
                return found
        raise self._ended_early()

    def ask(self, text: str, *, shop: str, conversation_id: str | None) -> Iterator[dict[str, Any]]:
        """Answer; gives lines of kind `status`, `token` and last `done` with the reply of `ask --json`."""
        ended = False
        for line in self._lines("ask", {"text": text, "shop": shop, "conversation_id": conversation_id}):
            ended = line["kind"] == "done"
            yield line
        if not ended:
            raise self._ended_early()

    def _lines(self, what: str, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
        url = f"{self._server.url}/internal/v1/{what}"
        timeout = httpx.Timeout(None, connect=10.0)  # an ingest may think for minutes between two lines
        try:
            with (
                httpx.Client(timeout=timeout, trust_env=False) as client,
                client.stream("POST", url, json=asked, headers=self._server.headers) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise _refused(response)
                for text in response.iter_lines():
                    line: dict[str, Any] = json.loads(text)
                    if line["kind"] == "error":
                        raise ShopclerkError(line["sentence"])
                    yield line
        except httpx.HTTPError as error:
            raise self._ended_early() from error

    def _ended_early(self) -> ServerUnreachable:
        return ServerUnreachable(
            f"The server at {self._server.url} stopped before it was done; what was published stays. Run this again."
        )


class LocalClerk:
    """Does the work in this process, which then owns the index."""

    def __init__(self, shopclerk: "Shopclerk") -> None:
        self._shopclerk = shopclerk

    def ingest(self, paths: Sequence[Path], *, shop: str, prune: bool, dry_run: bool, tell: Tell) -> dict[str, Any]:
        """Publish what the files say; gives `ingest --json`."""
        report = self._shopclerk.ingest(
            paths,
            shop=shop,
            prune=prune,
            dry_run=dry_run,
            on_progress=lambda progress: tell(progress.stage, progress.done, progress.total),
        )
        document: dict[str, Any] = report.as_json()
        return document

    def search(self, question: str, *, shop: str, k: int, language: str | None) -> list[dict[str, Any]]:
        """Find passages; gives `search --json`."""
        internal = import_module("ui.internal")
        internal.require_shop(self._shopclerk, shop)
        passages = self._shopclerk.searcher.search(question, shop=shop, k=k, language=language)
        return [internal.found_json(passage) for passage in passages]

    def ask(self, text: str, *, shop: str, conversation_id: str | None) -> Iterator[dict[str, Any]]:
        """Answer; gives lines of kind `status`, `token` and last `done` with the reply of `ask --json`."""
        internal = import_module("ui.internal")
        if conversation_id is None:
            internal.require_shop(self._shopclerk, shop)
            conversation_id = self._shopclerk.history.start(shop).id
        for chunk in self._shopclerk.assistant.reply(conversation_id, text):
            if (line := internal.reply_line(chunk)) is not None:
                yield line


@contextmanager
def open_clerk(settings: Settings) -> Iterator[Clerk]:
    """The running server of this HOME if there is one, otherwise this process once the index is free."""
    server = running_server(settings.home)
    if server is not None:
        note(f"Handing over to the server at {server.url}")
        yield RemoteClerk(server)
        return
    shopclerk = import_module("bot.bootstrap").build(settings)
    try:
        if (server := _owner(shopclerk, settings)) is not None:
            yield RemoteClerk(server)
        else:
            yield LocalClerk(shopclerk)
    finally:
        shopclerk.close()


def _owner(shopclerk: "Shopclerk", settings: Settings) -> RunningServer | None:
    """Wait until the index is ours (None) or a server has it: an ingest ends, and a server on its way up comes up."""
    told = False
    while True:
        try:
            shopclerk.indexes  # noqa: B018  # making it takes the lock
            return None
        except IndexLocked:
            if not told:
                note(BUSY_SENTENCE)
                told = True
        time.sleep(WAIT_SECONDS)
        if (server := running_server(settings.home)) is not None:
            return server


def _refused(response: httpx.Response) -> ShopclerkError:
    response.read()
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        detail = f"status {response.status_code}"
    return ServerUnreachable(f"The running server refused: {detail}")
