"""Turns stream from their thread, and stop when nobody listens any more."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from bot.reply import ReplyChunk
from ui.turns import Turns


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, timeout=30))


async def collect(turns: Turns, start) -> list[str]:
    return [step.text async for step in turns.stream(start)]


def test_steps_come_in_order() -> None:
    turns = Turns()
    start = lambda: iter([ReplyChunk(kind="token", text=text) for text in "abc"])  # noqa: E731  # shorter than a def
    assert run(collect(turns, start)) == ["a", "b", "c"]
    turns.close()


def test_error_reaches_the_reader_after_what_came_before() -> None:
    def start() -> Iterator[ReplyChunk]:
        yield ReplyChunk(kind="token", text="a")
        raise ValueError("broken")

    seen: list[str] = []

    async def read() -> None:
        async for step in Turns().stream(start):
            seen.append(step.text)  # noqa: PERF401  # what came before the error must be kept

    with pytest.raises(ValueError, match="broken"):
        run(read())
    assert seen == ["a"]


def test_leaving_stops_the_turn() -> None:
    closed = threading.Event()

    def start() -> Iterator[ReplyChunk]:
        try:
            while True:
                yield ReplyChunk(kind="token", text="on and on")
                time.sleep(0.005)
        finally:
            closed.set()

    async def leave_after_one() -> None:
        async with aclosing(Turns().stream(start)) as steps:
            async for _ in steps:
                break

    run(leave_after_one())
    assert closed.wait(timeout=30)


def test_cancelled_reader_stops_the_turn() -> None:
    closed = threading.Event()
    begun = threading.Event()

    def start() -> Iterator[ReplyChunk]:
        try:
            while True:
                begun.set()
                yield ReplyChunk(kind="status", status="searching")
                time.sleep(0.005)
        finally:
            closed.set()

    async def cancel() -> None:
        task = asyncio.create_task(collect(Turns(), start))
        await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(cancel())
    assert closed.wait(timeout=30)


def test_slow_turn_does_not_hold_up_others() -> None:
    gate = threading.Event()

    def slow() -> Iterator[ReplyChunk]:
        gate.wait(30)
        yield ReplyChunk(kind="token", text="slow")

    async def both() -> tuple[list[str], list[str]]:
        turns = Turns()
        waiting = asyncio.create_task(collect(turns, slow))
        quick = await collect(turns, lambda: iter([ReplyChunk(kind="token", text="quick")]))
        gate.set()
        return quick, await waiting

    assert run(both()) == (["quick"], ["slow"])


def test_quiet_turn_gives_signs_of_life() -> None:
    enough = threading.Event()

    def start() -> Iterator[ReplyChunk]:
        enough.wait(30)
        yield ReplyChunk(kind="token", text="at last")

    async def read() -> list[str]:
        seen = []
        async for step in Turns(quiet_seconds=0.01).stream(start):
            seen.append(step.status or step.text)  # the turn goes on once something was seen
            enough.set()
        return seen

    seen = run(read())
    assert seen[0] == "waiting"
    assert seen[-1] == "at last"
