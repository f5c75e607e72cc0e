"""HttpOrders: customers and orders kept by a shop's own server, through the small contract in `http.md`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from knowledge.errors import OrderBackendError
from knowledge.orders.backend import Applied
from knowledge.orders.changes import Change
from knowledge.orders.effects import Effects, effects_of
from knowledge.orders.reading import facts_of
from knowledge.orders.refusals import Refusal
from knowledge.orders.rules import check
from knowledge.orders.views import Choice, CustomerView, OrderView
from knowledge.orders.wire import from_json, to_json
from knowledge.profile import ShopProfile

T = TypeVar("T")

TIMEOUT_SECONDS = 10.0
TRIES = 3
"""Of a request that did not come through, and of a change to an order that changed meanwhile."""


@dataclass(frozen=True)
class _Server:
    """The shop's server, asked so often until it answers."""

    client: httpx.Client

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        for left in reversed(range(TRIES)):
            try:
                answer = self.client.request(method, path, **options)
            except httpx.TransportError as error:
                if not left:
                    raise OrderBackendError(
                        f"The order server {self.client.base_url} does not answer ({error}); try again later."
                    ) from error
                continue
            if answer.status_code in (502, 503, 504) and left:
                continue
            return answer
        raise AssertionError("the last try answers or raises")


def _now() -> datetime:
    return datetime.now(UTC)


class HttpOrders:
    """An OrderBackend on a shop's own server. The rules are asked here too, before anything is sent there.

    Args:
        client: with the server's base URL and whatever it wants to know who asks.
        profiles: the profile of a shop, with its policy.
        now: the time; rules ask for it.
    """

    def __init__(
        self,
        client: httpx.Client,
        profiles: Callable[[str], ShopProfile],
        *,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.client, self._profiles, self._now = client, profiles, now
        self._server = _Server(client)

    @classmethod
    def at(
        cls, url: str, key: str, profiles: Callable[[str], ShopProfile], *, now: Callable[[], datetime] = _now
    ) -> "HttpOrders":
        """On the server at that address, which knows us by that key."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        client = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=TIMEOUT_SECONDS)
        return cls(client, profiles, now=now)

    def customer(self, shop: str, customer_id: str) -> CustomerView | None:
        """As of OrderBackend."""
        return self._read(CustomerView, _path(shop, "customers", customer_id))

    def customer_by_email(self, shop: str, email: str) -> CustomerView | None:
        """As of OrderBackend."""
        return self._only(shop, {"email": email})

    def customer_by_name(self, shop: str, first: str, last: str, postcode: str) -> CustomerView | None:
        """As of OrderBackend."""
        return self._only(shop, {"first": first, "last": last, "postcode": postcode})

    def order(self, shop: str, order_number: str) -> OrderView | None:
        """As of OrderBackend."""
        return self._read(OrderView, _path(shop, "orders", order_number))

    def orders_of(self, shop: str, customer_id: str) -> tuple[OrderView, ...]:
        """As of OrderBackend."""
        return self._read(tuple[OrderView, ...], _path(shop, "customers", customer_id, "orders")) or ()

    def choices(self, shop: str, product_id: str, *, language: str = "en") -> tuple[Choice, ...]:
        """As of OrderBackend."""
        path = _path(shop, "products", product_id, "items")
        return self._read(tuple[Choice, ...], path, {"language": language}) or ()

    def applied(self, shop: str, key: str) -> Applied | None:
        """As of OrderBackend."""
        return self._read(Applied, _path(shop, "changes", key))

    def apply(self, shop: str, change: Change, *, key: str, expected: Effects | None = None) -> Applied | Refusal:
        """As of OrderBackend."""
        for _ in range(TRIES):
            facts = facts_of(self, shop, change, profile=self._profiles(shop), now=self._now())
            refusal = check(change, facts)
            effects = None if refusal else effects_of(change, facts)
            if effects and expected and not effects.same_deal(expected):
                refusal = Refusal("order.moved_on")
            if refusal or effects is None:  # it may be the change itself that stands in its way by now
                return self.applied(shop, key) or refusal or Refusal("order.moved_on")
            revision = facts.order.revision if facts.order else ""
            body = {"change": to_json(change), "expected": to_json(effects), "revision": revision}
            answer = self._server.ask("POST", _path(shop, "changes"), json=body, headers={"Idempotency-Key": key})
            if answer.status_code != httpx.codes.CONFLICT:
                return _written(answer)
        return Refusal("order.moved_on")

    def _only(self, shop: str, asked: Mapping[str, str]) -> CustomerView | None:
        found = self._read(tuple[CustomerView, ...], _path(shop, "customers"), asked) or ()
        return found[0] if len(found) == 1 else None

    def _read(self, kind: type[T], path: str, asked: Mapping[str, str] | None = None) -> T | None:
        answer = self._server.ask("GET", path, params=dict(asked or {}))
        return None if answer.status_code == httpx.codes.NOT_FOUND else _understood(kind, answer)


def _written(answer: httpx.Response) -> Applied | Refusal:
    if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        return _understood(Refusal, answer, good=answer.status_code)
    return _understood(Applied, answer)


def _understood(kind: type[T], answer: httpx.Response, *, good: int = httpx.codes.OK) -> T:
    if answer.status_code != good:
        raise OrderBackendError(
            f"The order server answered {answer.status_code} to {answer.request.method} {answer.request.url.path}; "
            "see its own log, and http.md for what is expected."
        )
    try:
        return from_json(kind, answer.json())
    except (ValidationError, ValueError) as error:
        raise OrderBackendError(
            f"What the order server answered to {answer.request.url.path} is not as http.md says: {error}."
        ) from error


def _path(shop: str, *parts: str) -> str:
    return "/".join(["/shops", *(quote(part, safe="") for part in (shop, *parts))])
