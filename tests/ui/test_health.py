"""Operators see whether the server lives, can answer, and what it did."""

from fastapi.testclient import TestClient

from tests.ui.scripted_shop import ScriptedShopclerk
from tests.ui.visitor import Visitor
from ui.app import create_app


def test_alive(client: TestClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_ready_names_what_answers(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "mode": "generated",
        "generator": "scripted",
        "embedder": "scripted",
        "device": "cpu",
        "engine": "scripted",
        "problems": [],
    }


def test_not_ready_says_why(shop: ScriptedShopclerk) -> None:
    shop.healthy = False
    with TestClient(create_app(shop)) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["The generator gave no token."]


def test_while_the_generator_loads_it_is_ready_to_quote_and_afterwards_to_write(shop: ScriptedShopclerk) -> None:
    shop.loading = True
    with TestClient(create_app(shop)) as client:
        before = client.get("/readyz")
        shop.loading = False
        after = client.get("/readyz")
    assert (before.status_code, before.json()["mode"]) == (200, "extracted-only")
    assert (after.status_code, after.json()["mode"]) == (200, "generated")


def counted(client: TestClient, line: str) -> float:
    page = client.get("/metrics").text
    return next((float(found.rsplit(" ", 1)[1]) for found in page.splitlines() if found.startswith(line)), 0.0)


def test_metrics_count_turns_by_gear_and_outcome(client: TestClient, visitor: Visitor) -> None:
    lines = (
        'shopclerk_turns_total{gear="generated",language="en",outcome="answered"}',
        'shopclerk_turn_seconds_count{gear="generated"}',
    )
    before = [counted(client, line) for line in lines]
    visitor.ask("hello")
    assert [counted(client, line) for line in lines] == [count + 1 for count in before]
    assert counted(client, "shopclerk_turns_running") == 0


def test_metrics_count_errors(client: TestClient, visitor: Visitor, shop: ScriptedShopclerk) -> None:
    shop.assistant.error = RuntimeError("broken")
    visitor.events("hello")
    assert counted(client, 'shopclerk_problems_total{code="RuntimeError"}') == 1
