"""TranscriptRounds: keeps the list of conversations true while the server runs, and forgets what is kept too long."""

import logging
import threading
from time import monotonic

from bot.transcripts.keeping import LineKeeper
from bot.transcripts.originals import Originals

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""Readers renew a few lines themselves; this is so that they seldom have to."""

FORGETTING_SECONDS = 600.0


class TranscriptRounds:
    """A thread that does both, over and over; `close` it at the end.

    Args:
        keeper: renews lines.
        originals: have a last day.
    """

    def __init__(self, keeper: LineKeeper, originals: Originals) -> None:
        self._keeper, self._originals = keeper, originals
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._go, name="transcripts", daemon=True)
        self._forgot_at = -FORGETTING_SECONDS

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Stop after what is under way."""
        self._stopping.set()
        self._thread.join(5)

    def _go(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = PAUSE_SECONDS
            try:
                self._round()
            except Exception:  # the database may be away for a while; what is to be done stays marked there
                log.exception("The list of conversations could not be brought up to date; trying again")
                pause = 10 * PAUSE_SECONDS

    def _round(self) -> None:
        self._keeper.catch_up(stop=self._stopping.is_set)
        if monotonic() - self._forgot_at >= FORGETTING_SECONDS:
            self._originals.forget_expired()
            self._forgot_at = monotonic()
