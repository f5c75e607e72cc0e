"""ScoringWorker: the thread that scores what shoppers say, woken by each message, catching up after a break."""

import logging
import threading
from collections.abc import Callable
from time import monotonic

from bot.conversation.events import Bulletin, Event, Subscription
from bot.insight.scoring.scorer import Scorer
from bot.rounds import Rounds
from knowledge.errors import ModelError

log = logging.getLogger(__name__)

LOOK_SECONDS = 300.0
"""How often everything is looked through for what no event told of, such as an import."""

START_SECONDS = 3.0
"""How long after the start the first look is taken: the server's own models are loaded first."""

PAUSE_SECONDS = 0.02  # between two batches of catching up: shoppers' own turns come first
_TROUBLE_SECONDS = 30.0
_NO_MODEL_SECONDS = 600.0
_HEARD = frozenset({"message", "feedback", "rating"})


class ScoringWorker:
    """Scores in the background; a trouble is told once in the log and tried again later.

    Args:
        make: gives the scorer; called in the thread, for it loads a model.
        bulletin: tells of messages.
        start_seconds: how long to wait before the first look.
    """

    def __init__(self, make: Callable[[], Scorer], bulletin: Bulletin, *, start_seconds: float = START_SECONDS) -> None:
        self._make, self._bulletin = make, bulletin
        self._lock = threading.Lock()
        self._fresh: dict[str, None] = {}
        self._scorer: Scorer | None = None
        self._look_at = 0.0
        self._subscription: Subscription | None = None
        self._rounds = Rounds(
            "scoring",
            self._once,
            rest_seconds=lambda _took: max(0.0, self._look_at - monotonic()),
            trouble_seconds=_TROUBLE_SECONDS,
            first_seconds=start_seconds,
        )

    def start(self) -> None:
        """Begin; what was said while nobody scored comes first."""
        if self._subscription is None:
            self._subscription = self._bulletin.subscribe(self._hear)
            self._rounds.start()

    def close(self) -> None:
        """Stop after the batch under way."""
        if self._subscription is not None:
            self._subscription.close()
        self._rounds.close()

    def _hear(self, event: Event) -> None:
        if event.conversation_id is not None and event.kind in _HEARD:
            with self._lock:
                self._fresh[event.conversation_id] = None
            self._rounds.wake()

    def _once(self) -> None:
        """Score what was said just now, and everything when it is time to look through it again."""
        try:
            scorer = self._scorer = self._scorer or self._make()
        except ModelError as error:
            log.warning("Messages are not scored for now: %s", error)
            self._rounds.closing.wait(_NO_MODEL_SECONDS)
            return
        if monotonic() >= self._look_at:
            self._catch_up(scorer)
            self._look_at = monotonic() + LOOK_SECONDS
        self._score_fresh(scorer)

    def _catch_up(self, scorer: Scorer) -> None:
        while not self._rounds.closing.is_set() and scorer.score_some():
            self._score_fresh(scorer)
            self._rounds.closing.wait(PAUSE_SECONDS)

    def _score_fresh(self, scorer: Scorer) -> None:
        while not self._rounds.closing.is_set():
            with self._lock:
                conversation_id = next(iter(self._fresh), None)
                if conversation_id is None:
                    return
                del self._fresh[conversation_id]
            while scorer.score_conversation(conversation_id):
                pass
