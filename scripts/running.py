"""The note that a running server leaves in HOME, by which commands find it and are let in."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from scripts.errors import ServerUnreachable

NOTE = "server.json"
PING_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class RunningServer:
    """Where the server of this HOME listens, and the token that opens its internal door."""

    pid: int
    url: str
    token: str

    def answers(self) -> bool:
        """Whether the server that wrote the note is still there; a number used again by another process is not it.

        Raises:
            ServerUnreachable: something is there but gives no answer.
        """
        try:
            answer = httpx.get(
                f"{self.url}/internal/v1/ping", headers=self.headers, timeout=PING_TIMEOUT_SECONDS, trust_env=False
            )
        except httpx.TimeoutException as error:
            raise ServerUnreachable(
                f"The server at {self.url} (process {self.pid}) does not answer; "
                "wait a moment and try again, or stop it."
            ) from error
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    @property
    def headers(self) -> dict[str, str]:
        """What a request must carry."""
        return {"Authorization": f"Bearer {self.token}"}


def write_note(home: Path, server: RunningServer) -> None:
    """Leave the note, readable by this user only, whole or not at all."""
    fresh = home / f".{NOTE}.{server.pid}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(server), file)
    fresh.replace(home / NOTE)


def remove_note(home: Path, server: RunningServer) -> None:
    """Take away the note of this server; another's stays."""
    if _read(home) == server:
        (home / NOTE).unlink(missing_ok=True)


def running_server(home: Path) -> RunningServer | None:
    """The server that owns this HOME now; None when there is none or its note is a dead one's."""
    server = _read(home)
    if server is None or not _alive(server.pid):
        return None
    return server if server.answers() else None


def _read(home: Path) -> RunningServer | None:
    try:
        return RunningServer(**json.loads((home / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
