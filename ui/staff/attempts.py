"""How often somebody may try to sign in."""

import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.errors import TooManyMessages
from ui.texts import Texts

# A person who has forgotten a password tries five times; a program that guesses gets 30 an hour from one account.
_OF_AN_ACCOUNT: tuple[RateLimitItem, ...] = (RateLimitItemPerMinute(6), RateLimitItemPerHour(30))
# Behind one address sits a whole office, which signs in at the same hour.
_FROM_AN_ADDRESS: tuple[RateLimitItem, ...] = (RateLimitItemPerMinute(30), RateLimitItemPerHour(200))


class Attempts:
    """Counts attempts in memory, by account and by network address; the right password counts, too."""

    def __init__(self) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def count(self, account: str, address: str, texts: Texts) -> None:
        """Count one, whether or not there is such an account.

        Raises:
            TooManyMessages: with the seconds to wait.
        """
        self.count_address(address, texts)
        for item in _OF_AN_ACCOUNT:
            self._count(item, f"account:{account.strip().lower()}", texts)

    def count_address(self, address: str, texts: Texts) -> None:
        """Count one of which it is not yet known whose it is.

        Raises:
            TooManyMessages: with the seconds to wait.
        """
        for item in _FROM_AN_ADDRESS:
            self._count(item, f"address:{address}", texts)

    def _count(self, item: RateLimitItem, key: str, texts: Texts) -> None:
        if self._window.hit(item, key):
            return
        wait_seconds = max(1, round(self._window.get_window_stats(item, key).reset_time - time.time()))
        raise TooManyMessages(texts.say("staff.signin.too_many", seconds=wait_seconds), wait_seconds)
