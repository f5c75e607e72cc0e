"""Somebody at the staff's HTTP interface."""

from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

from bot.staff.sessions import csrf_token
from ui.staff.door import COOKIE, CSRF_HEADER

PASSWORD = "correct horse"


@dataclass
class Colleague:
    """Sends the session's cookie itself: one client serves many people."""

    client: TestClient
    token: str

    def ask(self, method: str, path: str, body: Any = None, *, csrf: bool = True, **headers: str) -> Response:
        if self.token:
            headers["Cookie"] = f"{COOKIE}={self.token}"
        if csrf and self.token and method != "GET":
            headers[CSRF_HEADER] = csrf_token(self.token)
        self.client.cookies.clear()
        return self.client.request(method, f"/api/staff{path}", json=body, headers=headers, follow_redirects=False)

    def get(self, path: str, **headers: str) -> Any:
        answer = self.ask("GET", path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def do(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.ask(method, path, body)
        assert answer.status_code in (200, 201, 204), answer.text
        return answer.json() if answer.content else None
