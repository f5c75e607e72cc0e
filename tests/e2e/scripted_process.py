"""The scripted shop behind the real web application, as a process that can be killed: `python -m … HOME PORT`."""

import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from tests.ui.scripted_shop import ScriptedShopclerk
from ui.app import create_app

_ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 300


@dataclass
class ScriptedProcess:
    """A running server on a home of its own."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, home: Path, port: int = 0, *, lease_seconds: float = 120) -> "ScriptedProcess":
        port = port or _free_port()
        command = [sys.executable, "-m", "tests.e2e.scripted_process", str(home), str(port), str(lease_seconds)]
        process = subprocess.Popen(command, cwd=_ROOT)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return cls(home, port, process)
            except OSError:
                assert process.poll() is None, "the server ended before it listened"
                time.sleep(0.05)
        process.kill()
        process.wait()
        raise AssertionError("the server did not listen in time")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(60)

    def restart(self, *, lease_seconds: float = 120) -> None:
        """Kill it, and start it again at the same address."""
        self.kill()
        self.process = ScriptedProcess.start(self.home, self.port, lease_seconds=lease_seconds).process


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def main(home: str, port: str, lease_seconds: str) -> None:
    shop = ScriptedShopclerk(Path(home), lease_seconds=float(lease_seconds))
    uvicorn.run(create_app(shop), port=int(port), log_level="warning", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
