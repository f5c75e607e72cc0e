"""TranscriptRounds: keeps the list of conversations true while the server runs, and forgets what is kept too long."""

from time import monotonic

from bot.rounds import Rounds
from bot.transcripts.keeping import LineKeeper
from bot.transcripts.originals import Originals

PAUSE_SECONDS = 1.0
"""Readers renew a few lines themselves; this is so that they seldom have to."""

FORGETTING_SECONDS = 600.0


class TranscriptRounds:
    """Does both, over and over; `close` it at the end.

    Args:
        keeper: renews lines.
        originals: have a last day.
    """

    def __init__(self, keeper: LineKeeper, originals: Originals) -> None:
        self._keeper, self._originals = keeper, originals
        self._forgot_at = -FORGETTING_SECONDS
        self._rounds = Rounds(
            "transcripts", self._once, rest_seconds=lambda _took: PAUSE_SECONDS, trouble_seconds=10 * PAUSE_SECONDS
        )

    def start(self) -> None:
        """Begin."""
        self._rounds.start()

    def close(self) -> None:
        """Stop after what is under way."""
        self._rounds.close(5)

    def _once(self) -> None:
        self._keeper.catch_up(stop=self._rounds.closing.is_set)
        if monotonic() - self._forgot_at >= FORGETTING_SECONDS:
            self._originals.forget_expired()
            self._forgot_at = monotonic()
