"""Twenty shoppers at once against a real server: no message lost, none crossed, and how long they wait."""

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from bot.settings import Settings
from scripts.measurement import Measurement, median, p95
from scripts.server_process import server_process

SHOPPERS = 20
TIMEOUT_SECONDS = 300.0

_ASKED = (
    ("Can I return shoes I wore once?", "And how long does the refund take?", "Thanks!"),
    ("鞋子穿过还能退吗？", "那运费谁出？", "谢谢"),
    ("Which headphones cancel noise?", "Do you have them under $100?", "How long is the warranty?"),
    ("How much is shipping to Canada?", "How long does it take?", "Do I pay customs?"),
    ("会员有什么优惠？", "怎么加入？", "积分会过期吗？"),
)


@dataclass(frozen=True)
class _Visit:
    """What one shopper sent, got and waited."""

    sent: tuple[str, ...]
    answers: tuple[str, ...]
    history: tuple[tuple[str, str], ...]
    first_words_seconds: tuple[float, ...]
    whole_seconds: tuple[float, ...]
    gears: tuple[str, ...]


def measure(settings: Settings) -> Sequence[Measurement]:
    """Each shopper sends three messages, one after the other, all shoppers at the same time."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models").symlink_to((settings.home / "models").resolve())
        with server_process(home, "--set-up") as server, ThreadPoolExecutor(SHOPPERS) as crowd:
            began = perf_counter()
            visits = list(crowd.map(lambda number: _visit(server.url, number), range(SHOPPERS)))
            seconds = perf_counter() - began
    return _figures(visits, seconds)


def _figures(visits: Sequence[_Visit], seconds: float) -> list[Measurement]:
    first = [one for visit in visits for one in visit.first_words_seconds]
    whole = [one for visit in visits for one in visit.whole_seconds]
    gears = Counter(gear for visit in visits for gear in visit.gears)
    return [
        Measurement(
            f"messages of {len(visits)} shoppers at once", sum(len(visit.sent) for visit in visits), "messages"
        ),
        Measurement("lost or crossed", sum(_wrong(visit) for visit in visits), "messages", "0"),
        Measurement("first words, half of the messages within", median(first), "s"),
        Measurement("first words, 95 of 100 within", p95(first), "s"),
        Measurement("whole answer, half of the messages within", median(whole), "s"),
        Measurement("whole answer, 95 of 100 within", p95(whole), "s"),
        Measurement("answers a minute", 60 * len(whole) / seconds, "answers"),
        *(Measurement(f"answers by gear: {gear}", count, "answers") for gear, count in sorted(gears.items())),
    ]


def _wrong(visit: _Visit) -> int:
    """Messages that are not where they belong: every one sent and every answer, in order, and nothing else."""
    expected: list[tuple[str, str]] = []
    for text, answer in zip(visit.sent, visit.answers, strict=True):
        expected += [("user", text), ("assistant", answer)]
    differing = sum(one != other for one, other in zip(expected, visit.history, strict=False))
    return differing + abs(len(expected) - len(visit.history))


def _visit(url: str, number: int) -> _Visit:
    sent = tuple(f"{text} ({number}-{place})" for place, text in enumerate(_ASKED[number % len(_ASKED)]))
    answers, first_words, whole, gears = [], [], [], []
    with httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        started = client.post("/api/v1/conversations", json={}).raise_for_status().json()
        path = f"/api/v1/conversations/{started['id']}/messages"
        client.headers["Authorization"] = f"Bearer {started['token']}"
        for text in sent:
            began = perf_counter()
            reply, first = _send(client, path, text)
            whole.append(perf_counter() - began)
            first_words.append(first - began)
            answers.append(str(reply["text"]))
            gears.append(str(reply["gear"]))
        history = client.get(path).raise_for_status().json()
    told = tuple((str(one["role"]), str(one["text"])) for one in history["messages"])
    return _Visit(sent, tuple(answers), told, tuple(first_words), tuple(whole), tuple(gears))


def _send(client: httpx.Client, path: str, text: str) -> tuple[dict[str, Any], float]:
    """One message over server-sent events: the whole reply, and when its first words came."""
    first, event = 0.0, ""
    with client.stream("POST", path, json={"text": text}, headers={"Accept": "text/event-stream"}) as response:
        if response.is_error:
            response.read()
            response.raise_for_status()
        for line in response.iter_lines():
            if line.startswith("event:"):
                event = line.removeprefix("event:").strip()
            elif line.startswith("data:"):
                if event == "token" and not first:
                    first = perf_counter()
                if event == "done":
                    reply: dict[str, Any] = json.loads(line.removeprefix("data:"))
                    return reply, first or perf_counter()
    raise RuntimeError(f"The server broke off its answer to {text!r}.")
