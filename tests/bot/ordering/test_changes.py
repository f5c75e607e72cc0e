"""A change is proposed, confirmed in so many words, written once, audited, and refused in every other case."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlmodel import Session

from bot.errors import NotFound
from bot.ordering import OrderChanges
from bot.ordering.tables import OrderProposal
from knowledge.errors import OrderBackendError
from knowledge.orders import (
    Address,
    Applied,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ExchangeItems,
    Refusal,
    ReturnItems,
    SqlOrders,
)
from tests.order_shop import SHOP

CANCEL = CancelOrder("C-1", "A-1")


def test_a_proposal_says_what_will_happen_and_changes_nothing(counter):
    proposal = counter.propose(CANCEL)
    [move] = proposal.effects.moves
    assert (move.method.label, move.amount, move.business_days) == ("gift card 1", Decimal("60.00"), 0)
    assert counter.orders.order(SHOP, "A-1").status == "pending"
    assert counter.audited() == []


def test_a_yes_makes_the_change_and_the_audit_tells_who_and_what(counter):
    proposal = counter.propose(CANCEL)
    done = counter.confirm(proposal)
    assert isinstance(done, Applied)
    assert done.order.status == counter.orders.order(SHOP, "A-1").status == "cancelled"
    assert counter.audited() == ["order.confirmed", "order.applied"]
    entry = counter.audit.entries(limit=1)[0]
    assert (entry.actor, entry.target) == ("customer:C-1", proposal.id)
    assert (entry.details["order"], entry.details["kind"], entry.details["shop"]) == ("A-1", "cancel", SHOP)
    assert counter.audit.verify().whole


def test_what_policy_forbids_is_refused_before_it_is_proposed(counter):
    assert counter.changes.propose(counter.talk(), "C-1", CancelOrder("C-1", "A-2")).rule == "cancel.state"


def test_an_order_that_is_somebody_elses_is_answered_like_one_that_is_not_there(counter):
    talk = counter.talk()
    theirs = counter.changes.propose(talk, "C-1", CancelOrder("C-1", "B-1"))
    none = counter.changes.propose(talk, "C-1", CancelOrder("C-1", "B-9"))
    assert (theirs.rule, none.rule) == ("order.unknown", "order.unknown")


def test_only_who_was_identified_in_the_conversation_may_ask(counter):
    assert counter.changes.propose(counter.talk(""), "C-1", CANCEL).rule == "customer.not_identified"
    assert counter.changes.propose(counter.talk("C-2"), "C-1", CANCEL).rule == "customer.other"
    assert counter.changes.propose(counter.talk("C-2"), "C-2", CANCEL).rule == "customer.other"
    with pytest.raises(NotFound):
        counter.changes.propose("nowhere", "C-1", CANCEL)


@pytest.mark.parametrize("words", ["no", "ok", "yes, but later", "Yes?", "好吗", ""])
def test_anything_but_a_yes_makes_nothing(counter, words):
    proposal = counter.propose(CANCEL)
    message_id = counter.say(proposal.conversation_id, words or "x")
    assert counter.confirm(proposal, words, message_id).rule == "proposal.not_yes"
    assert counter.orders.order(SHOP, "A-1").status == "pending"
    assert isinstance(counter.confirm(proposal), Applied)


def test_a_yes_from_before_the_proposal_or_from_elsewhere_is_none(counter):
    talk = counter.talk()
    early = counter.say(talk, "Yes.")
    proposal = counter.propose(CANCEL, talk)
    elsewhere = counter.say(counter.talk(), "Yes.")
    for message_id in (early, elsewhere, "0" * 32):
        assert counter.confirm(proposal, "Yes.", message_id).rule == "proposal.not_later"


def test_a_proposal_is_nobody_elses_to_confirm(counter):
    proposal = counter.propose(CANCEL)
    talk = counter.talk("C-2")
    answer = counter.changes.confirm(
        proposal.id, conversation_id=talk, customer_id="C-2", message_id=counter.say(talk, "Yes."), words="Yes."
    )
    assert answer == Refusal("proposal.unknown")


def test_the_same_message_confirms_again_with_the_same_answer_and_another_does_not(counter):
    proposal = counter.propose(CANCEL)
    message_id = counter.say(proposal.conversation_id, "Yes.")
    first = counter.confirm(proposal, "Yes.", message_id)
    assert counter.confirm(proposal, "Yes.", message_id) == first
    assert counter.confirm(proposal).rule == "proposal.done"
    assert counter.orders.customer(SHOP, "C-1").method("GIFT").balance == Decimal("80.00")
    assert counter.audited() == ["order.confirmed", "order.applied"]


def test_what_a_yes_may_repeat_is_forgotten_once_it_was_said(counter):
    address = Address("2 New Road", "Flat 3", "Seattle", "WA", "98101", "US")
    proposal = counter.propose(ChangeAddress("C-1", "A-1", address))
    assert "New Road" in counter.changes.open(proposal.conversation_id).about
    words = "Yes, send it to 2 New Road"
    message_id = counter.say(proposal.conversation_id, words)
    first = counter.confirm(proposal, words, message_id)
    with Session(counter.engine) as session:
        assert session.get(OrderProposal, proposal.id).about == ""
    assert counter.confirm(proposal, words, message_id) == first


def test_a_proposal_expires(counter):
    proposal = counter.propose(CANCEL)
    counter.clock.move(minutes=29)
    assert counter.changes.open(proposal.conversation_id) == proposal
    counter.clock.move(minutes=1)
    assert counter.changes.open(proposal.conversation_id) is None
    assert counter.confirm(proposal).rule == "proposal.expired"


def test_a_later_proposal_takes_the_place_of_an_earlier_one(counter):
    talk = counter.talk()
    first = counter.propose(CANCEL, talk)
    second = counter.propose(ReturnItems("C-1", "A-2", ("MUG",), "CARD"), talk)
    assert counter.confirm(first).rule == "proposal.replaced"
    assert counter.changes.open(talk) == second
    assert isinstance(counter.confirm(second), Applied)


def test_what_was_withdrawn_cannot_be_confirmed(counter):
    proposal = counter.propose(CANCEL)
    assert counter.changes.withdraw(proposal.conversation_id)
    assert not counter.changes.withdraw(proposal.conversation_id)
    assert counter.confirm(proposal).rule == "proposal.replaced"


def test_a_yes_may_repeat_what_was_proposed(counter):
    swap = ChangeItems("C-1", "A-1", (("SHIRT-S", "SHIRT-L"),), "GIFT")
    assert isinstance(counter.confirm(counter.propose(swap), "Yes, change the shirt to size L, gift card"), Applied)


def test_a_yes_may_name_the_new_item_in_chinese(counter, monkeypatch):
    choices = counter.orders.choices

    def in_language(*asked, language="en"):
        found = choices(*asked)
        return found if language == "en" else tuple(replace(one, options={"尺码": "大号"}) for one in found)

    monkeypatch.setattr(counter.orders, "choices", in_language)
    proposal = counter.propose(ExchangeItems("C-1", "A-2", (("SHIRT-S", "SHIRT-L"),), "CARD"))
    assert counter.confirm(proposal, "是的，换成中号").rule == "proposal.not_yes"
    assert isinstance(counter.confirm(proposal, "是的，请把衬衫换成大号"), Applied)


def test_a_yes_to_something_else_is_none(counter):
    swap = ExchangeItems("C-1", "A-2", (("SHIRT-S", "SHIRT-L"),), "CARD")
    proposal = counter.propose(swap)
    for words in ("Yes, to size M", "Yes, with PayPal", "Yes, and the mug", "是的，换成红色"):
        assert counter.confirm(proposal, words).rule == "proposal.not_yes"


def test_an_order_that_moved_on_after_the_proposal_is_not_changed(counter):
    first, second = (
        counter.propose(CANCEL),
        counter.propose(ChangeItems("C-1", "A-1", (("SHIRT-S", "SHIRT-L"),), "CARD")),
    )
    assert isinstance(counter.confirm(second), Applied)
    assert counter.confirm(first).rule == "cancel.items_changed"
    assert counter.confirm(first).rule == "proposal.refused"
    assert counter.audited()[-1] == "order.refused"


def test_a_price_that_moved_on_is_not_what_was_agreed_to(counter, monkeypatch):
    swap = ChangeItems("C-1", "A-1", (("SHIRT-S", "SHIRT-L"),), "CARD")
    proposal = counter.propose(swap)
    choices = counter.orders.choices
    monkeypatch.setattr(
        counter.orders,
        "choices",
        lambda *asked, **how: tuple(_dearer(choice) for choice in choices(*asked, **how)),
    )
    assert counter.confirm(proposal).rule == "order.moved_on"
    assert not counter.orders.order(SHOP, "A-1").items_changed


def _dearer(choice):
    return type(choice)(**{**vars(choice), "price": choice.price + 1})


class Failing(SqlOrders):
    """Writes, and then the answer is lost; or does not even write."""

    lost, down = False, False

    def apply(self, *told, **how):
        if self.down:
            raise OrderBackendError("The order server does not answer.")
        answer = super().apply(*told, **how)
        if self.lost:
            raise OrderBackendError("The answer was lost.")
        return answer


@pytest.fixture
def failing(counter):
    backend = Failing(counter.engine, now=counter.clock)
    counter.changes = OrderChanges(counter.engine, backend, now=counter.clock)
    return backend


def test_a_lost_answer_is_found_again_by_the_same_message(counter, failing):
    proposal = counter.propose(CANCEL)
    message_id = counter.say(proposal.conversation_id, "Yes.")
    failing.lost = True
    with pytest.raises(OrderBackendError):
        counter.confirm(proposal, "Yes.", message_id)
    failing.lost = False
    assert isinstance(counter.confirm(proposal, "Yes.", message_id), Applied)
    assert counter.orders.customer(SHOP, "C-1").method("GIFT").balance == Decimal("80.00")
    assert counter.audited() == ["order.confirmed", "order.applied"]


def test_what_was_interrupted_is_settled_by_what_was_written(counter, failing):
    written, not_written = counter.propose(CANCEL), counter.propose(ReturnItems("C-1", "A-2", ("MUG",), "CARD"))
    failing.lost = True
    with pytest.raises(OrderBackendError):
        counter.confirm(written)
    failing.down = True
    with pytest.raises(OrderBackendError):
        counter.confirm(not_written)
    assert counter.changes.settle() == 0
    counter.clock.move(minutes=6)
    assert counter.changes.settle() == 2
    assert counter.changes.settle() == 0
    assert sorted(counter.audited()) == ["order.applied", "order.confirmed", "order.confirmed", "order.refused"]
    assert counter.orders.order(SHOP, "A-2").returned == ()


def test_what_can_be_returned_until_when(counter):
    shirt, mug = counter.changes.returnable(SHOP, counter.orders.order(SHOP, "A-2"))
    assert (shirt.pieces, str(shirt.until), shirt.refusal) == (2, "2026-12-25", None)
    counter.confirm(counter.propose(ReturnItems("C-1", "A-2", ("MUG",), "CARD")))
    shirt, mug = counter.changes.returnable(SHOP, counter.orders.order(SHOP, "A-2"))
    assert (mug.pieces, mug.refusal.rule, shirt.refusal.rule) == (0, "return.once", "return.once")


def test_another_address_is_written_whole(counter):
    address = Address("2 New Road", "Flat 3", "Seattle", "WA", "98101", "US")
    counter.confirm(counter.propose(ChangeAddress("C-1", "A-1", address)), "Yes, ship it to 2 New Road, Flat 3")
    assert counter.orders.order(SHOP, "A-1").address == address
