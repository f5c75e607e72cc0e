"""Stopwatch: milliseconds by stage of one turn."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Starts when made."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self.timings_ms: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside; the same stage twice adds up."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - started) * 1000
            self.timings_ms[name] = self.timings_ms.get(name, 0.0) + spent

    def mark(self, name: str) -> None:
        """Note the time since the start, the first time only."""
        self.timings_ms.setdefault(name, (time.perf_counter() - self._started) * 1000)
