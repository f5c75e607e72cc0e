"""The HTTP interface keeps its promised shapes, guards conversations and explains every error."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from bot.errors import Busy, GeneratorError
from tests.ui.scripted_shop import SHOE, Script, ScriptedShopclerk
from tests.ui.visitor import Visitor
from ui.app import create_app
from ui.limiting import Allowance

REPLY_KEYS = {"text", "language", "outcome", "gear", "citations", "products", "conversation_id", "timings_ms"}
CITATION_KEYS = {"index", "source", "title", "quote", "url", "score"}


def problem_code(response) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["title"]
    assert problem["detail"]
    return problem["type"].rsplit(":", 1)[-1]


def test_answer_has_the_promised_shape(visitor: Visitor) -> None:
    reply = visitor.ask("Can I return shoes?").json()
    assert reply.keys() >= REPLY_KEYS
    assert reply["citations"][0].keys() >= CITATION_KEYS
    assert reply["conversation_id"] == visitor.id


def test_answer_streams_its_steps_in_order(visitor: Visitor, shop: ScriptedShopclerk) -> None:
    shop.assistant.answer = lambda text: Script("One two. [1]", products=(SHOE,))
    events = visitor.events("Anything?")
    names = [name for name, _ in events]
    assert names == ["status", "status", "token", "token", "token", "product", "done"]
    assert "".join(data["text"] for name, data in events if name == "token").strip() == "One two. [1]"
    assert events[-2][1]["price"] == "64.90"
    assert events[-1][1].keys() >= REPLY_KEYS


def test_history_returns_everything_said(visitor: Visitor) -> None:
    reply = visitor.ask("Can I return shoes?").json()
    history = visitor.history()
    assert [message["role"] for message in history["messages"]] == ["user", "assistant"]
    assert history["messages"][1]["id"] == reply["message_id"]
    assert history["messages"][1]["citations"][0]["quote"] == reply["citations"][0]["quote"]


def test_history_survives_a_new_server(shop: ScriptedShopclerk, visitor: Visitor) -> None:
    visitor.ask("Can I return shoes?")
    with TestClient(create_app(shop)) as restarted:
        again = Visitor(restarted, visitor.id, visitor.token)
        assert len(again.history()["messages"]) == 2


def test_unanswered_message_is_resumed_and_stored_once(visitor: Visitor, shop: ScriptedShopclerk) -> None:
    shop.assistant.error = GeneratorError("The model went away.")
    assert visitor.ask("Can I return shoes?").status_code == 503
    shop.assistant.error = None
    assert visitor.post("resume").json()["outcome"] == "answered"
    assert [message["role"] for message in visitor.history()["messages"]] == ["user", "assistant"]
    assert problem_code(visitor.post("resume")) == "not_found"


def test_thumb_is_kept_and_the_last_one_counts(visitor: Visitor) -> None:
    message_id = visitor.ask("Can I return shoes?").json()["message_id"]
    for rating in (1, -1):
        body = {"rating": rating, "comment": "not the shoes I meant"}
        answer = visitor.client.post(f"/api/v1/messages/{message_id}/feedback", json=body, headers=visitor.headers)
        assert answer.status_code == 204
    assert visitor.history()["messages"][1]["rating"] == -1


def test_thumb_on_a_message_of_another_conversation_is_not_found(client: TestClient, visitor: Visitor) -> None:
    message_id = visitor.ask("Can I return shoes?").json()["message_id"]
    other = Visitor.arrive(client)
    answer = client.post(f"/api/v1/messages/{message_id}/feedback", json={"rating": 1}, headers=other.headers)
    assert problem_code(answer) == "not_found"


def test_asking_for_a_person_twice_makes_one_request(visitor: Visitor, shop: ScriptedShopclerk) -> None:
    first = visitor.post("handoff", {"comment": "please call"})
    second = visitor.post("handoff")
    assert first.status_code == 201
    assert first.json() == second.json()
    assert visitor.history()["state"] == "handed_off"
    request = shop.handoffs.open_request(visitor.id)
    assert request is not None
    assert request.summary == "please call"


def test_citation_opens_its_passage(visitor: Visitor) -> None:
    answer = visitor.client.get(f"{visitor.path}/passages/c1", headers=visitor.headers)
    assert "30 days" in answer.json()["text"]
    missing = visitor.client.get(f"{visitor.path}/passages/none", headers=visitor.headers)
    assert problem_code(missing) == "not_found"


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer nonsense", "Basic abc"])
def test_wrong_token_opens_nothing(client: TestClient, visitor: Visitor, token: str | None) -> None:
    headers = {} if token is None else {"Authorization": token}
    for answer in (
        client.get(f"{visitor.path}/messages", headers=headers),
        client.post(f"{visitor.path}/messages", json={"text": "hello"}, headers=headers),
        client.post(f"{visitor.path}/handoff", headers=headers),
        client.post("/api/v1/messages/1/feedback", json={"rating": 1}, headers=headers),
    ):
        assert problem_code(answer) == "not_allowed"
        assert answer.headers["www-authenticate"] == "Bearer"


def test_token_opens_only_its_own_conversation(client: TestClient, visitor: Visitor) -> None:
    stranger = Visitor.arrive(client)
    answer = client.get(f"{visitor.path}/messages", headers=stranger.headers)
    assert problem_code(answer) == "not_allowed"


def test_unknown_shop_is_not_found(client: TestClient) -> None:
    assert problem_code(client.post("/api/v1/conversations", json={"shop": "elsewhere"})) == "not_found"


def test_conversation_starts_without_a_body(client: TestClient) -> None:
    assert client.post("/api/v1/conversations").json().keys() == {"id", "token", "refresh", "expires_in"}


@pytest.mark.parametrize("before", ["", "nonsense", None])
def test_a_visit_before_that_is_not_known_is_no_fault(client: TestClient, before: str | None) -> None:
    assert client.post("/api/v1/conversations", json={"before": before}).status_code == 201


def test_who_shows_the_token_of_their_visit_before_is_recognised(client: TestClient, shop: ScriptedShopclerk) -> None:
    first = client.post("/api/v1/conversations").json()
    again = client.post("/api/v1/conversations", json={"before": first["token"]}).json()
    with shop.engine.connect() as connection:
        visitors = dict(connection.execute(text("SELECT id, visitor_id FROM conversation")).all())
    assert visitors[again["id"]] == visitors[first["id"]] == first["id"]


def test_malformed_body_is_explained(visitor: Visitor) -> None:
    answer = visitor.post("messages", {"txt": "hello"})
    assert problem_code(answer) == "invalid_input"
    assert answer.json()["errors"][0]["field"] == "body.text"


def test_huge_body_is_refused_in_the_readers_language(visitor: Visitor) -> None:
    refused = visitor.ask("x" * 1_100_000, **{"Accept-Language": "zh"})
    assert problem_code(refused) == "too_large"
    assert "最多 1 MB" in refused.json()["detail"]


def test_huge_body_that_does_not_say_its_size_is_refused(visitor: Visitor) -> None:
    pieces = (b" " * 100_000 for _ in range(12))
    refused = visitor.client.post(f"{visitor.path}/messages", content=pieces, headers=visitor.headers)
    assert problem_code(refused) == "too_large"


@pytest.mark.parametrize("body", [b"", b"{bad", b"\xff\xfe\x00", b'{"text": "\\ud800"}', b"[]"])
def test_body_that_cannot_be_read_is_a_problem_document(visitor: Visitor, body: bytes) -> None:
    headers = visitor.headers | {"Content-Type": "application/json"}
    answer = visitor.client.post(f"{visitor.path}/messages", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    problem_code(answer)


@pytest.mark.parametrize("text", ["", "   \n "])
def test_empty_message_is_refused(visitor: Visitor, text: str) -> None:
    assert problem_code(visitor.ask(text)) == "invalid_input"


def test_too_long_message_is_refused_in_the_readers_language(visitor: Visitor) -> None:
    answer = visitor.ask("长" * 2001, **{"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert problem_code(answer) == "invalid_input"
    assert "2001" in answer.json()["detail"]
    assert "上限" in answer.json()["detail"]


def test_too_many_messages_are_refused_with_the_time_to_wait(shop: ScriptedShopclerk) -> None:
    with TestClient(create_app(shop, allowance=Allowance(messages_a_minute=2))) as client:
        visitor = Visitor.arrive(client)
        assert [visitor.ask("hi").status_code for _ in range(3)] == [200, 200, 429]
        refused = visitor.ask("hi")
        assert problem_code(refused) == "too_many_messages"
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert Visitor.arrive(client).ask("hi").status_code == 200


def test_one_address_cannot_flood(shop: ScriptedShopclerk) -> None:
    allowance = Allowance(address_messages_a_minute=2, address_conversations_a_minute=3)
    with TestClient(create_app(shop, allowance=allowance)) as client:
        visitors = [Visitor.arrive(client) for _ in range(3)]
        assert [visitor.ask("hi").status_code for visitor in visitors] == [200, 200, 429]
        assert problem_code(client.post("/api/v1/conversations")) == "too_many_messages"


@pytest.mark.parametrize("error", [Busy("full"), GeneratorError("gone")])
def test_failed_turn_ends_the_stream_with_a_problem(visitor: Visitor, shop: ScriptedShopclerk, error) -> None:
    shop.assistant.error = error
    name, problem = visitor.events("hello")[-1]
    assert name == "error"
    assert problem["status"] == 503
    assert visitor.ask("hello").status_code == 503


def test_unexpected_error_shows_nothing_of_its_inside(visitor: Visitor, shop: ScriptedShopclerk) -> None:
    shop.assistant.error = RuntimeError("/secret/path")
    name, problem = visitor.events("hello")[-1]
    assert (name, problem["status"]) == ("error", 500)
    plain = visitor.ask("hello")
    assert problem_code(plain) == "internal"
    assert "secret" not in str(problem) + plain.text


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/nothing", "/gradio_api/nothing"])
def test_unknown_address_is_a_problem_document(client: TestClient, path: str) -> None:
    assert problem_code(client.get(path)) == "not_found"


def test_wrong_method_is_a_problem_document_that_names_the_right_ones(client: TestClient, visitor: Visitor) -> None:
    for path, right in (("/api/v1/conversations", "POST"), (f"{visitor.path}/messages", "GET, POST")):
        refused = client.put(path)
        problem_code(refused)
        assert (refused.status_code, refused.headers["allow"]) == (405, right)


def test_docs_list_every_endpoint_and_load_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in page
    assert "src=" not in page
    assert "http" not in page.replace("HTTP", "")
