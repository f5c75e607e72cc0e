"""Who a shopper is, told by what only the customer knows, with so many attempts and no more."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session, select

from bot.ordering import Claim, Identified
from bot.ordering.identification import PER_CONVERSATION, PER_SUBJECT
from bot.ordering.tables import IdentificationFailure
from knowledge.errors import OrderBackendError
from knowledge.orders import Refusal
from tests.order_shop import SHOP

RIGHT = Claim(order_number="A-1", email="Ann@x.example")
WRONG = Claim(order_number="A-1", email="bo@x.example")


def identify(counter, claim, talk="talk"):
    return counter.identification.identify(SHOP, talk, claim)


@pytest.mark.parametrize(
    "claim",
    [
        RIGHT,
        Claim(order_number="#a-1", postcode="981 03"),
        Claim(first="ann", last="lee", postcode="98103"),
    ],
)
def test_what_only_the_customer_knows_identifies_them(counter, claim):
    found = identify(counter, claim)
    assert isinstance(found, Identified)
    assert found.customer.customer_id == "C-1"
    assert (found.order is not None) == bool(claim.order_number)


@pytest.mark.parametrize(
    "claim",
    [
        WRONG,
        Claim(order_number="A-99", email="ann@x.example"),
        Claim(order_number="A-1", postcode="98104"),
        Claim(order_number="A-1", email="bo@x.example", postcode="98103"),
        Claim(first="Ann", last="Lee", postcode="98104"),
        Claim(first="Bo", last="Chan", postcode="98103"),
    ],
)
def test_a_wrong_claim_is_answered_the_same_whether_or_not_there_is_such_an_order(counter, claim):
    assert identify(counter, claim) == Refusal("identify.no_match")


@pytest.mark.parametrize("claim", [Claim(), Claim(order_number="A-1"), Claim(email="ann@x.example"), Claim(last="Lee")])
def test_too_little_is_no_attempt(counter, claim):
    answer = identify(counter, claim)
    assert answer.rule == "identify.not_offered"
    assert "order_email" in answer.values["allowed"]
    assert _kept(counter) == []


def test_a_conversation_has_so_many_attempts(counter):
    for number in range(PER_CONVERSATION):
        assert identify(counter, Claim(order_number=f"X-{number}", email="a@x.example")).rule == "identify.no_match"
    assert identify(counter, RIGHT).rule == "identify.locked"
    assert isinstance(identify(counter, RIGHT, "another talk"), Identified)


def test_a_new_conversation_does_not_give_new_attempts_at_the_same_order(counter):
    for number in range(PER_SUBJECT):
        assert identify(counter, WRONG, f"talk {number}").rule == "identify.no_match"
    assert identify(counter, RIGHT, "yet another").rule == "identify.locked"
    assert identify(counter, Claim(order_number="#A-1", postcode="98103"), "one more").rule == "identify.locked"


def test_nor_at_the_same_address_or_name(counter):
    for number in range(PER_SUBJECT):
        identify(counter, Claim(order_number=f"X-{number}", email="ann@x.example"), f"talk {number}")
        identify(counter, Claim(first="Ann", last="Lee", postcode=f"1000{number}"), f"talk b {number}")
    assert identify(counter, Claim(order_number="A-1", email=" ANN@x.example"), "new").rule == "identify.locked"
    assert identify(counter, Claim(first="Lee", last="Ann", postcode="98103"), "newer").rule == "identify.locked"


def test_an_order_that_is_not_there_is_locked_like_one_that_is(counter):
    for number in range(PER_SUBJECT):
        identify(counter, Claim(order_number="NONE", email="a@x.example"), f"talk {number}")
    locked = identify(counter, Claim(order_number="NONE", email="b@x.example"), "new")
    for number in range(PER_SUBJECT):
        identify(counter, WRONG, f"other talk {number}")
    assert identify(counter, RIGHT, "newer") == locked


def test_right_claims_do_not_count(counter):
    for _ in range(PER_SUBJECT + PER_CONVERSATION):
        assert isinstance(identify(counter, RIGHT), Identified)
    assert _kept(counter) == []


def test_attempts_are_forgotten_after_a_day(counter):
    for _ in range(PER_CONVERSATION):
        identify(counter, WRONG)
    assert identify(counter, RIGHT).rule == "identify.locked"
    counter.clock.move(hours=24, seconds=1)
    assert isinstance(identify(counter, RIGHT), Identified)


def test_trying_on_while_locked_does_not_lock_for_longer(counter):
    for _ in range(PER_CONVERSATION):
        identify(counter, WRONG)
    counter.clock.move(hours=23)
    assert identify(counter, WRONG).rule == "identify.locked"
    counter.clock.move(hours=1, seconds=1)
    assert isinstance(identify(counter, RIGHT), Identified)


def test_many_at_once_are_not_more_than_one_after_another(counter):
    def attempt(number: int) -> str:
        return identify(counter, Claim(order_number="A-1", postcode=f"{number:05}"), f"talk {number}").rule

    with ThreadPoolExecutor(8) as threads:
        rules = list(threads.map(attempt, range(20)))
    assert rules.count("identify.no_match") <= PER_SUBJECT


def test_no_personal_data_is_kept(counter):
    identify(counter, WRONG)
    identify(counter, Claim(first="Ann", last="Lee", postcode="11111"))
    kept = repr(_kept(counter)).casefold()
    assert kept != "[]"
    assert not any(word in kept for word in ("bo@", "lee", "a-1", "11111"))


def test_a_backend_that_does_not_answer_costs_no_attempt(counter, monkeypatch):
    def down(*_told: object) -> None:
        raise OrderBackendError("The order server does not answer.")

    monkeypatch.setattr(counter.orders, "order", down)
    with pytest.raises(OrderBackendError):
        identify(counter, RIGHT)
    assert _kept(counter) == []


def _kept(counter):
    with Session(counter.engine) as session:
        return [row.model_dump() for row in session.exec(select(IdentificationFailure))]
