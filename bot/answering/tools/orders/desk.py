"""OrderDesk: orders in the chat; nobody learns or changes anything of an order before they are known as its owner."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from bot.answering.intent import order_number
from bot.answering.tools.orders.answers import Answers
from bot.answering.tools.orders.filling import Filling
from bot.answering.tools.orders.flow import Flow, Said
from bot.answering.tools.orders.formatting import Names
from bot.answering.tools.orders.identifying import claim_in, claims_anything
from bot.answering.tools.orders.requests import CHANGES, Asked, asked_for, cues, plain
from bot.answering.tools.orders.store import OrderTalks
from bot.answering.tools.orders.talk import Request, Talk, requests_from
from bot.answering.tools.orders.telling import Telling
from bot.answering.turn import Answer, Turn
from bot.conversation.history import History
from bot.errors import Conflict
from bot.ordering import Claim, Identification, Identified, OrderChanges
from knowledge.errors import OrderBackendError
from knowledge.orders import OrderBackend

NEVER_OFFERS = ("order_confirm", "order_details_wanted")
"""Reasons of answers that ask something: a yes to them is not one to an offer of a person."""


class OrderDesk:
    """Answers what concerns a shopper's own orders, and passes on everything else.

    Args:
        backend: who keeps the orders.
        changes: proposes and writes changes.
        identification: finds out who a shopper is.
        history: where it is noted who the shopper is.
        talks: what running dialogues wait for.
        today: the day that "late" is measured on.
    """

    def __init__(
        self,
        backend: OrderBackend,
        *,
        changes: OrderChanges,
        identification: Identification,
        history: History,
        talks: OrderTalks,
        today: Callable[[], date],
    ) -> None:
        self._backend, self._changes, self._identification = backend, changes, identification
        self._history, self._talks, self._today = history, talks, today

    def waits(self, turn: Turn) -> bool:
        """Whether the shopper was asked something, so that "yes", "no" and "the blue one" are for the desk."""
        return self._talks.before(turn).waits_for is not None

    def answer(self, turn: Turn, *, asked: bool) -> Answer | None:
        """What the bot says about the shopper's orders; None when the message is about something else.

        Args:
            turn: the message.
            asked: whether it asks after an order.
        """
        talk, said = self._talks.before(turn), Said()
        try:
            after = self._after(turn, talk, said, asked=asked)
        except OrderBackendError:
            return Answer(turn.words.say("backend_down"), "refused", "none", "orders_unreachable")
        if after is None:
            return None
        self._talks.keep(turn, after)
        return self._answered(turn, after, said)

    def _after(self, turn: Turn, talk: Talk, said: Said, *, asked: bool) -> Talk | None:
        heard = _heard(turn, talk, asked=asked and talk.waits_for in (None, "who"))
        if turn.customer_id is not None:
            return self._known(turn, turn.customer_id, talk, heard, said)
        return self._stranger(turn, talk, heard, said)

    def _answered(self, turn: Turn, after: Talk, said: Said) -> Answer:
        refused = said.refused and after.waits_for in (None, "who")
        parts = list(said.parts)
        if refused and said.reason.startswith(("order_rule", "order_impossible")):
            parts.append(turn.words.say("offer_after_refusal"))
        return Answer(
            "\n\n".join(part for part in parts if part),
            "refused" if refused else "answered",
            "none" if said.reason == "order_attempts_used_up" else "facts",
            said.reason,
            suggestions=said.suggestions,
            orders=tuple(said.cards),
        )

    # Nobody knows yet who it is.

    def _stranger(self, turn: Turn, talk: Talk, heard: Sequence[Asked], said: Said) -> Talk | None:
        waiting = talk.waits_for == "who"
        claim = claim_in(turn, asked=waiting)
        brings = claims_anything(claim) or bool(claim.last) or order_number(turn.text) is not None
        if not heard and not (waiting and brings):
            return None
        requests = requests_from(heard, turn.typed) or talk.requests
        pending = Talk(requests=requests).waiting("who")
        if not claims_anything(claim):
            return self._asking_who(turn, claim, pending, said)
        found = self._identification.identify(turn.shop, turn.conversation_id, claim)
        if isinstance(found, Identified):
            return self._identified(turn, found, requests, said)
        if found.rule == "identify.locked":
            said.add(turn.words.say("identify_locked"))
            said.reason, said.refused = "order_attempts_used_up", True
            return Talk()
        if found.rule == "identify.not_offered":
            return self._asking_who(turn, claim, pending, said)
        said.add(turn.words.say("identify_failed", ways=self._ways(turn)))
        said.reason, said.refused = "order_not_found", True
        return pending

    def _asking_who(self, turn: Turn, claim: Claim, pending: Talk, said: Said) -> Talk:
        said.add(self._ask_who(turn, claim))
        said.reason = "order_details_wanted"
        return pending

    def _ask_who(self, turn: Turn, claim: Claim) -> str:
        number = claim.order_number or None
        if number and self._proofs(turn):
            return turn.words.say("identify_number_known", number=number, proofs=self._proofs(turn))
        if claim.email and "order_email" in self._identification.ways(turn.shop):
            return turn.words.say("order_ask_number")
        return turn.words.say("identify_who", ways=self._ways(turn))

    def _proofs(self, turn: Turn) -> str:
        """What proves that an order whose number is known is theirs."""
        ways = self._identification.ways(turn.shop)
        said = [turn.words.say(f"proof_{way}") for way in ("order_email", "order_postcode") if way in ways]
        return turn.words.say("or").join(said)

    def _ways(self, turn: Turn) -> str:
        ways = self._identification.ways(turn.shop)
        if {"order_email", "order_postcode"} <= set(ways):
            said = [turn.words.say("way_order")]
            ways = tuple(way for way in ways if not way.startswith("order_"))
        else:
            said = []
        said += [turn.words.say(f"way_{way}") for way in ways]
        return turn.words.say("way_or").join(said)

    def _identified(self, turn: Turn, found: Identified, requests: Sequence[Request], said: Said) -> Talk | None:
        customer = found.customer
        try:
            self._history.identify(turn.conversation_id, customer.customer_id)
        except Conflict:
            said.add(turn.words.say("identify_other"))
            said.reason, said.refused = "order_not_found", True
            return Talk()
        named = found.order.order_number if found.order else ""
        flow = self._flow(turn, customer.customer_id, named=named)
        meant = tuple(_of_order(request, named) for request in requests)
        return None if flow is None else flow.run(Talk(requests=meant), said)

    # It is known who it is.

    def _known(self, turn: Turn, customer_id: str, talk: Talk, heard: Sequence[Asked], said: Said) -> Talk | None:
        if not heard and talk.waits_for is None:
            return None
        flow = self._flow(turn, customer_id)
        if flow is None:
            if not heard:
                return None
            said.add(turn.words.say("order_none"))
            said.reason, said.refused = "order_not_found", True
            return Talk()
        return flow.go_on(talk, heard, said)

    def _flow(self, turn: Turn, customer_id: str, *, named: str = "") -> Flow | None:
        customer = self._backend.customer(turn.shop, customer_id)
        if customer is None:
            return None
        orders = self._backend.orders_of(turn.shop, customer_id)
        names = Names(turn, lambda product: self._backend.choices(turn.shop, product, language=turn.language))
        policy = turn.profile.orders
        filling = Filling(
            customer,
            orders,
            policy,
            names,
            lambda product, language: self._backend.choices(turn.shop, product, language=language),
        )
        telling = Telling(
            customer, orders, policy, names, changes=self._changes, today=self._today, filling=filling, named=named
        )
        return Flow(
            turn,
            names,
            filling=filling,
            answers=Answers(filling, customer, orders, policy, names),
            telling=telling,
            policy=policy,
            changes=self._changes,
            customer_id=customer_id,
        )


def _heard(turn: Turn, talk: Talk, *, asked: bool) -> list[Asked]:
    """The wishes in the message that are about the shopper's own orders, not about how the shop does things.

    A number alone asks how that order is, unless it answers what was asked.
    """
    known, number = turn.customer_id is not None, order_number(turn.text) is not None
    said = plain(turn.text)
    if not (known or number or asked) and cues().question.search(said) and not cues().asks_to_do.search(said):
        return []  # of somebody unknown it is one about how the shop does things
    last = known and bool(talk.about)
    heard = [one for one in asked_for(turn.text) if _own(one, number=number, known=known, last=last, asked_order=asked)]
    if not heard and asked and talk.waits_for is None:
        heard.append(Asked("status", turn.text, named=True))
    return heard


def _own(asked: Asked, *, number: bool, known: bool, last: bool, asked_order: bool) -> bool:
    """Whether a wish is about the shopper's own orders.

    Args:
        asked: the wish.
        number: whether the message names an order.
        known: whether it is known who the shopper is.
        last: whether one of their orders was spoken of before, which "it" may be.
        asked_order: whether the message asks after an order.
    """
    if asked.kind == "status":
        return asked_order or number
    mine = asked.named or number or (last and bool(cues().same_order.search(plain(asked.text))))
    if asked.kind in CHANGES:
        return mine if asked.whether or not known else True
    return mine or (known and bool(cues().mine.search(plain(asked.text))))


def _of_order(request: Request, named: str) -> Request:
    """The wish for the order by which the shopper was identified, where it names none itself."""
    if not named or request.kind in ("orders", "profile_address") or order_number(request.text):
        return request
    return request if cues().every.search(plain(request.text)) else replace(request, order_number=named)
