"""Runs the assistant's turns beside the event loop, and stops a turn when its shopper leaves."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from bot.reply import ReplyChunk

_WORKERS = 64  # turns that wait for the model hold a thread each

_STILL_AT_WORK = ReplyChunk(kind="status", status="waiting")

Start = Callable[[], Iterator[ReplyChunk]]
"""Begins a turn and gives its steps, the whole Reply last; closing them stops the work."""


class Turns:
    """Turns that stream without holding up the event loop.

    Args:
        quiet_seconds: after so long without a step a status `waiting` is given, because proxies close silent streams.
    """

    def __init__(self, *, quiet_seconds: float = 15.0) -> None:
        self._quiet_seconds = quiet_seconds
        self._threads = ThreadPoolExecutor(_WORKERS, thread_name_prefix="turn")

    async def stream(self, start: Start) -> AsyncGenerator[ReplyChunk, None]:
        """The steps of a turn. Closing this, or cancelling the task that reads it, stops the turn.

        Args:
            start: called in a thread of its own, so it may take long.
        """
        turn = _Turn(start, asyncio.get_running_loop())
        self._threads.submit(turn.run)
        try:
            while (step := await turn.next(self._quiet_seconds)) is not None:
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            turn.stopped.set()

    def close(self) -> None:
        """Take no more turns."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Turn:
    """One turn in its own thread, its steps handed over to the loop."""

    def __init__(self, start: Start, loop: asyncio.AbstractEventLoop) -> None:
        self.steps: asyncio.Queue[ReplyChunk | Exception | None] = asyncio.Queue()
        self.stopped = threading.Event()
        self._start = start
        self._loop = loop

    async def next(self, quiet_seconds: float) -> ReplyChunk | Exception | None:
        """The next step, a sign of life when it takes long, or None at the end."""
        try:
            async with asyncio.timeout(quiet_seconds):
                return await self.steps.get()
        except TimeoutError:
            return _STILL_AT_WORK

    def run(self) -> None:
        """Do the turn, in this thread."""
        # A shopper who left before the thread began is still heard: starting the turn stores the message.
        try:
            steps = self._start()
            try:
                self._pass_on(steps)
            finally:
                if isinstance(steps, Generator):
                    steps.close()
        except Exception as error:
            self._hand_over(error)
        finally:
            self._hand_over(None)

    def _pass_on(self, steps: Iterator[ReplyChunk]) -> None:
        for step in steps:
            self._hand_over(step)
            if self.stopped.is_set():
                return

    def _hand_over(self, step: ReplyChunk | Exception | None) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody reads
            self._loop.call_soon_threadsafe(self.steps.put_nowait, step)
