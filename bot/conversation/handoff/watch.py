"""DeskWatch: gives conversations of agents who are gone back to the queue, and tells waiting shoppers their place."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic

from bot.conversation.events import Bulletin, Event, Subscription
from bot.conversation.handoff.line import Line
from bot.conversation.handoff.machine import Handoffs
from bot.rounds import Rounds

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
        self._grace_until = clock() + min(GRACE_SECONDS, lease_seconds)
        self._prune_at = clock() + _PRUNE_SECONDS
        self._moved = threading.Event()
        self._told: Mapping[str, int] = {}
        self._subscription: Subscription | None = None
        every = min(5.0, lease_seconds / 4)
        self._rounds = Rounds("desk-watch", self._look, rest_seconds=lambda _took: every, trouble_seconds=every)

    def start(self) -> None:
        """Begin."""
        self._subscription = self._bulletin.subscribe(self._hear)
        self._rounds.start()

    def close(self) -> None:
        """End."""
        if self._subscription is not None:
            self._subscription.close()
        self._rounds.close()

    def _hear(self, event: Event) -> None:
        if event.kind == "state":
            self._moved.set()
            self._rounds.wake()

    def _look(self) -> None:
        now = self._clock()
        if now >= self._grace_until:
            self._handoffs.expire()
        if now >= self._prune_at:
            self._prune_at = now + _PRUNE_SECONDS
            self._bulletin.prune()
        if self._moved.is_set():
            self._moved.clear()
            self._tell_places()

    def _tell_places(self) -> None:
        places = self._line.positions()
        listening = self._bulletin.listening()
        for conversation_id, place in places.items():
            if conversation_id in listening and self._told.get(conversation_id) != place:
                event = Event(0, "position", conversation_id, {"position": place}, datetime.now(UTC))
                self._bulletin.tell(event)
        self._told = places
