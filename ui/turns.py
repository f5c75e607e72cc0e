"""Runs turns beside the event loop: one at a time in a conversation, stopped when the shopper leaves."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol
from weakref import WeakValueDictionary

from bot.reply import ReplyChunk

_WORKERS = 64  # turns that wait for the model hold a thread each


class Replies(Protocol):
    """What answers: the assistant."""

    def reply(self, conversation_id: str, text: str) -> Iterator[ReplyChunk]:
        """The steps of one answer, the whole Reply last."""
        ...


class Turns:
    """Turns that stream without holding up the event loop.

    Args:
        assistant: answers in steps, each of which may take long; closing the steps stops its work.
    """

    def __init__(self, assistant: Replies) -> None:
        self._assistant = assistant
        self._threads = ThreadPoolExecutor(_WORKERS, thread_name_prefix="turn")
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def stream(self, conversation_id: str, text: str) -> AsyncGenerator[ReplyChunk, None]:
        """The steps of one answer, after those of earlier messages of the same conversation.

        Closing it, or cancelling the task that reads it, stops the turn; the next turn of the conversation
        begins when the stopped one has really ended.
        """
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        if lock.locked():
            yield ReplyChunk(kind="status", status="queued", position=1)
        await lock.acquire()
        turn = _Turn(self._assistant, asyncio.get_running_loop())
        try:
            self._threads.submit(turn.run, conversation_id, text, lock)
        except RuntimeError:  # shutting down
            lock.release()
            raise
        try:
            while (step := await turn.steps.get()) is not None:
                if isinstance(step, BaseException):
                    raise step
                yield step
        finally:
            turn.stopped.set()

    def close(self) -> None:
        """Take no more turns."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Turn:
    """One turn in its own thread, its steps handed over to the loop."""

    def __init__(self, assistant: Replies, loop: asyncio.AbstractEventLoop) -> None:
        self.steps: asyncio.Queue[ReplyChunk | BaseException | None] = asyncio.Queue()
        self.stopped = threading.Event()
        self._assistant = assistant
        self._loop = loop

    def run(self, conversation_id: str, text: str, lock: asyncio.Lock) -> None:
        # A turn stopped before its thread began is still run to its first step, which stores the message.
        try:
            steps = self._assistant.reply(conversation_id, text)
            try:
                for step in steps:
                    self._hand_over(step)
                    if self.stopped.is_set():
                        break
            finally:
                if isinstance(steps, Iterator) and hasattr(steps, "close"):
                    steps.close()
        except Exception as error:
            self._hand_over(error)
        finally:
            self._hand_over(None)
            with suppress(RuntimeError):  # the loop has ended: nobody waits for the lock
                self._loop.call_soon_threadsafe(lock.release)

    def _hand_over(self, step: ReplyChunk | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody reads
            self._loop.call_soon_threadsafe(self.steps.put_nowait, step)
