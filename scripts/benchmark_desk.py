"""Twenty agents and two hundred open conversations at a real server: how fast words arrive, what is lost."""

import asyncio
import json
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx

from bot.conversation.handoff import Handoffs
from bot.conversation.history import History
from bot.settings import Settings
from bot.staff.accounts import Accounts
from knowledge.database import create_database_engine
from scripts.measurement import Measurement, median, p95
from scripts.server_process import ServerProcess, server_process
from ui.auth import VisitorTokens, read_or_make_secret

AGENTS = 20
CONVERSATIONS = 200
SECONDS = 60.0
BETWEEN_SECONDS = 20.0
"""Between two messages of one shopper; the agent answers each after THINKING_SECONDS, typing meanwhile."""

THINKING_SECONDS = 2.0
SETTLING_SECONDS = 5.0
_PASSWORD = "benchmark only"  # of accounts in a folder that is deleted afterwards


@dataclass
class _Post:
    """What was sent and what arrived."""

    sent_at: dict[str, float] = field(default_factory=dict)
    sent_to: dict[str, str] = field(default_factory=dict)
    arrived: Counter[str] = field(default_factory=Counter)
    crossed: int = 0
    to_shopper: list[float] = field(default_factory=list)
    to_agent: list[float] = field(default_factory=list)

    def send(self, message_id: str, conversation_id: str) -> None:
        self.sent_at[message_id], self.sent_to[message_id] = perf_counter(), conversation_id

    def arrive(self, message_id: str, conversation_id: str, waits: list[float]) -> None:
        if message_id not in self.sent_at:
            return  # said before the measuring
        self.arrived[message_id] += 1
        self.crossed += self.sent_to[message_id] != conversation_id
        waits.append(perf_counter() - self.sent_at[message_id])


@dataclass(frozen=True)
class _Talk:
    id: str
    token: str


