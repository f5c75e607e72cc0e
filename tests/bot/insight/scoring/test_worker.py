"""The background thread: it catches up at the start, hears each message, and ends when told."""

import time

import pytest
from sqlmodel import Session, func, select

from bot.conversation.events import Bulletin
from bot.conversation.history import History
from bot.insight.scoring import Scorer, ScoringWorker
from bot.insight.tables import MessageMood
from knowledge.errors import ModelMissing
from tests.bot.insight.fake_feelings import FakeClassifier, FakeJudge


def count(engine):
    with Session(engine) as session:
        return session.exec(select(func.count()).select_from(MessageMood)).one()


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


@pytest.fixture
def bulletin(tmp_engine):
    one = Bulletin(tmp_engine)
    yield one
    one.close()


def test_it_catches_up_and_then_hears_each_message(tmp_engine, bulletin):
    history = History(tmp_engine, wake=bulletin.wake)
    conversation = history.start("demo")
    history.add_shopper_message(conversation.id, "said while it was down")
    worker = ScoringWorker(lambda: Scorer(tmp_engine, FakeClassifier(), FakeJudge()), bulletin, start_seconds=0)
    worker.start()
    until(lambda: count(tmp_engine) == 1)
    history.add_shopper_message(conversation.id, "said just now")
    until(lambda: count(tmp_engine) == 2)
    worker.close()


def test_without_a_model_it_says_so_and_ends_when_told(tmp_engine, bulletin, caplog):
    def missing():
        raise ModelMissing("The model is not there; run: shopclerk models fetch")

    worker = ScoringWorker(missing, bulletin, start_seconds=0)
    worker.start()
    until(lambda: "not scored for now" in caplog.text)
    worker.close()
