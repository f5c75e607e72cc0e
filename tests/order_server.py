"""A shop's order server as `knowledge/orders/http.md` describes it, over any backend."""

from typing import Any

import httpx
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.testclient import TestClient

from knowledge.orders import Change, Effects, OrderBackend, Refusal
from knowledge.orders.wire import from_json, to_json

KEY = "the-shops-key"


def order_server(backend: OrderBackend) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def known(request: Request, call_next: Any) -> Any:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return JSONResponse({"title": "unknown key"}, 401)
        return await call_next(request)

    def found(value: object) -> Any:
        if value is None:
            raise HTTPException(404)
        return to_json(value)

    @app.get("/shops/{shop}/customers")
    def customers(shop: str, email: str = "", first: str = "", last: str = "", postcode: str = "") -> Any:
        by_email = backend.customer_by_email(shop, email) if email else None
        one = by_email or (backend.customer_by_name(shop, first, last, postcode) if last or first else None)
        return [to_json(one)] if one else []

    @app.get("/shops/{shop}/customers/{customer_id}")
    def customer(shop: str, customer_id: str) -> Any:
        return found(backend.customer(shop, customer_id))

    @app.get("/shops/{shop}/customers/{customer_id}/orders")
    def orders_of(shop: str, customer_id: str) -> Any:
        return [to_json(order) for order in backend.orders_of(shop, customer_id)]

    @app.get("/shops/{shop}/orders/{number}")
    def order(shop: str, number: str) -> Any:
        return found(backend.order(shop, number))

    @app.get("/shops/{shop}/products/{product_id}/items")
    def items(shop: str, product_id: str, language: str = "en") -> Any:
        return [to_json(choice) for choice in backend.choices(shop, product_id, language=language)]

    @app.get("/shops/{shop}/changes/{key}")
    def applied(shop: str, key: str) -> Any:
        return found(backend.applied(shop, key))

    @app.post("/shops/{shop}/changes")
    async def apply(shop: str, request: Request, idempotency_key: str = Header()) -> Any:
        body = await request.json()
        change = from_json(Change, body["change"])
        if done := backend.applied(shop, idempotency_key):
            return to_json(done)
        now = backend.order(shop, change.order_number) if hasattr(change, "order_number") else None
        if now and now.revision != body["revision"]:
            return JSONResponse({"title": "the order changed meanwhile"}, 409)
        expected = from_json(Effects, body["expected"])
        answer = backend.apply(shop, change, key=idempotency_key, expected=expected)
        return JSONResponse(to_json(answer), 422 if isinstance(answer, Refusal) else 200)

    return app


def client_of(backend: OrderBackend) -> httpx.Client:
    """A client that reaches the server without a network."""
    return TestClient(order_server(backend), headers={"Authorization": f"Bearer {KEY}"})
