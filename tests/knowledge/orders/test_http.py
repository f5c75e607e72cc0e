"""A shop's own server may be slow, wrong, down or overtaken, and nothing is written twice or half."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from knowledge.errors import OrderBackendError
from knowledge.orders import CancelOrder, Refusal
from knowledge.orders.http import TRIES, HttpOrders
from knowledge.orders.wire import to_json
from tests.fake_orders import FakeOrders
from tests.order_server import KEY, client_of
from tests.order_shop import NOW, PROFILE, SHOP, customers, orders

CANCEL = CancelOrder("C-1", "A-1")


@pytest.fixture
def shop() -> FakeOrders:
    return FakeOrders(customers(), orders(), PROFILE, now=lambda: NOW)


def http(answer: Callable[[httpx.Request], httpx.Response]) -> HttpOrders:
    client = httpx.Client(base_url="http://orders.example", transport=httpx.MockTransport(answer))
    return HttpOrders(client, lambda _shop: PROFILE, now=lambda: NOW)


def passed_on(shop: FakeOrders, disturb: Callable[[httpx.Request], httpx.Response | None]) -> HttpOrders:
    """To a good server, unless `disturb` answers or raises first."""
    server = client_of(shop)

    def answer(request: httpx.Request) -> httpx.Response:
        disturbed = disturb(request)
        if disturbed is not None:
            return disturbed
        headers = {"authorization": f"Bearer {KEY}", "idempotency-key": request.headers.get("idempotency-key", "")}
        got = server.request(
            request.method, str(request.url.raw_path, "ascii"), content=request.read(), headers=headers
        )
        return httpx.Response(got.status_code, content=got.content)

    return http(answer)


def test_a_server_that_does_not_answer_is_told_in_a_sentence():
    asked = []

    def down(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ConnectError("refused")

    with pytest.raises(OrderBackendError, match=r"orders\.example does not answer"):
        http(down).order(SHOP, "A-1")
    assert len(asked) == TRIES


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(401),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"order_number": "A-1"}),
        httpx.Response(302, headers={"location": "http://elsewhere.example"}),
    ],
)
def test_an_answer_that_is_none_is_told_in_a_sentence(answer):
    with pytest.raises(OrderBackendError):
        http(lambda _request: answer).order(SHOP, "A-1")


def test_ids_cannot_reach_other_addresses():
    paths = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path)
        return httpx.Response(404)

    http(answer).order("mugs/../other", "../customers?email=x")
    assert paths == [b"/shops/mugs%2F..%2Fother/orders/..%2Fcustomers%3Femail%3Dx"]


def test_the_key_is_sent(monkeypatch):
    with HttpOrders.at("http://orders.example/", "secret", lambda _shop: PROFILE).client as client:
        assert client.headers["authorization"] == "Bearer secret"
        assert str(client.base_url) == "http://orders.example"


def test_an_answer_that_is_lost_is_asked_for_again_and_written_once(shop):
    lost: Iterator[bool] = iter([True, False])

    def disturb(request: httpx.Request) -> None:
        if request.method == "POST" and next(lost):
            shop.apply(SHOP, CANCEL, key=request.headers["idempotency-key"])
            raise httpx.ReadTimeout("too slow")

    done = passed_on(shop, disturb).apply(SHOP, CANCEL, key="k1")
    assert done == shop.applied(SHOP, "k1")
    assert len(shop.order(SHOP, "A-1").payments) == 2


def test_an_order_that_changed_meanwhile_is_read_and_held_to_the_rules_again(shop):
    moved: Iterator[bool] = iter([True, False])

    def disturb(request: httpx.Request) -> None:
        if request.method == "POST" and next(moved):
            shop.apply(SHOP, CANCEL, key="somebody else's")

    answer = passed_on(shop, disturb).apply(SHOP, CANCEL, key="k1")
    assert answer == Refusal("cancel.state", {"state": "cancelled", "allowed": "pending"})
    assert len(shop.order(SHOP, "A-1").payments) == 2


def test_a_server_without_rules_is_asked_nothing_that_policy_forbids():
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET", "the rules are asked here first"
        found = {"orders": orders()[1], "customers": customers()[0]}.get(request.url.path.split("/")[3])
        return httpx.Response(200, json=to_json(found)) if found else httpx.Response(404)

    assert http(answer).apply(SHOP, CancelOrder("C-1", "A-2"), key="k1").rule == "cancel.state"


def test_a_refusal_of_the_servers_own_is_passed_on(shop):
    def disturb(request: httpx.Request) -> httpx.Response | None:
        own = {"rule": "order.moved_on", "values": {"why": "being packed"}}
        return httpx.Response(422, json=own) if request.method == "POST" else None

    answer = passed_on(shop, disturb).apply(SHOP, CANCEL, key="k1")
    assert answer == Refusal("order.moved_on", {"why": "being packed"})


def test_a_server_that_is_always_overtaken_is_given_up(shop):
    answer = passed_on(shop, lambda request: httpx.Response(409) if request.method == "POST" else None)
    assert answer.apply(SHOP, CANCEL, key="k1") == Refusal("order.moved_on")
