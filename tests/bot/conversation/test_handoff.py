"""Handoffs: asking for a person twice makes one request."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.conversation.handoff import Handoffs
from bot.conversation.history import History
from bot.errors import NotFound


@pytest.fixture
def conversation_id(engine) -> str:
    return History(engine).start("demo").id


def test_a_request_is_kept_and_marks_the_conversation(engine, conversation_id):
    assert Handoffs(engine).open_request(conversation_id) is None
    handoff_id = Handoffs(engine).request(conversation_id, reason="asked_for_person", summary="call +44 7400 123456")
    request = Handoffs(engine).open_request(conversation_id)
    assert (request.id, request.reason, request.summary) == (handoff_id, "asked_for_person", "call [PHONE]")
    assert History(engine).conversation(conversation_id).state == "waiting"


def test_asking_twice_makes_one(engine, conversation_id):
    handoffs = Handoffs(engine)
    first = handoffs.request(conversation_id, reason="angry", summary="broken cup")
    assert handoffs.request(conversation_id, reason="asked_for_person") == first
    assert handoffs.open_request(conversation_id).reason == "angry"


def test_asking_at_the_same_moment_makes_one(engine, conversation_id):
    with ThreadPoolExecutor(10) as pool:
        ids = list(pool.map(lambda _: Handoffs(engine).request(conversation_id, reason="angry"), range(10)))
    assert len(set(ids)) == 1


def test_no_conversation_no_request(engine):
    with pytest.raises(NotFound):
        Handoffs(engine).request("nope", reason="angry")
