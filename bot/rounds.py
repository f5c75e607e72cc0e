"""Rounds: a thread that does its work over and over while the server runs, and survives what goes wrong."""

import logging
import threading
from collections.abc import Callable
from time import monotonic

log = logging.getLogger(__name__)


class Rounds:
    """Does a round, rests, and does the next, until it is closed; one that fails is logged and tried again.

    Args:
        name: of the thread.
        once: one round; a long one looks at `closing` between its steps.
        rest_seconds: how long to rest after a round that took so many seconds; `wake` cuts it short.
        trouble_seconds: how long to rest after one that failed, whoever wakes.
        first_seconds: how long to wait before the first.
    """

    def __init__(
        self,
        name: str,
        once: Callable[[], object],
        *,
        rest_seconds: Callable[[float], float],
        trouble_seconds: float,
        first_seconds: float = 0.0,
    ) -> None:
        self._once, self._rest, self._trouble, self._first = once, rest_seconds, trouble_seconds, first_seconds
        self.closing = threading.Event()
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; once."""
        if not self._thread.ident:
            self._thread.start()

    def wake(self) -> None:
        """There is something to do: the next round begins at once."""
        self._news.set()

    def close(self, timeout_seconds: float | None = None) -> None:
        """End after the step under way.

        Args:
            timeout_seconds: wait no longer for that; None: however long it takes.
        """
        self.closing.set()
        self._news.set()
        if self._thread.ident:
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        self.closing.wait(self._first)
        while not self.closing.is_set():
            self._news.clear()
            began = monotonic()
            try:
                self._once()
            except Exception:  # whatever happens to a database or a model, shoppers are answered
                if not self.closing.is_set():
                    log.exception("A round of %r failed; it is tried again", self._thread.name)
                self.closing.wait(self._trouble)
            else:
                self._news.wait(self._rest(monotonic() - began))
