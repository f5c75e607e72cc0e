"""Events: everybody hears everything once and in order, also after a break, and what other processes wrote."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session

from bot.conversation import events
from bot.conversation.events import Bulletin, Event, TooLongAway
from bot.conversation.handoff import Agent, DeskWatch, Handoffs, Line
from bot.conversation.history import History
from bot.conversation.tables import ConversationEvent

PATIENCE_SECONDS = 60.0


@pytest.fixture
def bulletin(engine):
    bulletin = Bulletin(engine, poll_seconds=0.02)
    yield bulletin
    bulletin.close()


class Listener:
    def __init__(self, bulletin: Bulletin, **which) -> None:
        self.heard: queue.Queue[Event] = queue.Queue()
        self.subscription = bulletin.subscribe(self.heard.put, **which)

    def take(self, count: int) -> list[Event]:
        return [self.heard.get(timeout=PATIENCE_SECONDS) for _ in range(count)]

    def hears_nothing_more(self) -> bool:
        return self.heard.empty()


def test_a_message_is_heard_with_its_words(engine, bulletin):
    history = History(engine, wake=bulletin.wake)
    conversation = history.start("demo")
    listener, other = Listener(bulletin, conversation_id=conversation.id), Listener(bulletin)
    stored = history.add_shopper_message(conversation.id, "Where is my parcel?")
    for one in (listener, other):
        [event] = one.take(1)
        assert (event.kind, event.message) == ("message", stored)


def test_what_another_process_wrote_is_heard_too(engine, bulletin):
    conversation = History(engine).start("demo")
    listener = Listener(bulletin, conversation_id=conversation.id)
    History(engine).add_shopper_message(conversation.id, "hello")  # it wakes nobody
    assert listener.take(1)[0].message.text == "hello"


def test_a_conversation_hears_nothing_of_another(engine, bulletin):
    history = History(engine, wake=bulletin.wake)
    mine, others = history.start("demo"), history.start("demo")
    listener, everything = Listener(bulletin, conversation_id=mine.id), Listener(bulletin)
    history.add_shopper_message(others.id, "not for you")
    history.add_shopper_message(mine.id, "for you")
    everything.take(2)
    assert listener.take(1)[0].message.text == "for you"
    assert listener.hears_nothing_more()


def test_after_a_break_nothing_is_missing_and_nothing_comes_twice(engine, bulletin):
    history = History(engine, wake=bulletin.wake)
    conversation = history.start("demo")
    listener = Listener(bulletin, conversation_id=conversation.id)
    history.add_shopper_message(conversation.id, "message 0")
    last = listener.take(1)[0].id
    listener.subscription.close()
    for number in range(1, 4):
        history.add_shopper_message(conversation.id, f"message {number}")
    again = Listener(bulletin, conversation_id=conversation.id, after=last)
    history.add_shopper_message(conversation.id, "message 4")
    assert [event.message.text for event in again.take(4)] == [f"message {number}" for number in range(1, 5)]
    assert again.hears_nothing_more()


def test_many_who_write_at_once_are_heard_in_one_order_without_a_gap(engine, bulletin):
    history = History(engine, wake=bulletin.wake)
    ids = [history.start("demo").id for _ in range(4)]
    listener = Listener(bulletin)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: history.add_shopper_message(ids[number % 4], f"m{number}"), range(24)))
    heard = [event.id for event in listener.take(24)]
    assert heard == list(range(heard[0], heard[0] + 24))


def test_who_was_away_too_long_reads_anew(engine, bulletin, monkeypatch):
    monkeypatch.setattr(events, "REPLAYED", 3)
    history = History(engine, wake=bulletin.wake)
    conversation = history.start("demo")
    listener = Listener(bulletin)
    for number in range(5):
        history.add_shopper_message(conversation.id, f"message {number}")
    listener.take(5)
    with pytest.raises(TooLongAway):
        Listener(bulletin, after=0)


def test_that_somebody_typed_is_forgotten_and_what_changed_is_kept(engine, bulletin):
    conversation = History(engine).start("demo")
    bulletin.publish("typing", conversation.id, {"by": "shopper"})
    Handoffs(engine).request(conversation.id, reason="asked_for_person")
    with Session(engine) as session:
        session.exec(update(ConversationEvent).values(created_at=datetime.now(UTC) - timedelta(days=1)))
        session.commit()
    bulletin.prune()
    assert [event.kind for event in bulletin.past(conversation.id, ("typing", "state"))] == ["state"]


def test_a_listener_that_fails_does_not_keep_others_from_hearing(engine, bulletin, caplog):
    bulletin.subscribe(lambda event: 1 / 0)
    listener = Listener(bulletin)
    bulletin.publish("alert", None, {"what": "refusals"})
    bulletin.publish("alert", None, {"what": "mood"})
    # The second is told after everybody was told the first.
    assert [event.data["what"] for event in listener.take(2)] == ["refusals", "mood"]
    assert "A listener failed" in caplog.text


def test_waiting_shoppers_hear_their_new_place_and_a_lost_agents_conversation_comes_back(engine, bulletin):
    history = History(engine, wake=bulletin.wake)
    handoffs = Handoffs(engine, wake=bulletin.wake, lease_seconds=0.2)
    first, second = history.start("demo").id, history.start("demo").id
    for conversation_id in (first, second):
        handoffs.request(conversation_id, reason="asked_for_person")
    listener = Listener(bulletin, conversation_id=second)
    watch = DeskWatch(handoffs, Line(engine), bulletin, lease_seconds=0.2)
    watch.start()
    handoffs.take(first, Agent("mia", "Mia"))
    assert listener.take(1)[0].data == {"position": 1}
    assert listener.take(1)[0].data == {"position": 2}  # Mia gave no sign of life: the first is the first again
    watch.close()
    assert history.conversation(first).state == "waiting"
    assert "desk-watch" not in {thread.name for thread in threading.enumerate()}
