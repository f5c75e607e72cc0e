import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from bot.answering.llm.probe import probe
from bot.answering.llm.remote import RemoteChatModel
from bot.errors import GeneratorError


class OpenAIStandIn(ThreadingHTTPServer):
    """A server that speaks the OpenAI protocol, word by word, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, object], str]] = []
        self.words = ["It ", "is ", "free."]
        self.status = 200
        self.models = ["served-model"]
        self.chat_template: str | None = None
        self.gone = threading.Event()
        self.seconds_a_word = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: OpenAIStandIn

    def log_message(self, *_args) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._json({"data": [{"id": name} for name in self.server.models]})
        elif self.path == "/props" and self.server.chat_template is not None:
            self._json({"chat_template": self.server.chat_template})
        else:
            self._json({"error": "not found"}, 404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/tokenize":
            return self._json({"tokens": [1, 2, 3]})
        self.server.asked.append((self.path, body, self.headers["Authorization"]))
        if self.server.status != 200:
            return self._json({"error": {"message": "the model is on fire"}}, self.server.status)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for word in self.server.words:
                time.sleep(self.server.seconds_a_word)
                self._event(self._part(word))
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            self.server.gone.set()
        return None

    def _part(self, word: str) -> dict[str, object]:
        if self.path.endswith("/chat/completions"):
            choice: dict[str, object] = {"index": 0, "delta": {"role": "assistant", "content": word}}
        else:
            choice = {"index": 0, "text": word}
        return {"id": "1", "object": "x", "created": 1, "model": "served-model", "choices": [choice]}

    def _event(self, value: dict[str, object]) -> None:
        self.wfile.write(f"data: {json.dumps(value)}\n\n".encode())
        self.wfile.flush()

    def _json(self, value: dict[str, object], status: int = 200) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def server() -> Iterator[OpenAIStandIn]:
    with OpenAIStandIn() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


TALK = [SystemMessage("Answer from the text."), HumanMessage("Question: Is it free?")]


def test_chat_goes_to_the_served_model_and_streams(server):
    chunks = list(RemoteChatModel(url=server.url, model="gemma-3-270m").stream(TALK, stop=["\n\n"], max_tokens=9))
    assert [chunk.text for chunk in chunks if chunk.text] == ["It ", "is ", "free."]
    path, body, key = server.asked[0]
    assert path == "/v1/chat/completions"
    assert (body["model"], body["temperature"], body["stop"]) == ("served-model", 0, ["\n\n"])
    assert body["max_completion_tokens"] == 9
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert key == "Bearer none"


def test_the_named_model_and_key_are_used_where_given(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "somebody-elses")
    server.models = ["other", "mine"]
    RemoteChatModel(url=server.url, model="mine", api_key="secret").invoke(TALK)
    _, body, key = server.asked[0]
    assert (body["model"], key) == ("mine", "Bearer secret")


def test_a_model_without_chat_template_gets_few_shot_text(server):
    server.chat_template = "<|im_start|>{{ role }}"
    server.words = ["\n", "It is", " free.", "\nQuestion:", " more"]
    assert RemoteChatModel(url=server.url).invoke(TALK).text == "It is free."
    path, body, _ = server.asked[0]
    assert path == "/v1/completions"
    assert body["prompt"] == "Answer from the text.\n\nQuestion: Is it free?\nAnswer:"


def test_leaving_hangs_up(server):
    server.words, server.seconds_a_word = ["word "] * 500, 0.01
    with closing(RemoteChatModel(url=server.url).stream(TALK)) as chunks:
        next(chunks)
    assert server.gone.wait(20)


def test_the_time_limit_ends_a_slow_answer(server):
    server.words, server.seconds_a_word = ["word "] * 500, 0.01
    chunks = list(RemoteChatModel(url=server.url, time_limit_seconds=0.1).stream(TALK))
    assert len(chunks) < 400
    assert "time" in [chunk.response_metadata.get("finish_reason") for chunk in chunks]


def test_no_server_is_one_sentence_and_a_late_one_is_found(server):
    model = RemoteChatModel(url="http://127.0.0.1:9/v1")
    with pytest.raises(
        GeneratorError, match=r"127\.0\.0\.1:9/v1 did not answer .*; start it, or check SHOPCLERK_GENERATOR"
    ):
        probe(model)
    model.url = server.url
    probe(model)


def test_a_server_without_a_model_is_one_sentence(server):
    server.models = []
    with pytest.raises(GeneratorError, match="serves no model; load one there"):
        probe(RemoteChatModel(url=server.url))


def test_a_server_that_fails_is_one_sentence(server):
    server.status = 400
    with pytest.raises(GeneratorError, match="the model is on fire"):
        list(RemoteChatModel(url=server.url).stream(TALK))
