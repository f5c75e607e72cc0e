"""GenerationQueue: so many answers are generated at once; the others wait in line and know their place."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from bot.errors import Busy

T = TypeVar("T")

CLOSING = "The bot is shutting down; please ask again in a minute."


@dataclass(frozen=True)
class Waiting:
    """A place in the line; 1 is next."""

    position: int


@dataclass(eq=False)
class _Job:
    """What the worker and a reader share, under the queue's lock.

    Attributes:
        news: there is something for its reader to hear. Each has its own: with one for all, every word of every
            answer would wake all readers.
    """

    work: Callable[[], Iterator[Any]]
    news: threading.Condition
    made: deque[Any] = field(default_factory=deque)
    error: BaseException | None = None
    done: bool = False
    left: bool = False


class GenerationQueue:
    """A line in front of worker threads: first come, first served.

    Args:
        max_waiting: how many may wait beside those being served; more are turned away.
        at_once: how many are served at the same time; may be changed while they are.
    """

    def __init__(self, max_waiting: int = 20, *, at_once: int = 1) -> None:
        self.max_waiting, self.at_once = max_waiting, at_once
        self._lock = threading.RLock()  # a reader may be dropped, and so leave, anywhere in this thread
        self._work_came = threading.Condition(self._lock)
        self._line: deque[_Job] = deque()
        self._serving: set[_Job] = set()
        self._workers = 0
        self._closed = False

    @property
    def ahead(self) -> int:
        """How many a new one would come after: in line or being served, who share what this machine can do."""
        with self._lock:
            return len(self._line) + len(self._serving)

    def run(self, work: Callable[[], Iterator[T]]) -> "Results[T]":
        """Stand in line, and hear of it: first one's place whenever it changes, then what `work` yields.

        `work` is called and iterated in the worker's thread. Closing or dropping the returned iterator gives up the
        place, or ends the work before its next item. What `work` raises is raised to the reader.

        Raises:
            Busy: the line is full, or the queue was closed.
        """
        job = _Job(work, threading.Condition(self._lock))
        with self._lock:
            if self._closed:
                raise Busy(CLOSING)
            # More than may wait are in line for the moment before free workers take them.
            free = max(self.at_once - len(self._serving), 0)
            if len(self._line) >= self.max_waiting + free:
                raise Busy(f"{len(self._line)} questions are waiting already; please ask again in a minute.")
            self._line.append(job)
            if self._workers < min(len(self._line) + len(self._serving), self.at_once):
                self._workers += 1
                threading.Thread(target=self._serve, name="generation", daemon=True).start()
            self._work_came.notify_all()
        return Results(self, job)

    def close(self) -> None:
        """Serve nobody any more: those in line and those being served get Busy."""
        with self._lock:
            self._closed = True
            for job in (*self._line, *self._serving):
                job.left, job.done, job.error = True, True, Busy(CLOSING)
                job.news.notify_all()
            self._line.clear()
            self._work_came.notify_all()

    def next_item(self, job: _Job, known: Waiting | None) -> Any:
        """Wait for what the reader does not know yet: another place in line, an item, the end or an error."""
        with job.news:
            while True:
                if job.made:
                    return job.made.popleft()
                if job.error:
                    raise job.error
                if job.done:
                    raise StopIteration
                place = self._place(job)
                if place and place != known:
                    return place
                job.news.wait()

    def leave(self, job: _Job) -> None:
        """Give up the place, or end the work."""
        with job.news:
            job.left = job.done = True
            job.made.clear()
            job.news.notify_all()
            if job in self._line:
                self._line.remove(job)
                self._tell_line()

    def _place(self, job: _Job) -> Waiting | None:
        return next((Waiting(place) for place, other in enumerate(self._line, start=1) if other is job), None)

    def _serve(self) -> None:
        while (job := self._next_job()) is not None:
            error = self._work_on(job)
            with job.news:
                self._serving.discard(job)
                job.error, job.done = job.error or error, True
                job.news.notify_all()

    def _next_job(self) -> _Job | None:
        """Wait for the first in line; None where this worker is needed no more."""
        with self._work_came:
            self._work_came.wait_for(lambda: self._line or self._closed or self._workers > self.at_once)
            if self._closed or self._workers > self.at_once:
                self._workers -= 1
                return None
            job = self._line.popleft()
            self._serving.add(job)
            self._tell_line()
            return job

    def _tell_line(self) -> None:
        """The line has moved up."""
        for job in self._line:
            job.news.notify_all()

    def _work_on(self, job: _Job) -> BaseException | None:
        """Everything a job yields, until its reader leaves."""
        try:
            items = job.work()
            try:
                for item in items:
                    with job.news:
                        if job.left:
                            return None
                        job.made.append(item)
                        job.news.notify_all()
            finally:
                if isinstance(items, Generator):
                    items.close()
        except BaseException as error:
            return error
        return None


class Results(Iterator[T | Waiting], Generic[T]):
    """One reader's view of the line: places, then results."""

    def __init__(self, queue: GenerationQueue, job: _Job) -> None:
        self._queue, self._job = queue, job
        self._place: Waiting | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T | Waiting:
        item: T | Waiting = self._queue.next_item(self._job, self._place)
        if isinstance(item, Waiting):
            self._place = item
        return item

    def close(self) -> None:
        """Leave: no more is made for this reader."""
        self._queue.leave(self._job)

    def __del__(self) -> None:
        self.close()
