"""ScoringWorker: the thread that scores what shoppers say, woken by each message, catching up after a break."""

import logging
import threading
from collections.abc import Callable

from bot.conversation.events import Bulletin, Event, Subscription
from bot.insight.scoring.scorer import Scorer
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
        self._make, self._bulletin, self._start_seconds = make, bulletin, start_seconds
        self._news, self._closing = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._fresh: dict[str, None] = {}
        self._thread: threading.Thread | None = None
        self._subscription: Subscription | None = None

    def start(self) -> None:
        """Begin; what was said while nobody scored comes first."""
        if self._thread is None:
            self._subscription = self._bulletin.subscribe(self._hear)
            self._thread = threading.Thread(target=self._work, name="scoring", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop after the batch under way."""
        self._closing.set()
        self._news.set()
        if self._subscription is not None:
            self._subscription.close()
        if self._thread is not None:
            self._thread.join()

    def _hear(self, event: Event) -> None:
        if event.conversation_id is not None and event.kind in _HEARD:
            with self._lock:
                self._fresh[event.conversation_id] = None
            self._news.set()

    def _work(self) -> None:
        scorer: Scorer | None = None
        self._closing.wait(self._start_seconds)
        while not self._closing.is_set():
            try:
                scorer = scorer or self._make()
                self._catch_up(scorer)
                self._listen(scorer)
            except ModelError as error:
                log.warning("Messages are not scored for now: %s", error)
                self._closing.wait(_NO_MODEL_SECONDS)
            except Exception:  # whatever happens to a database or a model, shoppers are answered
                if not self._closing.is_set():
                    log.exception("Scoring failed; it is tried again")
                self._closing.wait(_TROUBLE_SECONDS)

    def _catch_up(self, scorer: Scorer) -> None:
        while not self._closing.is_set() and scorer.score_some():
            self._score_fresh(scorer)
            self._closing.wait(PAUSE_SECONDS)

    def _listen(self, scorer: Scorer) -> None:
        """Score what is said, until it is time to look through everything again."""
        while self._news.wait(LOOK_SECONDS) and not self._closing.is_set():
            self._news.clear()
            self._score_fresh(scorer)

    def _score_fresh(self, scorer: Scorer) -> None:
        while not self._closing.is_set():
            with self._lock:
                conversation_id = next(iter(self._fresh), None)
                if conversation_id is None:
                    return
                del self._fresh[conversation_id]
            while scorer.score_conversation(conversation_id):
                pass
