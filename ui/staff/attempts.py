"""How often somebody may try to sign in."""

import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.errors import TooManyMessages
from ui.texts import Texts

# A person who has forgotten a password tries five times; a program that guesses gets 30 an hour from one account.
_OF_AN_ACCOUNT: tuple[RateLimitItem, ...] = (RateLimitItemPerMinute(6), RateLimitItemPerHour(30))
_FROM_AN_ADDRESS: tuple[RateLimitItem, ...] = (RateLimitItemPerMinute(20), RateLimitItemPerHour(120))


class Attempts:
    """Counts attempts in memory, by account and by network address; the right password counts, too."""

    def __init__(self) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def count(self, account: str, address: str, texts: Texts) -> None:
        """Count one, whether or not there is such an account.

        Raises:
            TooManyMessages: with the seconds to wait.
        """
        for items, key in ((_FROM_AN_ADDRESS, f"address:{address}"), (_OF_AN_ACCOUNT, f"account:{account.lower()}")):
            for item in items:
                self._count(item, key, texts)

    def _count(self, item: RateLimitItem, key: str, texts: Texts) -> None:
        if self._window.hit(item, key):
            return
        wait_seconds = max(1, round(self._window.get_window_stats(item, key).reset_time - time.time()))
        raise TooManyMessages(texts.say("staff.signin.too_many", seconds=wait_seconds), wait_seconds)
