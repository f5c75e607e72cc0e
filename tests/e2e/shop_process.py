"""`shopclerk serve` as its own process, as an operator starts it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_COMMAND = (sys.executable, "-c", "from scripts.cli import main; main()")
_ROOT = Path(__file__).parents[2]


def shopclerk(home: Path, *arguments: str, **options: object) -> subprocess.Popen[str]:
    """Start a command on a HOME of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHOPCLERK_")}
    environment |= {"SHOPCLERK_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen([*_COMMAND, *arguments], cwd=_ROOT, env=environment, text=True, **options)


def run_shopclerk(home: Path, *arguments: str) -> str:
    """Run a command to its end and give what it printed."""
    process = shopclerk(home, *arguments, stdout=subprocess.PIPE)
    printed, _ = process.communicate(timeout=500)
    assert process.returncode == 0, f"shopclerk {' '.join(arguments)} ended with {process.returncode}: {printed}"
    return printed


@dataclass
class ShopProcess:
    """A running server; it can be killed and started again at the same address."""

    home: Path
    process: subprocess.Popen[str]
    address: str

    @classmethod
    def start(cls, home: Path, *options: str, port: int = 0) -> "ShopProcess":
        arguments: Sequence[str] = ("serve", "--port", str(port), "--json", *options)
        process = shopclerk(home, *arguments, stdout=subprocess.PIPE)
        return cls(home, process, _announced(process)["url"].rstrip("/"))

    def restart(self) -> None:
        """Kill it as a power cut would, and start it again at the same address."""
        self.process.send_signal(signal.SIGKILL)
        self._wait()
        self.process = ShopProcess.start(self.home, port=int(self.address.rsplit(":", 1)[1])).process

    def stop(self) -> None:
        """End it as an operator does."""
        self.process.terminate()
        self._wait()

    def _wait(self) -> None:
        self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()


def _announced(process: subprocess.Popen[str]) -> dict[str, str]:
    """What the server printed when it was ready: one JSON document."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        try:
            return json.loads(printed)
        except json.JSONDecodeError:
            continue
    raise AssertionError(f"The server ended with {process.wait(60)} before it was ready: {printed}")
