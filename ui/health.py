"""Whether the server lives, whether it can answer, and what it has counted."""

import threading
import time

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from bot.bootstrap import Health, Shopclerk
from ui.metrics import Metrics

_REMEMBERED_SECONDS = 10.0  # a prober that asks every second must not keep the model busy


def health_router(shopclerk: Shopclerk, metrics: Metrics) -> APIRouter:
    """The endpoints that operators and load balancers ask."""
    router = APIRouter()
    health = _RememberedHealth(shopclerk)

    @router.get("/healthz", summary="Alive")
    def alive() -> dict[str, str]:
        """The process answers."""
        return {"status": "alive"}

    @router.get("/readyz", summary="Ready")
    def ready() -> JSONResponse:
        """Can answer: the generator made a token, or the server is meant to quote only; else 503 and why."""
        now = health.get()
        mode = "generated" if now.generator not in ("", "none") else "extracted-only"
        body = {
            "ready": now.ready,
            "mode": mode,
            "generator": now.generator,
            "engine": now.engine,
            "embedder": now.embedder,
            "device": now.device,
            "problems": list(now.problems),
        }
        return JSONResponse(body, 200 if now.ready else 503)

    @router.get("/metrics", summary="Counters for Prometheus", response_class=Response)
    def counters() -> Response:
        """Turns by gear and outcome, times, thumbs, handoffs."""
        return Response(metrics.as_text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router


class _RememberedHealth:
    """The assistant's health, asked at most every few seconds and by one caller at a time."""

    def __init__(self, shopclerk: Shopclerk) -> None:
        self._shopclerk = shopclerk
        self._lock = threading.Lock()
        self._asked_at = -_REMEMBERED_SECONDS
        self._health: Health | None = None

    def get(self) -> Health:
        with self._lock:
            old = time.monotonic() - self._asked_at > _REMEMBERED_SECONDS
            if self._health is None or self._health.loading or old:
                self._health = self._shopclerk.health()
                self._asked_at = time.monotonic()
            return self._health
