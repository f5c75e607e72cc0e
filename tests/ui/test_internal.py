"""The internal door lets in only who is on this machine and knows the token, and passes work on as it goes."""

import json
import threading
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.reply import Reply, ReplyChunk
from knowledge.documents import Chunk, Passage
from ui.internal import internal_router
from ui.problems import answer_with_problems

TOKEN = {"Authorization": "Bearer open-sesame"}


@dataclass(frozen=True)
class Progress:
    stage: str
    done: int
    total: int


class Clerk:
    """As much of a Shopclerk as the door needs."""

    def __init__(self):
        self.ingested = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.started = threading.Event()
        self.searcher = self
        self.history = self
        self.assistant = self
        self.versions = SimpleNamespace(shops=lambda: ["demo", "mugs"])

    def ingest(self, paths, *, shop, prune, dry_run, on_progress):
        on_progress(Progress("reading", 1, 2))
        self.started.set()
        self.go_on.wait(10)
        self.ingested.append((list(map(str, paths)), shop, prune, dry_run))
        return SimpleNamespace(as_json=lambda: {"version": len(self.ingested)})

    def search(self, question, *, shop, k, language):
        chunk = Chunk("c1", "d1", shop, "faq.csv#1", "Returns", "", f"{question} {language}", 0, "en", "faq")
        return [Passage(chunk, 1, 0.87654321, ("dense",))][:k]

    def start(self, shop, *, language=None):
        return SimpleNamespace(id=f"new in {shop}")

    def reply(self, conversation_id, text):
        yield ReplyChunk(kind="status", status="searching")
        yield ReplyChunk(kind="token", text="Yes.")
        reply = Reply("Yes.", "en", "answered", "extracted", (), (), conversation_id, "m1", {"total": 1.0})
        yield ReplyChunk(kind="done", reply=reply)


@pytest.fixture
def clerk():
    return Clerk()


@pytest.fixture
def app(clerk):
    app = FastAPI()
    app.include_router(internal_router(clerk, "open-sesame"))
    answer_with_problems(app)
    return app


@pytest.fixture
def client(app):
    return TestClient(app, client=("127.0.0.1", 50000))


def _lines(response):
    assert response.status_code == 200
    return [json.loads(line) for line in response.text.splitlines()]


@pytest.mark.parametrize("path", ["ping", "ingest", "search", "ask"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer open"}, {"Authorization": "open-sesame"}])
def test_without_the_token_nothing_opens(client, path, headers):
    call = client.get if path == "ping" else client.post
    assert call(f"/internal/v1/{path}", headers=headers).status_code == 401


@pytest.mark.parametrize("host", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "testclient"])
def test_from_another_machine_even_the_token_opens_nothing(app, host):
    assert TestClient(app, client=(host, 1)).get("/internal/v1/ping", headers=TOKEN).status_code == 401


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1"])
def test_from_this_machine_the_token_opens(app, host):
    assert TestClient(app, client=(host, 1)).get("/internal/v1/ping", headers=TOKEN).json() == {"here": True}


def test_ingest_tells_its_progress_and_then_its_report(client, clerk):
    asked = {"paths": ["/shop/files"], "shop": "mine", "prune": True}
    lines = _lines(client.post("/internal/v1/ingest", json=asked, headers=TOKEN))
    assert lines == [
        {"kind": "progress", "stage": "reading", "done": 1, "total": 2},
        {"kind": "report", "report": {"version": 1}},
    ]
    assert clerk.ingested == [(["/shop/files"], "mine", True, False)]


def test_search_gives_the_promised_shape(client):
    asked = {"question": "worn shoes", "shop": "demo", "k": 3, "language": "en"}
    (line,) = _lines(client.post("/internal/v1/search", json=asked, headers=TOKEN))
    assert line["passages"] == [
        {
            "rank": 1,
            "score": 0.8765,
            "document_id": "d1",
            "chunk_id": "c1",
            "source": "faq.csv#1",
            "title": "Returns",
            "text": "worn shoes en",
            "found_by": ["dense"],
        }
    ]


@pytest.mark.parametrize("what", [{"search": {"question": "worn shoes"}}, {"ask": {"text": "worn shoes"}}])
def test_a_misspelt_shop_comes_as_a_sentence_with_the_shops_there_are(client, what):
    ((path, asked),) = what.items()
    (line,) = _lines(client.post(f"/internal/v1/{path}", json={**asked, "shop": "dmeo"}, headers=TOKEN))
    assert line == {"kind": "error", "sentence": "There is no shop 'dmeo' here; there is: 'demo', 'mugs'."}


def test_ask_streams_and_starts_a_conversation_when_none_is_named(client):
    lines = _lines(client.post("/internal/v1/ask", json={"text": "Hello?", "shop": "demo"}, headers=TOKEN))
    assert [line["kind"] for line in lines] == ["status", "token", "done"]
    assert lines[-1]["reply"]["conversation_id"] == "new in demo"
    named = {"text": "Hello?", "shop": "demo", "conversation_id": "c9"}
    lines = _lines(client.post("/internal/v1/ask", json=named, headers=TOKEN))
    assert lines[-1]["reply"]["conversation_id"] == "c9"


def test_a_second_ingest_is_told_that_it_waits(client, clerk):
    clerk.go_on.clear()
    answers = []
    asked = {"paths": ["/first"], "shop": "demo"}
    first = threading.Thread(
        target=lambda: answers.append(client.post("/internal/v1/ingest", json=asked, headers=TOKEN))
    )
    first.start()
    assert clerk.started.wait(10)
    threading.Timer(0.05, clerk.go_on.set).start()
    lines = _lines(client.post("/internal/v1/ingest", json={"paths": ["/second"], "shop": "demo"}, headers=TOKEN))
    first.join()
    assert lines[0]["kind"] == "waiting"
    assert lines[-1]["report"] == {"version": 2}
    assert [paths for paths, *_ in clerk.ingested] == [["/first"], ["/second"]]
