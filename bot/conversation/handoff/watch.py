"""DeskWatch: gives conversations of agents who are gone back to the queue, and tells waiting shoppers their place."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.events import Bulletin, Event, Subscription
from bot.conversation.handoff.line import Line
from bot.conversation.handoff.machine import Handoffs

log = logging.getLogger(__name__)

GRACE_SECONDS = 30.0
"""After a start of the server: browsers that lost it come back within this time and renew their leases."""

_PRUNE_SECONDS = 600.0


class DeskWatch:
    """One thread a process; several processes do no harm to each other.

    Args:
        handoffs: knows whose lease is over.
        line: knows who waits.
        bulletin: tells of it.
        lease_seconds: of an agent.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        handoffs: Handoffs,
        line: Line,
        bulletin: Bulletin,
        *,
        lease_seconds: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._handoffs, self._line, self._bulletin, self._clock = handoffs, line, bulletin, clock
        self._every = min(5.0, lease_seconds / 4)
        self._grace_until = clock() + min(GRACE_SECONDS, lease_seconds)
        self._prune_at = clock() + _PRUNE_SECONDS
        self._moved = threading.Event()
        self._closed = threading.Event()
        self._told: Mapping[str, int] = {}
        self._subscription: Subscription | None = None
        self._thread = threading.Thread(target=self._run, name="desk-watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._subscription = self._bulletin.subscribe(self._hear)
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._closed.set()
        self._moved.set()
        if self._subscription is not None:
            self._subscription.close()
            self._thread.join()

    def _hear(self, event: Event) -> None:
        if event.kind == "state":
            self._moved.set()

    def _run(self) -> None:
        while not self._closed.is_set():
            moved = self._moved.wait(self._every)
            self._moved.clear()
            if self._closed.is_set():
                return
            try:
                self._look(moved=moved)
            except SQLAlchemyError:
                log.exception("The desk's line cannot be read at the moment")

    def _look(self, *, moved: bool) -> None:
        now = self._clock()
        if now >= self._grace_until:
            self._handoffs.expire()
        if now >= self._prune_at:
            self._prune_at = now + _PRUNE_SECONDS
            self._bulletin.prune()
        if moved:
            self._tell_places()

    def _tell_places(self) -> None:
        places = self._line.positions()
        listening = self._bulletin.listening()
        for conversation_id, place in places.items():
            if conversation_id in listening and self._told.get(conversation_id) != place:
                event = Event(0, "position", conversation_id, {"position": place}, datetime.now(UTC))
                self._bulletin.tell(event)
        self._told = places
