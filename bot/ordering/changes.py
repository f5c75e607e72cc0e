"""OrderChanges: the only way by which the bot changes an order: proposed, confirmed, written once, audited."""

from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session

from bot.conversation.tables import Conversation, Message
from bot.errors import NotFound
from bot.ordering.confirmation import method_words, says_yes
from bot.ordering.proposals import Proposal, Proposals
from knowledge.orders.backend import Applied, OrderBackend
from knowledge.orders.changes import CancelOrder, Change, ChangeItems, ExchangeItems
from knowledge.orders.effects import Effects, effects_of
from knowledge.orders.facts import Facts, swapped_products
from knowledge.orders.item_rules import Returnable, returnable
from knowledge.orders.reading import facts_of
from knowledge.orders.refusals import Refusal
from knowledge.orders.rules import check
from knowledge.orders.views import OrderView
from knowledge.profile import Profiles

VALID_FOR = timedelta(minutes=30)
"""How long a proposal can be confirmed: prices and stock move on, and so do people."""

SETTLED_AFTER = timedelta(minutes=5)
"""Longer than any change takes: a confirmed one without an end was interrupted."""


class OrderChanges:
    """Proposes changes, and writes those that the shopper has confirmed.

    A confirmed change is first noted as such, then written by the backend under the proposal's id as its key, then
    noted as done. Whatever stops in between, the key tells afterwards whether it was written, and keeps it from being
    written twice.

    Args:
        engine: of the conversations.
        backend: who keeps the orders.
        now: the time.
    """

    def __init__(
        self, engine: Engine, backend: OrderBackend, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._backend, self._now = engine, backend, now
        self._profiles = Profiles(engine)
        self._proposals = Proposals(engine, valid_for=VALID_FOR)

    def propose(self, conversation_id: str, customer_id: str, change: Change) -> Proposal | Refusal:
        """Keep a change for the shopper to confirm; it replaces what was proposed before in the conversation.

        Args:
            conversation_id: where it is asked for.
            customer_id: whom the conversation has identified.
            change: of one of their orders.

        Raises:
            NotFound: there is no such conversation.
            OrderBackendError: the orders cannot be read.
        """
        conversation = self._conversation(conversation_id)
        if refusal := _not_theirs(conversation, customer_id) or _other_customers(change, customer_id):
            return refusal
        facts = self._facts(conversation.shop, change)
        if refusal := check(change, facts):
            return refusal
        effects, now = effects_of(change, facts), self._now()
        proposal = Proposal(
            id=uuid4().hex,
            shop=conversation.shop,
            conversation_id=conversation_id,
            customer_id=customer_id,
            change=change,
            effects=effects,
            state="open",
            expires_at=now + VALID_FOR,
            about=f"{_about(change, effects, facts.order)} {self._in_chinese(conversation.shop, change, facts)}",
            after_sequence=conversation.last_sequence,
        )
        self._proposals.add(proposal, now=now)
        return proposal

    def open(self, conversation_id: str) -> Proposal | None:
        """What waits for the shopper's yes in the conversation; None when nothing does, or no longer."""
        proposal = self._proposals.open(conversation_id)
        return proposal if proposal and self._now() < proposal.expires_at else None

    def withdraw(self, conversation_id: str) -> bool:
        """Take back what waits for a yes; False when nothing did."""
        return self._proposals.withdraw(conversation_id)

    def confirm(
        self, proposal_id: str, *, conversation_id: str, customer_id: str, message_id: str, words: str
    ) -> Applied | Refusal:
        """Make the change, if these words of the shopper's confirm it.

        The same message confirms again with the same answer, for callers that are not sure that it came through.

        Args:
            proposal_id: of what was proposed.
            conversation_id: the same as then.
            customer_id: the same as then.
            message_id: of the shopper's Message with the words, later than the proposal.
            words: as typed.

        Raises:
            OrderBackendError: it could not be written, or it is not known whether it was; nothing is half done, and
                the same call again, or `settle`, brings it to an end.
        """
        proposal = self._proposals.get(proposal_id)
        if proposal is None or (proposal.conversation_id, proposal.customer_id) != (conversation_id, customer_id):
            return Refusal("proposal.unknown")
        if refusal := self._not_confirmed(proposal, message_id, words):
            return refusal
        if proposal.state == "open" and not self._proposals.to_confirmed(proposal, message_id, now=self._now()):
            same = {"conversation_id": conversation_id, "customer_id": customer_id}
            return self.confirm(proposal_id, **same, message_id=message_id, words=words)  # what was faster decides
        return self._write(proposal)

    def settle(self) -> int:
        """Bring to an end what was interrupted between a yes and its change; says how much that was.

        What the backend has written is noted as done, and what it has not is refused: after so long nobody waits.
        """
        interrupted = self._proposals.interrupted(before=self._now() - SETTLED_AFTER)
        for proposal in interrupted:
            if self._backend.applied(proposal.shop, proposal.id):
                self._proposals.to_applied(proposal)
            else:
                self._proposals.to_refused(proposal, Refusal("proposal.expired"))
        return len(interrupted)

    def returnable(self, shop: str, order: OrderView) -> tuple[Returnable, ...]:
        """What of the order may be returned until when."""
        return returnable(self._facts(shop, CancelOrder(order.customer_id, order.order_number)))

    def _in_chinese(self, shop: str, change: Change, facts: Facts) -> str:
        """What the new items are called in the shop's other language; the rules read the first."""
        wanted = {new for _, new in change.swaps} if isinstance(change, ChangeItems | ExchangeItems) else set()
        choices = (
            choice
            for product_id in swapped_products(change, facts.order)
            for choice in self._backend.choices(shop, product_id, language="zh")
            if choice.item_id in wanted
        )
        return " ".join(" ".join((one.title, *one.options, *one.options.values())) for one in choices)

    def _facts(self, shop: str, change: Change) -> Facts:
        return facts_of(self._backend, shop, change, profile=self._profiles.get(shop), now=self._now())

    def _conversation(self, conversation_id: str) -> Conversation:
        with Session(self._engine) as session:
            row = session.get(Conversation, conversation_id)
        if row is None:
            raise NotFound(f"There is no conversation {conversation_id!r}.")
        return row

    def _not_confirmed(self, proposal: Proposal, message_id: str, words: str) -> Refusal | None:
        """The first rule by which the message does not confirm it."""
        if refusal := _not_theirs(self._conversation(proposal.conversation_id), proposal.customer_id):
            return refusal
        if proposal.state in ("replaced", "withdrawn"):
            return Refusal("proposal.replaced")
        if proposal.state != "open":  # what the message says was held to the rules when it was confirmed
            rule = "proposal.refused" if proposal.state == "refused" else "proposal.done"
            return None if proposal.message_id == message_id else Refusal(rule)
        if self._now() >= proposal.expires_at:
            return Refusal("proposal.expired")
        if not self._is_later(proposal, message_id):
            return Refusal("proposal.not_later")
        reason = proposal.change.reason if isinstance(proposal.change, CancelOrder) else ""
        if not says_yes(words, kind=proposal.change.kind, about=proposal.about, reason=reason):
            return Refusal("proposal.not_yes")
        return None

    def _is_later(self, proposal: Proposal, message_id: str) -> bool:
        with Session(self._engine) as session:
            message = session.get(Message, message_id)
        return (
            message is not None
            and message.role == "user"
            and message.conversation_id == proposal.conversation_id
            and message.sequence > proposal.after_sequence
        )

    def _write(self, proposal: Proposal) -> Applied | Refusal:
        if proposal.state == "refused" and proposal.refusal:
            return proposal.refusal
        answer = self._backend.apply(proposal.shop, proposal.change, key=proposal.id, expected=proposal.effects)
        if isinstance(answer, Refusal):
            self._proposals.to_refused(proposal, answer)
        else:
            self._proposals.to_applied(proposal)
        return answer


def _not_theirs(conversation: Conversation, customer_id: str) -> Refusal | None:
    if not conversation.customer_id:
        return Refusal("customer.not_identified")
    return None if conversation.customer_id == customer_id else Refusal("customer.other")


def _other_customers(change: Change, customer_id: str) -> Refusal | None:
    return None if change.customer_id == customer_id else Refusal("customer.other")


def _about(change: Change, effects: Effects, order: OrderView | None) -> str:
    """The words that a shopper may repeat in their yes: of what will be, not of what is."""
    words: list[str] = [order.order_number] if order else []
    for move in effects.moves:
        words += [move.method.label, method_words(move.method.kind), str(abs(move.amount))]
    for swap in effects.swapped:
        words += [swap.title, swap.title_zh, *swap.new_options, *swap.new_options.values()]
    for line in effects.returned:
        words += [line.title, line.title_zh, *line.options, *line.options.values(), str(line.quantity)]
    if isinstance(change, CancelOrder) and order:
        words += [text for line in order.lines for text in (line.title, line.title_zh)]
    if effects.address:
        words += [str(part) for part in astuple(effects.address)]
    return " ".join(word for word in words if word)
