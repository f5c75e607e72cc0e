"""A shopper at the HTTP interface."""

import json
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient


@dataclass
class Visitor:
    client: TestClient
    id: str
    token: str
    refresh: str = ""
    expires_in: int = 0

    @classmethod
    def arrive(cls, client: TestClient, **wanted: str) -> "Visitor":
        started = client.post("/api/v1/conversations", json=wanted)
        assert started.status_code == 201, started.text
        return cls(client, **started.json())

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def path(self) -> str:
        return f"/api/v1/conversations/{self.id}"

    def post(self, what: str, body: Any = None, **headers: str):
        return self.client.post(f"{self.path}/{what}", json=body, headers=self.headers | headers)

    def ask(self, text: str, **headers: str):
        return self.post("messages", {"text": text}, **headers)

    def events(self, text: str) -> list[tuple[str, dict[str, Any]]]:
        return read_events(self.ask(text, Accept="text/event-stream").text)

    def history(self) -> dict[str, Any]:
        answer = self.client.get(f"{self.path}/messages", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


def read_events(body: str) -> list[tuple[str, dict[str, Any]]]:
    events = []
    for block in body.split("\n\n"):
        if block.strip():
            name, data = block.split("\n", 1)
            events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events
