"""OrderRounds: brings changes to an end that were interrupted, while the server runs."""

from bot.ordering.changes import OrderChanges
from bot.rounds import Rounds

PAUSE_SECONDS = 60.0


class OrderRounds:
    """Does it over and over, first of all after a start; `close` it at the end.

    Args:
        changes: settles them.
    """

    def __init__(self, changes: OrderChanges) -> None:
        self._rounds = Rounds(
            "orders", changes.settle, rest_seconds=lambda _took: PAUSE_SECONDS, trouble_seconds=PAUSE_SECONDS
        )

    def start(self) -> None:
        """Begin; once."""
        self._rounds.start()

    def close(self) -> None:
        """End after the change under way."""
        self._rounds.close(5)
