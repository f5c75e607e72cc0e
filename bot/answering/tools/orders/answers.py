"""Answers: what a shopper says to a question about their request, put into it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.answering.tools.orders.addresses import completed, meant_address
from bot.answering.tools.orders.filling import LATEST, Filling, with_piece
from bot.answering.tools.orders.formatting import Names
from bot.answering.tools.orders.payments import meant_methods
from bot.answering.tools.orders.picking import answered, owned, picked
from bot.answering.tools.orders.reasons import meant_reason
from bot.answering.tools.orders.requests import cues, plain
from bot.answering.tools.orders.stating import reason_word
from bot.answering.tools.orders.talk import Piece, Request, Slot
from bot.answering.tools.orders.tokens import tokens
from knowledge.order_policy import OrderPolicy
from knowledge.orders import CustomerView, OrderView
from knowledge.orders.facts import pieces_left


class Answers:
    """Reads answers of one customer.

    Args:
        filling: knows their orders and things.
        customer, orders, policy, names: as of `Filling`.
    """

    def __init__(
        self,
        filling: Filling,
        customer: CustomerView,
        orders: Sequence[OrderView],
        policy: OrderPolicy,
        names: Names,
    ) -> None:
        self._filling, self._customer, self._orders = filling, customer, orders
        self._policy, self._names = policy, names

    def answer(self, request: Request, slot: Slot, piece: int, typed: str, text: str) -> Request | None:
        """The request with what the shopper answered; None when the words do not answer it.

        Args:
            request: what was asked about.
            slot: what was asked for.
            piece: which piece it was asked of.
            typed: the words as typed.
            text: the words, personal data masked.
        """
        by_slot: dict[Slot, Callable[[], Request | None]] = {
            "order": lambda: self._told_order(request, text),
            "things": lambda: self._told_things(request, text),
            "which": lambda: self._told_which(request, piece, text),
            "item": lambda: self._told_item(request, piece, text),
            "method": lambda: self._told_method(request, text),
            "reason": lambda: self._told_reason(request, text),
            "address": lambda: self._told_address(request, typed),
        }
        tell = by_slot.get(slot)
        return tell() if tell else None

    def with_method(self, request: Request, text: str) -> Request | None:
        """The request with another payment method that the words name."""
        if request.kind == "cancel" or "address" in request.kind:
            return None
        return self._told_method(request, text)

    def _told_order(self, request: Request, text: str) -> Request | None:
        named = self._filling.numbers_in(text)
        if (not named and cues().everything.search(plain(text))) or cues().every.search(plain(text)):
            return replace(request, text=f"{request.text}. {text}. all orders")
        if not named:
            named = tuple(self._filling.holding(text))
        if not named and LATEST.search(plain(text)):
            named = tuple(self._orders[:1])
        if not named:
            return None
        if request.kind in ("return", "swap"):
            found = picked(text, owned(named), states=self._filling.states(request), swap=request.kind == "swap")
            fitting = found or picked(
                request.text, owned(named), states=self._filling.states(request), swap=request.kind == "swap"
            )
            number = named[0].order_number if len(named) == 1 else ""
            return replace(request, order_number=number, pieces=fitting or None)
        return replace(request, order_number=named[0].order_number) if len(named) == 1 else None

    def _told_things(self, request: Request, text: str) -> Request | None:
        pool = [order for order in [self._filling.order(request.order_number)] if order] or list(self._orders)
        if re.search(r"\b(?:all|everything|both)\b|全部|都|所有", plain(text)) and not cues().except_.search(
            plain(text)
        ):
            found = tuple(
                Piece((thing.place,)) for thing in owned(pool) if pieces_left(thing.order)[thing.line.item_id]
            )
        else:
            found = picked(text, owned(pool), states=[order.status for order in pool], swap=request.kind == "swap")
        return replace(request, pieces=found) if found else None

    def _told_which(self, request: Request, place: int, text: str) -> Request | None:
        pieces = list(request.pieces or ())
        piece = pieces[place]
        things = [self._filling.thing(candidate) for candidate in piece.candidates]
        meant = answered(text, piece, things)
        if len(meant) == len(piece.candidates) and not re.search(r"\b(?:all|both)\b|都|全部|两", plain(text)):
            return None
        all_of_them = bool(re.search(r"\b(?:all|both|each)\b|都|全部|两", plain(text)))
        new = (
            [replace(piece, candidates=(one,)) for one in meant] if all_of_them else [replace(piece, candidates=meant)]
        )
        return replace(request, pieces=(*pieces[:place], *new, *pieces[place + 1 :]))

    def _told_item(self, request: Request, place: int, text: str) -> Request | None:
        piece = (request.pieces or ())[place]
        thing = self._filling.thing(piece.candidates[0])
        space, shown = self._filling.space(thing, text)
        said = tokens(text)
        for choice in shown.values():
            if tokens(self._names.choice(choice)) == said and choice.available:
                return with_piece(request, place, replace(piece, new_item_id=choice.item_id))
        alone = space.wished(said)
        together = space.wished((*piece.wish.split(), ".", *said)) if piece.wish else alone
        best = next((one for one in (alone, together) if one.settled), None)
        if best and best.settled:
            return with_piece(request, place, replace(piece, new_item_id=best.settled.item_id))
        if not alone.said:
            return None
        wish = f"{piece.wish} . {' '.join(said)}" if together.exact or together.other else " ".join(said)
        return with_piece(request, place, replace(piece, wish=wish))

    def _told_method(self, request: Request, text: str) -> Request | None:
        meant = meant_methods(text, self._customer, self._filling.order(request.order_number))
        if not meant.said:
            return None
        if meant.settled:
            return replace(request, method_id=meant.settled.method_id)
        return replace(request, method_id="", text=f"{text}. {request.text}")

    def _told_reason(self, request: Request, text: str) -> Request | None:
        accepted = self._policy.cancel.reasons if self._policy.cancel else ()
        spoken = {reason_word(one, self._names): one for one in accepted}
        reason = next((one for word, one in spoken.items() if word in text), "") or meant_reason(text, accepted)
        return replace(request, reason=reason) if reason else None

    def _told_address(self, request: Request, typed: str) -> Request | None:
        order = self._filling.order(request.order_number) if request.kind == "address" else None
        if request.address is not None:
            meant = completed(request.address, typed)
            if meant.address != request.address:
                return replace(request, address=meant.address)
        meant = meant_address(typed, self._customer, self._orders, order)
        if meant.address is None:
            known = [one.address for one in self._orders] + [self._customer.address]
            named = next((one for one in known if one.line1 and plain(one.line1) in plain(typed)), None)
            return replace(request, address=named) if named else None
        return replace(request, address=meant.address)