def measure(settings: Settings) -> Sequence[Measurement]:
    """Every agent has ten conversations; every shopper writes every twenty seconds and is answered."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models").symlink_to((settings.home / "models").resolve())
        with server_process(home, generator="none") as server:  # while people talk, no model does
            talks, emails = _prepared(home)
            post, seconds, cpu_seconds = asyncio.run(_run(server, talks, emails))
            lost, doubled = _compared(home, talks, post)
    return [
        Measurement("agents at the desk", AGENTS, "agents", "20"),
        Measurement("conversations open", CONVERSATIONS, "conversations", "200"),
        Measurement("messages sent", len(post.sent_at), "messages"),
        Measurement("lost, crossed or doubled", lost + post.crossed + doubled, "messages", "0"),
        Measurement("agent to shopper, half within", 1000 * median(post.to_shopper), "ms", "below 1000"),
        Measurement("agent to shopper, 95 of 100 within", 1000 * p95(post.to_shopper), "ms", "below 1000"),
        Measurement("shopper to agent, half within", 1000 * median(post.to_agent), "ms", "below 1000"),
        Measurement("shopper to agent, 95 of 100 within", 1000 * p95(post.to_agent), "ms", "below 1000"),
        Measurement("the server's share of one core", 100 * cpu_seconds / seconds, "%", "below 100"),
        Measurement("live streams open", AGENTS + CONVERSATIONS, "streams"),
    ]


def _prepared(home: Path) -> tuple[list[_Talk], list[str]]:
    """Conversations that wait, and accounts."""
    engine = create_database_engine(f"sqlite:///{home / 'shopclerk.db'}")
    history, handoffs, accounts = History(engine), Handoffs(engine), Accounts(engine)
    tokens = VisitorTokens(read_or_make_secret(home / "visitor.secret"))
    talks = []
    for _ in range(CONVERSATIONS):
        conversation = history.start("demo", language="en")
        history.add_shopper_message(conversation.id, "May I talk to a person?")
        handoffs.request(conversation.id, reason="asked_for_person")
        talks.append(_Talk(conversation.id, tokens.issue(conversation.id, conversation.shop)))
    emails = [f"agent{number}@shop.example" for number in range(AGENTS)]
    for email in emails:
        accounts.add(email, by="benchmark", role="agent", password=_PASSWORD)
    engine.dispose()
    return talks, emails


async def _run(server: ServerProcess, talks: Sequence[_Talk], emails: Sequence[str]) -> tuple[_Post, float, float]:
    post = _Post()
    async with AsyncExitStack() as stack:
        listeners = []
        begun = []
        for number, email in enumerate(emails):
            mine = talks[number::AGENTS]
            agent = await stack.enter_async_context(_client(server, number))
            csrf = await _signed_in(agent, email)
            agent.headers["X-Csrf-Token"] = csrf
            for talk in mine:
                (await agent.post(f"/api/staff/desk/conversations/{talk.id}/take")).raise_for_status()
            shoppers = await stack.enter_async_context(_client(server, number + AGENTS))
            to_answer: asyncio.Queue[str] = asyncio.Queue()
            listeners.append(asyncio.create_task(_agent_hears(agent, {talk.id for talk in mine}, post, to_answer)))
            listeners.append(asyncio.create_task(_agent_answers(agent, post, to_answer)))
            for place, talk in enumerate(mine):
                listeners.append(asyncio.create_task(_shopper_hears(shoppers, talk, post)))
                begun.append((shoppers, talk, BETWEEN_SECONDS * (number * len(mine) + place) / len(talks)))
        await asyncio.sleep(SETTLING_SECONDS)
        before, began = _cpu_seconds(server.pid), perf_counter()
        await asyncio.gather(*(_shopper_writes(client, talk, post, delay) for client, talk, delay in begun))
        seconds, cpu_seconds = perf_counter() - began, _cpu_seconds(server.pid) - before
        await asyncio.sleep(THINKING_SECONDS + SETTLING_SECONDS)
        for listener in listeners:
            listener.cancel()
        await asyncio.gather(*listeners, return_exceptions=True)
    return post, seconds, cpu_seconds


def _client(server: ServerProcess, number: int) -> httpx.AsyncClient:
    """A client with an address of its own, for the server bounds what comes from one."""
    transport = httpx.AsyncHTTPTransport(local_address=f"127.0.1.{number + 1}", limits=httpx.Limits(max_connections=60))
    return httpx.AsyncClient(transport=transport, base_url=server.url, timeout=60.0, trust_env=False)


async def _signed_in(client: httpx.AsyncClient, email: str) -> str:
    answer = await client.post("/api/staff/session", json={"email": email, "password": _PASSWORD})
    return str(answer.raise_for_status().json()["csrf"])


async def _shopper_writes(client: httpx.AsyncClient, talk: _Talk, post: _Post, delay: float) -> None:
    await asyncio.sleep(delay)
    began = perf_counter()
    while perf_counter() - began < SECONDS - BETWEEN_SECONDS / 2:
        message_id = uuid4().hex
        post.send(message_id, talk.id)
        body = {"id": message_id, "text": f"Message {message_id[:6]} of mine, please."}
        path = f"/api/v1/conversations/{talk.id}/messages"
        (await client.post(path, json=body, headers=_bearer(talk))).raise_for_status()
        await asyncio.sleep(BETWEEN_SECONDS)


async def _agent_answers(client: httpx.AsyncClient, post: _Post, to_answer: asyncio.Queue[str]) -> None:
    async with asyncio.TaskGroup() as answers:
        while True:
            answers.create_task(_answer(client, post, await to_answer.get()))


async def _answer(client: httpx.AsyncClient, post: _Post, conversation_id: str) -> None:
    path = f"/api/staff/desk/conversations/{conversation_id}"
    (await client.post(f"{path}/typing")).raise_for_status()
    await asyncio.sleep(THINKING_SECONDS)
    message_id = uuid4().hex
    post.send(message_id, conversation_id)
    body = {"id": message_id, "text": "We are looking into it."}
    (await client.post(f"{path}/messages", json=body)).raise_for_status()


async def _agent_hears(client: httpx.AsyncClient, mine: set[str], post: _Post, to_answer: asyncio.Queue[str]) -> None:
    async for kind, data in _events(client, "/api/staff/events", {}):
        if kind == "ping":
            await client.post("/api/staff/desk/heartbeat")
        elif kind == "message" and data["conversation_id"] in mine and data["message"]["role"] == "user":
            post.arrive(data["message"]["id"], data["conversation_id"], post.to_agent)
            to_answer.put_nowait(data["conversation_id"])


async def _shopper_hears(client: httpx.AsyncClient, talk: _Talk, post: _Post) -> None:
    async for kind, data in _events(client, f"/api/v1/conversations/{talk.id}/events", _bearer(talk)):
        if kind == "message" and data["role"] == "human_agent":
            post.arrive(data["id"], talk.id, post.to_shopper)


async def _events(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> AsyncIterator[tuple[str, Any]]:
    kind = ""
    async with client.stream("GET", path, headers=headers, timeout=None) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield kind, json.loads(line.removeprefix("data: "))


def _compared(home: Path, talks: Sequence[_Talk], post: _Post) -> tuple[int, int]:
    """Messages that did not arrive or are not kept where they belong, and those that arrived more than once."""
    engine = create_database_engine(f"sqlite:///{home / 'shopclerk.db'}")
    kept = {message.id: talk.id for talk in talks for message in History(engine).messages(talk.id)}
    engine.dispose()
    lost = sum(
        post.arrived[message_id] == 0 or kept.get(message_id) != conversation_id
        for message_id, conversation_id in post.sent_to.items()
    )
    return lost, sum(count > 1 for count in post.arrived.values())


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, from the kernel's own counters."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _bearer(talk: _Talk) -> dict[str, str]:
    return {"Authorization": f"Bearer {talk.token}"}
