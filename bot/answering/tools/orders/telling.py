"""What the bot tells of orders as they are: one in full, all in a list, and what may go back until when."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.answering.money import day
from bot.answering.tools.orders.cards import MOST, order_card
from bot.answering.tools.orders.filling import Filling
from bot.answering.tools.orders.formatting import Names
from bot.answering.tools.orders.requests import plain
from bot.answering.tools.orders.stating import refused
from bot.answering.tools.orders.talk import Request
from bot.ordering import OrderChanges
from bot.reply import OrderCard
from knowledge.order_policy import OrderPolicy
from knowledge.orders import CustomerView, OrderLineView, OrderView

_ON_ITS_WAY = ("pending", "processed", "shipped")
_DELIVERED = re.compile(r"\bdelivered\b|\breceived\b|送达|收到")


@dataclass(frozen=True)
class Looked:
    """What a look-up found.

    Attributes:
        found: whether it found anything.
    """

    text: str
    cards: tuple[OrderCard, ...] = ()
    found: bool = True


class Telling:
    """Tells one customer of their orders.

    Args:
        customer: who asks.
        orders: all of theirs, the latest first.
        policy: of the shop.
        names: of things in the reader's language.
        changes: knows what may go back until when.
        today: the day that "late" is measured on.
        filling: knows which order is meant.
        named: the order by which they were identified in this message.
    """

    def __init__(
        self,
        customer: CustomerView,
        orders: Sequence[OrderView],
        policy: OrderPolicy,
        names: Names,
        *,
        changes: OrderChanges,
        today: Callable[[], date],
        filling: Filling,
        named: str = "",
    ) -> None:
        self._customer, self._orders, self._policy, self._names = customer, orders, policy, names
        self._changes, self._today, self._filling, self._named = changes, today, filling, named
        self._words = names.turn.words

    def card(self, order: OrderView) -> OrderCard:
        """An order's card."""
        going_back = self._changes.returnable(self._names.turn.shop, order)
        return order_card(order, self._names, self._policy, going_back)

    def look_up(self, request: Request, *, unknown: str | None) -> Looked:
        """What was asked for.

        Args:
            request: a wish of a kind that changes nothing.
            unknown: an order number in the message that is none of the customer's.
        """
        named = self._filling.numbers_in(request.text) or tuple(
            order
            for order in self._orders
            if order.order_number in (request.order_number, self._named) and request.kind != "orders"
        )
        if unknown and not named:
            return Looked(self._words.say("order_unknown", number=unknown), found=False)
        if not self._orders:
            return Looked(self._words.say("order_none"), found=False)
        if request.kind == "returnable":
            return self._returnable(named or self._orders)
        if request.kind == "status":
            meant = named or self._meant(request)
            if len(meant) == 1:
                return Looked(self.described(meant[0]), (self.card(meant[0]),))
            return self._listed(meant)
        return self._listed(self._orders)

    def described(self, order: OrderView) -> str:
        """One order: its state, its journey, its things and what it cost."""
        words, language = self._words, self._names.turn.language
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
        lines = words.say("order_lines", lines=words.listed(tuple(self._line(line) for line in order.lines)))
        total = words.say("order_total", total=self._names.money(order.total, order.currency))
        return words.join(state, self._journey(order), lines, total, *self._since(order))

    def _line(self, line: OrderLineView) -> str:
        return self._words.say("order_line", quantity=line.quantity, title=self._names.title(line))

    def _journey(self, order: OrderView) -> str:
        words, sentences = self._words, []
        if (order.carrier and order.status == "shipped") or (order.tracking_number and order.status in _ON_ITS_WAY):
            key = "order_carrier" if order.tracking_number else "order_carrier_only"
            sentences.append(words.say(key, carrier=order.carrier, tracking=order.tracking_number))
        if order.status in _ON_ITS_WAY and order.expected_on:
            late = order.expected_on < self._today()
            key = "order_expected_late" if late else "order_expected"
            sentences.append(words.say(key, expected=day(order.expected_on, self._names.turn.language)))
        return words.join(*sentences)

    def _since(self, order: OrderView) -> list[str]:
        """What was asked for since it came."""
        said = []
        for returned in order.returned:
            items = self._words.listed(tuple(self._title(order, item) for item in dict.fromkeys(returned.item_ids)))
            method = self._customer.method(returned.payment_method_id)
            said.append(
                self._words.say(
                    "order_return_asked",
                    items=items,
                    amount=self._names.money(returned.refund, order.currency),
                    method=self._names.method(method) if method else self._words.say("method_original"),
                )
            )
        for exchanged in order.exchanged:
            items = self._words.listed(
                tuple(self._title(order, old) for old in dict.fromkeys(old for old, _ in exchanged.swaps))
            )
            said.append(self._words.say("order_exchange_asked", items=items))
        return said

    def _title(self, order: OrderView, item_id: str) -> str:
        line = order.line_of(item_id)
        return self._names.title(line) if line else item_id

    def _meant(self, request: Request) -> Sequence[OrderView]:
        """Without a number: what holds the thing that is named, else what is on its way, else the latest."""
        holding = self._filling.holding(request.text)
        if holding:
            return holding
        if _DELIVERED.search(plain(request.text)):
            return [order for order in self._orders if order.status == "delivered"] or self._orders
        return [order for order in self._orders if order.status in _ON_ITS_WAY] or self._orders[:1]

    def _listed(self, orders: Sequence[OrderView]) -> Looked:
        head = self._words.say("order_one_of", count=len(orders))
        lines = [self._filling.listed(order) for order in orders]
        return Looked("\n".join([head, *lines]), tuple(self.card(order) for order in orders[:MOST]))

    def _returnable(self, orders: Sequence[OrderView]) -> Looked:
        may: list[str] = []
        may_not: list[str] = []
        cards: list[OrderCard] = []
        for order in orders:
            if order.status not in ("delivered", "returned") and len(orders) > 1:
                continue
            going_back = self._changes.returnable(self._names.turn.shop, order)
            for one in going_back:
                values = {"title": self._names.line(one.line), "number": order.order_number}
                if one.refusal is not None or one.pieces < 1:
                    why = refused(one.refusal, self._names, currency=order.currency, order=order) if one.refusal else ""
                    may_not.append(
                        self._words.say("returnable_not", **values, why=why or self._words.say("state_returned"))
                    )
                elif one.until:
                    until = day(one.until, self._names.turn.language)
                    may.append(self._words.say("returnable_until", **values, until=until))
                else:
                    may.append(self._words.say("returnable_open", **values))
            if any(one.refusal is None and one.pieces for one in going_back) and len(cards) < MOST:
                cards.append(order_card(order, self._names, self._policy, going_back))
        said = [self._words.say("returnable_head"), *may] if may else [self._words.say("returnable_none")]
        if may_not and (may or len(orders) == 1):
            said += [self._words.say("returnable_not_head"), *may_not]
        return Looked("\n".join(said), tuple(cards))
