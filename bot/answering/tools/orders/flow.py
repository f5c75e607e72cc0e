"""Flow: one message of a customer who is known, from what was waited for to what is waited for next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.answering.tools.orders.answers import Answers
from bot.answering.tools.orders.filling import Ask, Filling, Ready, Split, Told
from bot.answering.tools.orders.formatting import Names
from bot.answering.tools.orders.requests import CHANGES, Asked, cues, plain
from bot.answering.tools.orders.stating import done, kind_word, refused, stated
from bot.answering.tools.orders.talk import Piece, Request, Slot, Talk, requests_from
from bot.answering.tools.orders.telling import Telling
from bot.answering.tools.orders.tokens import tokens
from bot.answering.turn import Turn
from bot.answering.wording import wording
from bot.ordering import OrderChanges, Proposal, says_yes
from bot.reply import OrderCard
from knowledge.order_policy import OrderPolicy
from knowledge.orders import CancelOrder, ChangeCustomerAddress, Refusal

_NO = re.compile(
    r"^\W*(?:no|nope|nah|not now|don'?t|do not|stop|never ?mind|forget (?:it|about)|leave (?:it|everything)"
    r"|keep (?:it|everything|the order)|i (?:changed my mind|don'?t want|do not want)|not (?:yet|anymore)"
    r"|skip|cancel that)\b"
    r"|\b(?:never ?mind|changed my mind|leave (?:it|everything) as it is|don'?t do (?:it|that|anything)|forget it)\b"
    r"|^\W*(?:不[用要是了行对]|算了|别|先不|不想|不换|不退|不取消|暂时不|取消操作|保持原样)"
)
_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|not sure|let me think|i'?ll think|hmm+|i guess|possibly|probably|later)\b"
    r"|也许|可能|再想|考虑|等等|不确定|再说"
)
_QUESTION = re.compile(
    r"[?？]|^\W*(?:what|how|which|when|where|who|why|is|are|do|does|can|could|will|would|should)\b|吗|呢|多少|几|怎么|什么|哪"
)
_ASK_AGAIN: dict[str, Slot] = {
    "payment.unknown_method": "method",
    "payment.balance": "method",
    "payment.same": "method",
    "return.refund_target": "method",
    "cancel.reason": "reason",
    "address.incomplete": "address",
    "address.same": "address",
    "item.unavailable": "item",
    "item.same": "item",
}
"""Refusals after which another answer helps, and what to ask for."""


@dataclass
class Said:
    """What is said in one reply, piece by piece."""

    parts: list[str] = field(default_factory=list)
    cards: list[OrderCard] = field(default_factory=list)
    suggestions: tuple[str, ...] = ()
    reason: str = "order_status"
    refused: bool = False

    def add(self, text: str, *cards: OrderCard) -> None:
        """Say more; an order told of twice is shown as it is now."""
        self.parts.append(text)
        numbers = {card.order_number for card in cards}
        self.cards = [card for card in self.cards if card.order_number not in numbers] + list(cards)


class Flow:
    """One message of a known customer.

    Args:
        turn: the message.
        names, filling, answers, telling, policy: of the customer and the shop.
        changes: proposes and writes.
        customer_id: who they are.
    """

    def __init__(
        self,
        turn: Turn,
        names: Names,
        *,
        filling: Filling,
        answers: Answers,
        telling: Telling,
        policy: OrderPolicy,
        changes: OrderChanges,
        customer_id: str,
    ) -> None:
        self._turn, self._names, self._filling, self._telling = turn, names, filling, telling
        self._answers = answers
        self._policy, self._changes, self._customer_id = policy, changes, customer_id
        self._words = turn.words

    def go_on(self, talk: Talk, heard: Sequence[Asked], said: Said) -> Talk | None:
        """The dialogue after the message; None when the message is about something else.

        Args:
            talk: before it.
            heard: the wishes in it that concern the customer's orders.
            said: what is to be said, filled here.
        """
        if talk.waits_for == "confirm":
            return self._confirming(talk, heard, said)
        if talk.waits_for and talk.waits_for != "who":
            return self._answering(talk, heard, said)
        if not heard and not talk.requests:
            return None
        return self.run(self._more(talk, (*talk.requests, *self._wished(talk, heard))), said)

    def run(self, talk: Talk, said: Said) -> Talk:
        """Do one request after the other until something has to be asked."""
        while talk.current is not None:
            if said.parts and said.reason == "order_changed":
                said.reason = "order_changed_next"
            talk = self._step(talk, talk.current, said)
            if talk.waits_for:
                return talk
        return Talk(about=talk.about)

    @staticmethod
    def _more(talk: Talk, requests: Sequence[Request]) -> Talk:
        """The dialogue with these requests, and nothing asked."""
        return Talk(requests=tuple(requests), about=talk.about)

    def _wished(self, talk: Talk, heard: Sequence[Asked]) -> tuple[Request, ...]:
        """The wishes as requests; "it" and "the whole order" are what was last spoken of."""
        about = (talk.current.order_number if talk.current else "") or talk.about
        return tuple(self._about(request, about) for request in requests_from(heard, self._turn.typed))

    def _about(self, request: Request, about: str) -> Request:
        if not about or self._filling.numbers_in(request.text) or self._filling.holding(request.text):
            return request
        if request.kind in ("profile_address", "orders", "returnable") or cues().every.search(plain(request.text)):
            return request
        return replace(request, order_number=about) if cues().same_order.search(plain(request.text)) else request

    def _step(self, talk: Talk, request: Request, said: Said) -> Talk:
        if request.kind not in CHANGES:
            looked = self._telling.look_up(request, unknown=self._filling.unknown_number(request.text))
            said.add(looked.text, *looked.cards)
            said.refused = said.refused or not looked.found
            said.reason = "order_status" if looked.found else "order_not_found"
            shown = looked.cards[0].order_number if len(looked.cards) == 1 else talk.about
            return replace(talk.with_current(), about=shown)
        if unknown := self._filling.unknown_number(request.text):
            said.add(self._words.say("order_unknown", number=unknown))
            said.refused, said.reason = True, "order_not_found"
            return talk.with_current()
        filled = self._filling.fill(request)
        if isinstance(filled, Split):
            return talk.with_current(*filled.requests)
        if isinstance(filled, Told):
            said.add(filled.text)
            said.refused, said.reason = True, "order_impossible"
            return talk.with_current()
        if isinstance(filled, Ask):
            said.add(filled.text)
            said.suggestions, said.reason = filled.suggestions, "order_details_wanted"
            return talk.with_current(filled.request).waiting(filled.slot, piece=filled.piece)
        return self._propose(talk, filled, said)

    def _propose(self, talk: Talk, ready: Ready, said: Said) -> Talk:
        answer = self._changes.propose(self._turn.conversation_id, self._customer_id, ready.change)
        if isinstance(answer, Refusal):
            return self._refused(talk, ready.request, answer, said)
        order = None
        if not isinstance(ready.change, ChangeCustomerAddress):
            order = self._filling.order(ready.change.order_number)
        text = stated(answer, order, self._names, self._policy)
        if isinstance(ready.change, CancelOrder) and order and self._names_a_part(ready.request, len(order.lines)):
            text = self._words.say("state_cancel_whole") + "\n" + text
        said.add(text)
        kind = kind_word(answer.change.kind)
        said.suggestions = (self._words.say(f"yes_{kind}"), self._words.say("leave_it"))
        said.reason = "order_confirm"
        return talk.with_current(ready.request).waiting("confirm", proposal_id=answer.id)

    def _names_a_part(self, request: Request, lines: int) -> bool:
        return lines > 1 and bool(self._filling.holding(request.text))

    def _refused(self, talk: Talk, request: Request, refusal: Refusal, said: Said) -> Talk:
        order = self._filling.order(request.order_number)
        text = refused(refusal, self._names, currency=order.currency if order else "", order=order)
        slot = _ASK_AGAIN.get(refusal.rule)
        if slot is None:
            card = self._telling.card(order) if order else None
            said.add(text, *([card] if card else []))
            said.suggestions = tuple(act.say for act in card.acts[:3]) if card else ()
            said.refused, said.reason = True, f"order_rule:{refusal.rule}"
            return talk.with_current()
        cleared = _without(request, slot)
        again = self._filling.fill(cleared)
        if isinstance(again, Ask):
            said.add(self._words.join(text, again.text))
            said.suggestions, said.reason = again.suggestions, f"order_rule:{refusal.rule}"
            return talk.with_current(again.request).waiting(again.slot, piece=again.piece)
        said.add(text)
        said.suggestions = self._filling.methods_offered() if slot == "method" else ()
        said.reason = f"order_rule:{refusal.rule}"
        return talk.with_current(cleared).waiting(slot)

    # A yes is waited for.

    def _confirming(self, talk: Talk, heard: Sequence[Asked], said: Said) -> Talk | None:
        proposal = self._changes.open(self._turn.conversation_id)
        request = talk.current
        if request is None:
            return None
        if proposal is None or proposal.id != talk.proposal_id:
            return self._gone(talk, heard, said)
        if self._says_yes(proposal):
            if self._just_asked(proposal) or len(tokens(self._turn.text)) > 2:
                after = self._confirmed(talk, proposal, said)
                return after if after.waits_for else self.run(after, said)
            return self._propose_again(talk, said)
        changed = self._amended(talk, request, heard)
        if changed is not None:
            return self.run(changed, said)
        if self._answers.with_method(request, self._turn.text) == request:
            return self._propose_again(talk, said)
        if _NO.search(plain(self._turn.text)):
            self._changes.withdraw(self._turn.conversation_id)
            said.add(self._words.say("kept"))
            said.reason = "order_kept"
            return self.run(talk.with_current(), said)
        if _HEDGE.search(plain(self._turn.text)):
            return self._propose_again(talk, said, ahead=self._words.say("not_yet"))
        if _QUESTION.search(plain(self._turn.text)) or len(tokens(self._turn.text)) > 2:
            return None
        return self._propose_again(talk, said, ahead=self._words.say("not_yet"))

    def _says_yes(self, proposal: Proposal) -> bool:
        reason = proposal.change.reason if isinstance(proposal.change, CancelOrder) else ""
        return says_yes(self._turn.typed, kind=proposal.change.kind, about=proposal.about, reason=reason)

    def _just_asked(self, proposal: Proposal) -> bool:
        """Whether the bot's last words were this question: a bare yes says yes to those only."""
        key = f"confirm_{kind_word(proposal.change.kind)}"
        asked = [wording(language).say(key) for language in ("en", "zh")]
        last = next((message for message in reversed(self._turn.earlier) if message.role == "assistant"), None)
        return last is not None and any(question in last.text for question in asked)

    def _confirmed(self, talk: Talk, proposal: Proposal, said: Said) -> Talk:
        answer = self._changes.confirm(
            proposal.id,
            conversation_id=self._turn.conversation_id,
            customer_id=self._customer_id,
            message_id=self._turn.message_id,
            words=self._turn.typed,
        )
        assert talk.current is not None
        if isinstance(answer, Refusal):
            return self._refused(replace(talk, waits_for=None, proposal_id=""), talk.current, answer, said)
        said.add(done(answer, proposal, self._names), *([self._telling.card(answer.order)] if answer.order else []))
        said.reason = "order_changed"
        return replace(talk.with_current(), about=answer.order.order_number if answer.order else talk.about)

    def _propose_again(self, talk: Talk, said: Said, *, ahead: str = "") -> Talk:
        if ahead:
            said.add(ahead)
        return self.run(self._more(talk, talk.requests), said)

    def _gone(self, talk: Talk, heard: Sequence[Asked], said: Said) -> Talk | None:
        """The proposal is too old, or was replaced."""
        if heard:
            return self.run(self._more(talk, self._wished(talk, heard)), said)
        if _QUESTION.search(plain(self._turn.text)):
            return None
        return self._propose_again(talk, said)

    def _amended(self, talk: Talk, request: Request, heard: Sequence[Asked]) -> Talk | None:
        """The requests with what the message changes about them; None when it changes nothing."""
        text = self._turn.text
        other = [one for one in heard if one.kind != request.kind]
        new = self._other_things(request, text, heard) or self._answers.with_method(request, text)
        if new is None and request.kind in ("address", "profile_address"):
            new = self._answers.answer(replace(request, address=None), "address", 0, self._turn.typed, text)
            new = new if new and new.address != request.address else None
        if new is None and request.kind == "cancel":
            new = self._answers.answer(request, "reason", 0, self._turn.typed, text)
            new = new if new and new.reason != request.reason else None
        if new is not None and new != request:
            return self._more(talk, (new, *talk.requests[1:], *self._wished(talk, other)))
        if not other or (_QUESTION.search(plain(text)) and all(one.kind not in CHANGES for one in other)):
            return None if not other else self._more(talk, (*self._wished(talk, other), *talk.requests))
        if _NO.search(plain(text)) or cues().instead.search(plain(text)):
            return self._more(talk, (*self._wished(talk, other), *talk.requests[1:]))
        return self._more(talk, (*talk.requests, *self._wished(talk, other)))

    def _other_things(self, request: Request, text: str, heard: Sequence[Asked]) -> Request | None:
        """The return or exchange with other things in it, or with more of them."""
        if request.kind not in ("return", "swap") or request.pieces is None:
            return None
        swap = request.kind == "swap"
        found = self._filling.picked_in(text, swap=swap)
        said, now = plain(text), request.pieces
        if not found:
            found = self._filling.told_apart(request, text)
            if not found or found == now:
                return None
            return replace(request, pieces=found, order_number="")
        known = {piece.candidates for piece in now}
        more = tuple(piece for piece in found if piece.candidates not in known)
        if cues().only.search(said) and not more:
            kept = tuple(piece for piece in now if piece.candidates in {one.candidates for one in found})
            return replace(request, pieces=kept, order_number="") if kept != now else None
        if not more:
            return self._other_wishes(request, found) if swap else None
        if cues().instead.search(said) and not cues().too.search(said):
            return replace(request, pieces=more, order_number="")
        if cues().too.search(said) or any(one.kind == request.kind for one in heard):
            return replace(request, pieces=(*now, *more), order_number="")
        return replace(request, pieces=more, order_number="") if cues().only.search(said) else None

    def _other_wishes(self, request: Request, found: Sequence[Piece]) -> Request | None:
        wishes = {piece.candidates: piece.wish for piece in found if len(piece.wish.split()) > 1}
        pieces = tuple(
            replace(piece, wish=wishes[piece.candidates], new_item_id="") if piece.candidates in wishes else piece
            for piece in request.pieces or ()
        )
        return replace(request, pieces=pieces) if wishes else None

    # An answer is waited for.

    def _answering(self, talk: Talk, heard: Sequence[Asked], said: Said) -> Talk | None:
        request, slot = talk.current, talk.waits_for
        if request is None or slot is None:
            return None
        text, lowered = self._turn.text, plain(self._turn.text)
        other = [one for one in heard if one.kind != request.kind or slot in ("reason", "method", "address")]
        if not (other and cues().instead.search(lowered)):
            new = self._answers.answer(request, slot, talk.piece, self._turn.typed, text)
            if new is not None:
                later = [one for one in other if one.kind != request.kind]
                return self.run(self._more(talk, (new, *talk.requests[1:], *self._wished(talk, later))), said)
        dropped = self._dropped(talk, request, lowered)
        if other or (heard and not dropped):
            rest = talk.requests[1:] if dropped or cues().instead.search(lowered) else ()
            return self.run(self._more(talk, (*self._wished(talk, other or heard), *rest)), said)
        if dropped is not None:
            said.add(self._words.say("dropped"))
            said.reason = "order_kept"
            return self.run(dropped, said)
        if _QUESTION.search(lowered):
            return None
        if slot == "order" and (unknown := self._filling.unknown_number(text, asked=True)):
            said.add(self._words.say("order_unknown", number=unknown))
        return self.run(self._more(talk, talk.requests), said)

    def _dropped(self, talk: Talk, request: Request, lowered: str) -> Talk | None:
        """Without what the shopper no longer wants: one of several things, or the whole request."""
        if not _NO.search(lowered):
            return None
        pieces = request.pieces or ()
        if talk.waits_for in ("which", "item") and len(pieces) > 1:
            left = (*pieces[: talk.piece], *pieces[talk.piece + 1 :])
            return talk.with_current(replace(request, pieces=left))
        return talk.with_current()


def _without(request: Request, slot: Slot) -> Request:
    if slot == "method":
        return replace(request, method_id="")
    if slot == "reason":
        return replace(request, reason="")
    if slot == "address":
        return replace(request, address=None, text="")
    pieces = tuple(replace(piece, new_item_id="", wish="") for piece in request.pieces or ())
    return replace(request, pieces=pieces)
