"""A server of its own process and HOME, for measuring what a shopper meets."""

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import IO

from scripts.errors import ServerUnreachable

STOP_SECONDS = 30.0


@dataclass(frozen=True)
class ServerProcess:
    """A server that listens.

    Attributes:
        seconds_to_start: from the command to the printed address.
    """

    url: str
    pid: int
    seconds_to_start: float


@contextmanager
def server_process(home: Path, *options: str, generator: str = "") -> Iterator[ServerProcess]:
    """`shopclerk serve` on any free port with this HOME, stopped as Ctrl-C would.

    Args:
        home: its HOME.
        options: of `serve`.
        generator: instead of the one that the settings name, e.g. `none`.

    Raises:
        ServerUnreachable: it ended before it listened, or while it was needed; what it said is in the message.
    """
    command = ["env", f"SHOPCLERK_HOME={home}", "SHOPCLERK_DATABASE_URL=", "SHOPCLERK_CHROMA_URL="]
    command += [f"SHOPCLERK_GENERATOR={generator}"] if generator else []
    command += [sys.executable, "-m", "scripts.cli", "serve", "--port", "0", "--json", *options]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        began = perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, cwd=_ROOT)
        try:
            assert process.stdout is not None  # asked for above
            document = ""
            for line in process.stdout:
                document += line
                if line.startswith("}"):
                    break
            seconds = perf_counter() - began
            if not document:
                raise ServerUnreachable(f"The server ended before it listened: {_all_of(said)}")
            started = json.loads(document)
            try:
                yield ServerProcess(started["url"], started["pid"], seconds)
            except Exception as error:
                if (code := process.poll()) is None:
                    raise
                ended = f"The server ended by itself (exit {code}); it said: {_all_of(said)}"
                raise ServerUnreachable(ended) from error
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _all_of(said: IO[str]) -> str:
    said.seek(0)
    return said.read().strip() or "nothing"


_ROOT = Path(__file__).parents[1]
