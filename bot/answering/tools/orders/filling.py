"""Filling: from a shopper's wish to a change that can be proposed, asking for exactly what is missing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.intent import order_number
from bot.answering.money import day
from bot.answering.tools.orders.addresses import as_of, lacking, meant_address
from bot.answering.tools.orders.formatting import Names
from bot.answering.tools.orders.payments import meant_methods, original_method
from bot.answering.tools.orders.picking import Owned, answered, owned, picked
from bot.answering.tools.orders.reasons import meant_reason
from bot.answering.tools.orders.requests import Kind, cues, plain
from bot.answering.tools.orders.stating import reason_word
from bot.answering.tools.orders.talk import Piece, Place, Request, Slot
from bot.answering.tools.orders.tokens import tokens
from bot.answering.tools.orders.wishes import ItemSpace, Wished
from knowledge.order_policy import OrderPolicy
from knowledge.orders import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeCustomerAddress,
    ChangeItems,
    ChangePayment,
    Choice,
    CustomerView,
    ExchangeItems,
    OrderView,
    PaymentMethod,
    ReturnItems,
)
from knowledge.orders.facts import pieces_left

OFFERED = 6
"""So many choices are offered at once."""

LATEST = re.compile(
    r"\b(?:latest|last|most recent|recent|newest|just (?:placed|ordered|made|bought|received))\b"
    r"|最近|最新|刚(?:刚|才)?|上一[个单]"
)
_STATES = {"pending": r"\bpending\b|待处理|未发货|还没发", "delivered": r"\bdelivered\b|\breceived\b|收到|已送达"}


@dataclass(frozen=True)
class Ask:
    """A question for what is missing, with the request as far as it is filled."""

    slot: Slot
    text: str
    request: Request
    suggestions: tuple[str, ...] = ()
    piece: int = 0


@dataclass(frozen=True)
class Ready:
    """A change that can be proposed."""

    change: Change
    request: Request


@dataclass(frozen=True)
class Split:
    """One wish that is several changes, one after the other."""

    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Told:
    """Nothing can be done about it; the text says why."""

    text: str


Filled = Ask | Ready | Split | Told


class Filling:
    """Fills one customer's requests.

    Args:
        customer: who asks.
        orders: all of theirs, the latest first.
        policy: of the shop.
        names: of things in the reader's language.
        choices: what a product can be bought as, in a language.
    """

    def __init__(
        self,
        customer: CustomerView,
        orders: Sequence[OrderView],
        policy: OrderPolicy,
        names: Names,
        choices: Callable[[str, str], Sequence[Choice]],
    ) -> None:
        self._customer, self._orders, self._policy, self._names = customer, orders, policy, names
        self._choices, self._words = choices, names.turn.words

    def order(self, number: str) -> OrderView | None:
        """The customer's order with that number."""
        return next((order for order in self._orders if order.order_number == number), None)

    def numbers_in(self, text: str) -> tuple[OrderView, ...]:
        """The customer's orders that the text names by number, also without its sign and letters."""
        said = {_bare(word) for word in re.findall(r"#?[\w-]{4,}", plain(text))}
        return tuple(
            order
            for order in self._orders
            if (bare := _bare(order.order_number)) in said or re.sub(r"^[a-z]+", "", bare) in said
        )

    def unknown_number(self, text: str, *, asked: bool = False) -> str | None:
        """An order number in the text that is none of the customer's.

        Args:
            text: the shopper's words.
            asked: whether a number was asked for, so that digits alone are one.
        """
        number = order_number(text)
        if number is None or self.numbers_in(text):
            return None
        alone = number.isdigit() and not asked
        return (
            None
            if alone and not re.search(rf"(?:order|订单)\W*(?:number|no|id|号)?\W*{number}", plain(text))
            else number
        )

    def methods_offered(self) -> tuple[str, ...]:
        """The customer's payment methods by name."""
        return tuple(self._names.method(method) for method in self._customer.payment_methods)

    def picked_in(self, text: str, *, swap: bool) -> tuple[Piece, ...]:
        """The things that the words name among those which may go back or change."""
        kind: Kind = "swap" if swap else "return"
        states = self.states(Request(kind, text))
        return picked(text, owned(self._orders), states=states, swap=swap)

    def told_apart(self, request: Request, text: str) -> tuple[Piece, ...]:
        """Another thing of the same kind as the one that was meant so far: "the more expensive one"."""
        places = [piece.candidates[0] for piece in request.pieces or ()]
        products = {self.thing(place).line.product_id for place in places}
        states = self.states(request)
        alike = [
            thing for thing in owned(self._orders) if thing.line.product_id in products and thing.order.status in states
        ]
        if len(places) != 1 or len(alike) < 2:
            return ()
        meant = answered(text, Piece(tuple(thing.place for thing in alike)), alike)
        return (Piece(meant, (request.pieces or ())[0].wish),) if len(meant) == 1 else ()

    def fill(self, request: Request) -> Filled:
        """What comes next for the request."""
        if not self._orders and request.kind != "profile_address":
            return Told(self._words.say("order_none"))
        if request.kind in ("return", "swap"):
            return self._things(request)
        if request.kind == "profile_address":
            return self._address(request, None)
        return self._whole(request)

    # Orders as a whole: cancel, address, payment.

    def _whole(self, request: Request) -> Filled:
        order = self.order(request.order_number)
        if order is None:
            return self._which_order(request)
        if request.kind == "cancel":
            return self._cancel(request, order)
        if request.kind == "address":
            return self._address(request, order)
        return self._payment(request, order)

    def _which_order(self, request: Request) -> Filled:
        meant = self._meant_orders(request)
        if len(meant) == 1:
            return self.fill(replace(request, order_number=meant[0].order_number))
        if meant and cues().every.search(plain(request.text)):
            return Split(tuple(replace(request, order_number=order.order_number) for order in meant))
        if meant and len(self.numbers_in(request.text)) == len(meant):
            return Split(tuple(replace(request, order_number=order.order_number) for order in meant))
        key = f"ask_order_{request.kind}" if f"ask_order_{request.kind}" in self._words.names() else "ask_order"
        return self._ask_order(request, meant or self._orders, self._words.say(key))

    def _ask_order(self, request: Request, among: Sequence[OrderView], text: str) -> Ask:
        lines = [self.listed(order) for order in among[:OFFERED]]
        suggestions = tuple(order.order_number for order in among[:OFFERED])
        return Ask("order", "\n".join([text, *lines]), request, suggestions)

    def listed(self, order: OrderView) -> str:
        """An order on one line of a list."""
        return self._words.say(
            "order_in_list",
            number=order.order_number,
            placed=day(order.placed_on, self._names.turn.language),
            state=self._names.state(order),
            titles=self._names.titles(order),
        )

    def _meant_orders(self, request: Request) -> Sequence[OrderView]:
        """The orders that the words mean, as far as they tell."""
        text = f"{request.before}. {request.text}"
        if named := self.numbers_in(request.text):
            return named
        states = self.states(request)
        open_to = [order for order in self._orders if order.status in states and self._untouched(order)]
        pool = open_to or list(self._orders)
        if cues().every.search(plain(request.text)):
            return open_to or pool
        if holding := self.holding(request.text, pool) or self.holding(text, pool):
            return holding
        if len(pool) > 1 and LATEST.search(plain(text)):
            return pool[:1]
        return pool

    def holding(self, text: str, pool: Sequence[OrderView] | None = None) -> list[OrderView]:
        """The orders, of all unless some are given, that hold a thing which the words name."""
        pool = self._orders if pool is None else pool
        found = picked(text, owned(pool), states=[order.status for order in pool], swap=False)
        if cues().everything.search(plain(text)):
            return []
        numbers = {place.order_number for piece in found for place in piece.candidates}
        return [order for order in pool if order.order_number in numbers]

    def states(self, request: Request) -> tuple[str, ...]:
        """The states of orders in which the policy offers it."""
        policy = self._policy
        rules = {
            "cancel": (policy.cancel,),
            "address": (policy.change_address,),
            "payment": (policy.change_payment,),
            "return": (policy.returns,),
            "swap": (policy.change_items, policy.exchanges),
        }[request.kind]
        return tuple(state for rule in rules if rule for state in rule.states)

    def _untouched(self, order: OrderView) -> bool:
        return not (order.items_changed and self._policy.items_are_final)

    def _cancel(self, request: Request, order: OrderView) -> Filled:
        accepted = self._policy.cancel.reasons if self._policy.cancel else ()
        reason = request.reason or meant_reason(f"{request.before}. {request.text}", accepted)
        in_state = self._policy.cancel is not None and order.status in self._policy.cancel.states
        if accepted and not reason and in_state and self._untouched(order):
            said = tuple(reason_word(one, self._names) for one in accepted)
            return Ask("reason", self._words.say("ask_reason", reasons=self._words.listed(said)), request, said)
        return Ready(
            CancelOrder(self._customer.customer_id, order.order_number, reason), replace(request, reason=reason)
        )

    def _payment(self, request: Request, order: OrderView) -> Filled:
        method = self._customer.method(request.method_id)
        original = original_method(self._customer, order)
        if method is None:
            meant = meant_methods(request.text, self._customer, order)
            others = [one for one in meant.methods if one != original] or list(meant.methods)
            if len(others) != 1:
                choices = others or [one for one in self._customer.payment_methods if one != original]
                return self._ask_method(request, choices, "ask_method", unknown=meant.said and not meant.methods)
            method = others[0]
        change = ChangePayment(self._customer.customer_id, order.order_number, method.method_id)
        return Ready(change, replace(request, method_id=method.method_id))

    def _address(self, request: Request, order: OrderView | None) -> Filled:
        if request.address is None:
            meant = meant_address(request.text, self._customer, self._orders, order)
            if meant.several:
                said = tuple(self._names.address(address) for address in meant.several)
                return Ask("address", self._words.say("ask_address_which"), request, said)
            if meant.address is None:
                return Ask("address", self._words.say("ask_address"), request)
            request = replace(request, address=meant.address)
        assert request.address is not None
        address = as_of(request.address, self._customer)
        request, missing = replace(request, address=address), lacking(address)
        if missing:
            parts = self._words.listed(tuple(self._words.say(f"part_{part}") for part in missing))
            return Ask("address", self._words.say("ask_address_missing", missing=parts), request)
        if order is None:
            return Ready(ChangeCustomerAddress(self._customer.customer_id, address), request)
        return Ready(ChangeAddress(self._customer.customer_id, order.order_number, address), request)

    # Things: return, exchange, other items.

    def _things(self, request: Request) -> Filled:
        if request.pieces is None:
            found = self._picked(request)
            if not found:
                return self._ask_things(request)
            request = replace(request, pieces=found)
        pieces = request.pieces or ()
        for place, piece in enumerate(pieces):
            if piece.place is None:
                return self._ask_which(request, place)
        numbers = tuple(dict.fromkeys(piece.candidates[0].order_number for piece in pieces))
        if len(numbers) > 1:
            return Split(tuple(self._part(request, number) for number in numbers))
        request = replace(request, order_number=numbers[0])
        if request.kind == "swap":
            for place, piece in enumerate(pieces):
                if not piece.new_item_id:
                    filled = self._wish(request, place)
                    if isinstance(filled, Ask | Told):
                        return filled
                    request = filled
        return self._with_money(request)

    def _part(self, request: Request, number: str) -> Request:
        mine = tuple(piece for piece in request.pieces or () if piece.candidates[0].order_number == number)
        return replace(request, order_number=number, pieces=mine)

    def _pool(self, request: Request) -> list[OrderView]:
        if request.order_number and (order := self.order(request.order_number)):
            return [order]
        return list(self.numbers_in(request.text)) or self._in_words(request) or list(self._orders)

    def _in_words(self, request: Request) -> list[OrderView]:
        """Those in the state that the words name: "my pending t-shirts"."""
        states = [state for state, words in _STATES.items() if re.search(words, plain(request.text))]
        return [order for order in self._orders if order.status in states]

    def _picked(self, request: Request) -> tuple[Piece, ...]:
        pool, swap = self._pool(request), request.kind == "swap"
        states = self.states(request)
        for text in (request.text, request.before):
            if cues().everything.search(plain(text)) and len(pool) > 1:
                among = [order for order in pool if order.status in states] or pool
                if len(among) > 1 and not re.search(r"\borders\b|所有订单|全部订单", plain(text)):
                    return (
                        ()
                        if not LATEST.search(plain(text))
                        else picked(text, owned(among[:1]), states=states, swap=swap)
                    )
            found = picked(text, owned(pool), states=states, swap=swap) if text else ()
            if found:
                return found
        if len(pool) < len(self._orders) and not request.order_number and not self.numbers_in(request.text):
            elsewhere = picked(request.text, owned(self._orders), states=states, swap=swap)
            if elsewhere:
                return elsewhere
        fitting = [order for order in pool if order.status in states]
        if request.order_number:
            fitting = fitting or pool  # why not of this order, the rules say better than a question
        things = [thing for order in fitting for thing in owned([order])]
        if len(things) == 1:
            return (Piece((things[0].place,), request.text if swap else ""),)
        return ()

    def _ask_things(self, request: Request) -> Filled:
        pool, states = self._pool(request), self.states(request)
        among = [order for order in pool if order.status in states] or pool
        key = "ask_things_return" if request.kind == "return" else "ask_things_swap"
        if len(among) > 1:
            return self._ask_order(request, among, self._words.say(key))
        things = owned(among)
        lines = tuple(self._names.line(thing.line) for thing in things)[:OFFERED]
        suggestions = (*lines, self._words.say("all_of_them")) if len(lines) > 1 and request.kind == "return" else lines
        return Ask("things", self._words.say(key), replace(request, order_number=among[0].order_number), suggestions)

    def _ask_which(self, request: Request, place: int) -> Ask:
        piece = (request.pieces or ())[place]
        things = [self.thing(candidate) for candidate in piece.candidates]
        titles = tuple(dict.fromkeys(self._names.title(thing.line) for thing in things))
        several = len({thing.order.order_number for thing in things}) > 1
        said = tuple(
            f"{self._names.line(thing.line)}, {thing.order.order_number}" if several else self._names.line(thing.line)
            for thing in things
        )
        text = self._words.say("ask_which", title=" / ".join(titles))
        return Ask("which", "\n".join([text, *(f"- {one}" for one in said)]), request, said[:OFFERED], place)

    def thing(self, place: Place) -> Owned:
        """The line at a place."""
        return next(thing for thing in owned(self._orders) if thing.place == place)

    def space(self, thing: Owned, text: str) -> tuple[ItemSpace, dict[str, Choice]]:
        """The product's items in the language of the words, and by id in the reader's."""
        language = "zh" if re.search(r"[㐀-鿿]", text) else "en"
        line = thing.line
        said = self._choices(line.product_id, language)
        shown = {choice.item_id: choice for choice in self._choices(line.product_id, self._names.turn.language)}
        return ItemSpace(said, old_item=line.item_id, old=line.options, price=line.unit_price), shown

    def _wish(self, request: Request, place: int) -> Request | Ask | Told:
        piece = (request.pieces or ())[place]
        thing = self.thing(piece.candidates[0])
        space, shown = self.space(thing, piece.wish)
        wished = space.wished(tuple(piece.wish.split()) if " " in piece.wish else tokens(piece.wish))
        if wished.settled:
            return with_piece(request, place, replace(piece, new_item_id=wished.settled.item_id))
        return self._ask_wish(request, place, wished, list(shown.values()), thing)

    def _ask_wish(
        self, request: Request, place: int, wished: Wished, shown: Sequence[Choice], thing: Owned
    ) -> Ask | Told:
        title = self._names.title(thing.line)
        fitting = wished.exact or wished.other or wished.near
        ids = [choice.item_id for choice in fitting]
        offered = sorted((one for one in shown if one.item_id in ids), key=lambda one: ids.index(one.item_id))
        offered = offered or [one for one in shown if one.available and one.item_id != thing.line.item_id]
        if not offered:
            return Told(self._words.say("wish_nothing", title=title))
        key = "ask_wish"
        if wished.said:
            key = "ask_wish_which" if wished.exact or wished.other else "ask_wish_none"
        lines = [
            self._words.say(
                "ask_wish_line",
                options=self._names.choice(one),
                price="" if one.price is None else self._names.money(one.price, thing.order.currency),
            )
            for one in offered[:OFFERED]
        ]
        text = "\n".join([self._words.say(key, title=title), *lines])
        return Ask("item", text, request, tuple(self._names.choice(one) for one in offered[:OFFERED]), place)

    def _with_money(self, request: Request) -> Filled:
        order = self.order(request.order_number)
        assert order is not None  # its things were found in it
        method = self._customer.method(request.method_id)
        if method is None:
            meant = meant_methods(f"{request.before}. {request.text}", self._customer, order)
            if meant.said and meant.settled is None:
                choices = meant.methods or self._customer.payment_methods
                return self._ask_method(request, choices, self._ask_key(request), unknown=not meant.methods)
            method = meant.settled or original_method(self._customer, order) or self._only_method()
        if method is None and self._customer.payment_methods:
            return self._ask_method(request, self._customer.payment_methods, self._ask_key(request))
        request = replace(request, method_id=method.method_id if method else "")
        return Ready(self._change(request, order), request)

    def _change(self, request: Request, order: OrderView) -> Change:
        customer, method = self._customer.customer_id, request.method_id
        if request.kind == "return":
            items = tuple(item for piece in request.pieces or () for item in self._pieces(piece, order))
            return ReturnItems(customer, order.order_number, items, method)
        swaps = tuple(
            (item, piece.new_item_id)
            for piece in request.pieces or ()
            for item in self._pieces(piece, order, alone=_alone(piece, request))
        )
        policy = self._policy.change_items
        if (policy is not None and order.status in policy.states) or order.status == "pending":
            return ChangeItems(customer, order.order_number, swaps, method)
        return ExchangeItems(customer, order.order_number, swaps, method)

    def _pieces(self, piece: Piece, order: OrderView, *, alone: bool = True) -> list[str]:
        """The item's id for each piece that is meant: all that are left, or so many as were said."""
        item = piece.candidates[0].item_id
        left = max(1, pieces_left(order)[item])
        return [item] * (min(piece.count, left) if piece.count else left if alone else 1)

    def _ask_key(self, request: Request) -> str:
        return "ask_method_refund" if request.kind == "return" else "ask_method"

    def _only_method(self) -> PaymentMethod | None:
        return self._customer.payment_methods[0] if len(self._customer.payment_methods) == 1 else None

    def _ask_method(
        self, request: Request, methods: Sequence[PaymentMethod], key: str, *, unknown: bool = False
    ) -> Ask:
        said = tuple(self._names.method(method) for method in methods)
        text = self._words.join(self._words.say("no_such_method") if unknown else "", self._words.say(key))
        return Ask("method", text, request, said)


def with_piece(request: Request, place: int, piece: Piece) -> Request:
    """The request with another piece in that place."""
    pieces = list(request.pieces or ())
    pieces[place] = piece
    return replace(request, pieces=tuple(pieces))


def _alone(piece: Piece, request: Request) -> bool:
    return sum(other.candidates == piece.candidates for other in request.pieces or ()) == 1


def _bare(number: str) -> str:
    return re.sub(r"[^a-z0-9]", "", number.casefold())
