"""How much one shopper and one address may send."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Protocol
from zoneinfo import ZoneInfo

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.errors import InvalidInput, TooManyMessages
from ui.texts import Texts


@dataclass(frozen=True)
class Allowance:
    """What is allowed; generous for a person, tight for a loop.

    Attributes:
        message_characters: of one message.
        comment_characters: of a comment on an answer or for a colleague.
        messages_a_minute: in one conversation.
        messages_an_hour: in one conversation.
        address_messages_a_minute: from one network address, which a whole office may share.
        address_conversations_a_minute: started from one network address.
        signals_a_minute: that somebody types or has read, in one conversation.
    """

    message_characters: int = 2000
    comment_characters: int = 1000
    messages_a_minute: int = 20
    messages_an_hour: int = 200
    address_messages_a_minute: int = 240
    address_conversations_a_minute: int = 120
    signals_a_minute: int = 60


class Budget(Protocol):
    """Counts a shop's messages of a day."""

    def spend(self, shop: str, day: date, most: int) -> bool:
        """Count one; False where the day has had its most."""
        ...


def spend_a_message(budget: Budget, shop: str, *, most: int, timezone: str, texts: Texts) -> None:
    """Count one message of a shop's day.

    Args:
        budget: keeps the count.
        shop: whose.
        most: messages a day.
        timezone: the shop's, in which its days begin.
        texts: for who must wait.

    Raises:
        TooManyMessages: the day has had its most; with the seconds until the next.
    """
    now = datetime.now(ZoneInfo(timezone))
    if not budget.spend(shop, now.date(), most):
        midnight = datetime.combine(now.date() + timedelta(days=1), clock(), now.tzinfo)
        raise TooManyMessages(texts.say("problem.day_spent.detail"), max(1.0, (midnight - now).total_seconds()))


class Limiter:
    """Counts messages in memory and refuses what is beyond the allowance, in the reader's language."""

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._by_conversation: tuple[RateLimitItem, ...] = (
            RateLimitItemPerMinute(allowance.messages_a_minute),
            RateLimitItemPerHour(allowance.messages_an_hour),
        )
        self._by_address = RateLimitItemPerMinute(allowance.address_messages_a_minute)
        self._signals = RateLimitItemPerMinute(allowance.signals_a_minute)
        self._starts = RateLimitItemPerMinute(allowance.address_conversations_a_minute)

    def check_message(self, text: str, texts: Texts) -> str:
        """The message without outer space.

        Raises:
            InvalidInput: it is empty or too long.
        """
        return self._check_length(text, self.allowance.message_characters, texts, needed=True)

    def check_comment(self, text: str, texts: Texts) -> str:
        """The comment without outer space; it may be empty.

        Raises:
            InvalidInput: it is too long.
        """
        return self._check_length(text, self.allowance.comment_characters, texts, needed=False)

    def count_message(self, conversation_id: str, address: str, texts: Texts) -> None:
        """Count one message.

        Raises:
            TooManyMessages: with the seconds to wait.
        """
        for item in self._by_conversation:
            self._count(item, f"conversation:{conversation_id}", texts)
        self._count(self._by_address, f"messages:{address}", texts)

    def count_start(self, address: str, texts: Texts) -> None:
        """Count one new conversation.

        Raises:
            TooManyMessages: with the seconds to wait.
        """
        self._count(self._starts, f"starts:{address}", texts)

    def lets_signal(self, conversation_id: str) -> bool:
        """Count that somebody types or has read; False when it is too much to be passed on."""
        return self._window.hit(self._signals, f"signals:{conversation_id}")

    def _count(self, item: RateLimitItem, key: str, texts: Texts) -> None:
        if self._window.hit(item, key):
            return
        wait_seconds = max(1, round(self._window.get_window_stats(item, key).reset_time - time.time()))
        raise TooManyMessages(texts.say("problem.too_many_messages.detail", seconds=wait_seconds), wait_seconds)

    @staticmethod
    def _check_length(text: str, most: int, texts: Texts, *, needed: bool) -> str:
        trimmed = text.strip()
        if needed and not trimmed:
            raise InvalidInput(texts.say("problem.empty_message.detail"))
        if len(trimmed) > most:
            raise InvalidInput(texts.say("problem.too_long.detail", length=len(trimmed), most=most))
        return trimmed
