"""A scorer killed with `kill -9` in the middle of its work leaves nothing lost and nothing doubled."""

import subprocess
import sys

import pytest
from sqlmodel import Session, select

from bot.conversation.history import History
from bot.insight.scoring import Scorer
from bot.insight.tables import MessageAspect, MessageMood
from tests.bot.insight.fake_feelings import FakeClassifier, FakeJudge

pytestmark = pytest.mark.full  # starts real processes

MESSAGES = 150

SCORING = """
import sys, time
from bot.insight.scoring import Scorer
from knowledge.database import create_database_engine
from tests.bot.insight.fake_feelings import FakeClassifier, FakeJudge
scorer = Scorer(create_database_engine(sys.argv[1]), FakeClassifier(), FakeJudge())
while scorer.score_some():
    print("some", flush=True)
    time.sleep(0.01)
"""


@pytest.mark.parametrize("batches", [1, 3])
def test_killed_in_the_middle_nothing_is_lost_or_doubled(engine, database_url, batches):
    history = History(engine)
    conversation = history.start("demo")
    for number in range(MESSAGES):
        history.add_shopper_message(conversation.id, f"bad zipper {number}")
    with subprocess.Popen([sys.executable, "-c", SCORING, database_url], stdout=subprocess.PIPE, text=True) as process:
        for _ in range(batches):
            process.stdout.readline()
        process.kill()
    with Session(engine) as session:
        before = {row.message_id: row.scored_at for row in session.exec(select(MessageMood))}
    assert before
    classifier = FakeClassifier()
    scorer = Scorer(engine, classifier, FakeJudge())
    while scorer.score_some():
        pass
    with Session(engine) as session:
        after = {row.message_id: row.scored_at for row in session.exec(select(MessageMood))}
        assert len(session.exec(select(MessageAspect)).all()) == len(after) == MESSAGES
    assert len(classifier.classified) == MESSAGES - len(before)
    assert {key: after[key] for key in before} == before
