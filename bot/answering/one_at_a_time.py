"""OneAtATime: the turns of one conversation follow each other, those of different ones do not wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary


class _Place:
    """A lock that can be held weakly; released from any thread, as a stream may be closed from another one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class OneAtATime:
    """Locks by conversation, forgotten when nobody holds them."""

    def __init__(self) -> None:
        self._places: WeakValueDictionary[str, _Place] = WeakValueDictionary()
        self._guard = threading.Lock()

    def busy(self, conversation_id: str) -> bool:
        """Whether a turn of this conversation is under way."""
        place = self._places.get(conversation_id)
        return place is not None and place.lock.locked()

    @contextmanager
    def hold(self, conversation_id: str) -> Iterator[None]:
        """Wait for the conversation's other turns, then keep later ones waiting."""
        with self._guard:
            place = self._places.setdefault(conversation_id, _Place())
        with place.lock:
            yield
