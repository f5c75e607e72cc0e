"""OrderDesk: the state of an order, told only to who knows its number and its e-mail address."""

import re
from collections.abc import Callable
from datetime import date

from bot.answering.intent import order_number
from bot.answering.money import day, money
from bot.answering.turn import Answer, Turn
from knowledge.orders import OrderLineView, Orders, OrderView

FAILURES_ALLOWED = 3
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_EMAIL_PLACEHOLDER = "[EMAIL]"
_STATES_WITH_CARRIER = {"shipped"}


class OrderDesk:
    """Looks orders up; after a few wrong pairs in a conversation it looks up no more.

    Args:
        orders: the shop's orders.
        today: the day that "late" is measured on.
    """

    def __init__(self, orders: Orders, *, today: Callable[[], date]) -> None:
        self._orders, self._today = orders, today

    def answer(self, turn: Turn, *, asked: bool) -> Answer | None:
        """The state of the order, or what is missing to find it; None when the message is about something else.

        The e-mail address is read from the message as typed and used for this one look-up only.

        Args:
            turn: the message.
            asked: whether it asks for an order; else it may still bring what was asked for before.
        """
        waiting = _waits_for_details(turn)
        number, email = order_number(turn.text), _EMAIL.search(turn.typed)
        if not asked and not (waiting and (number or email)):
            return None
        if _failures(turn) >= FAILURES_ALLOWED:
            return Answer(turn.words.say("order_locked"), "refused", "none", "order_attempts_used_up")
        if not number and (waiting or email):
            number = _number_before(turn)
        if not number or not email:
            return _ask(turn, number, email is not None)
        order = self._orders.find(turn.shop, number, email=email.group())
        if order is None:
            return Answer(turn.words.say("order_not_found"), "refused", "facts", "order_not_found")
        return Answer(self._described(order, turn), "answered", "facts", "order_status")

    def _described(self, order: OrderView, turn: Turn) -> str:
        words, language = turn.words, turn.language
        placed = day(order.placed_on, language)
        if order.status == "delivered" and order.delivered_on:
            state = words.say(
                "order_delivered_on",
                number=order.order_number,
                placed=placed,
                delivered=day(order.delivered_on, language),
            )
        else:
            state = words.say(f"order_{order.status}", number=order.order_number, placed=placed)
        lines = words.say("order_lines", lines=words.listed(tuple(_line(line, turn) for line in order.lines)))
        total = words.say("order_total", total=money(order.total, order.currency, language))
        return words.join(state, self._journey(order, turn), lines, total)

    def _journey(self, order: OrderView, turn: Turn) -> str:
        words, sentences = turn.words, []
        if order.status in _STATES_WITH_CARRIER and order.carrier:
            key = "order_carrier" if order.tracking_number else "order_carrier_only"
            sentences.append(words.say(key, carrier=order.carrier, tracking=order.tracking_number))
        if order.status in {"pending", "processed", "shipped"} and order.expected_on:
            late = order.expected_on < self._today()
            key = "order_expected_late" if late else "order_expected"
            sentences.append(words.say(key, expected=day(order.expected_on, turn.language)))
        return words.join(*sentences)


def _line(line: OrderLineView, turn: Turn) -> str:
    title = line.title_zh if turn.language == "zh" and line.title_zh else line.title
    return turn.words.say("order_line", quantity=line.quantity, title=title)


def _ask(turn: Turn, number: str | None, email_given: bool) -> Answer:
    words = turn.words
    if number:
        text = words.say("order_ask_email", number=number)
    else:
        text = words.say("order_ask_number" if email_given else "order_ask")
    return Answer(text, "answered", "facts", "order_details_wanted")


def _waits_for_details(turn: Turn) -> bool:
    """Whether the bot's last words asked for an order's details, told from what is stored."""
    last = next((message for message in reversed(turn.earlier) if message.role == "assistant"), None)
    return last is not None and last.gear == "facts" and not last.products and not last.citations


def _number_before(turn: Turn) -> str | None:
    asked = (message.text for message in reversed(turn.earlier) if message.role == "user")
    return next((number for number in map(order_number, asked) if number), None)


def _failures(turn: Turn) -> int:
    """Pairs that did not match in this conversation: only a failed look-up is a refusal in the facts gear."""
    return sum(message.gear == "facts" and message.outcome == "refused" for message in turn.earlier)
