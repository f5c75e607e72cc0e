"""Every message is scored once for each model, whatever happens meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from bot.conversation.feedback import FeedbackBook
from bot.conversation.history import History
from bot.conversation.tables import Conversation
from bot.insight.scoring import Scorer
from bot.insight.tables import ConversationMood, MessageAspect, MessageMood
from bot.reply import ProductCard, Reply, TurnTraceValues
from tests.bot.insight.fake_feelings import FakeClassifier, FakeJudge


def scorer(engine, classifier=None):
    return Scorer(engine, classifier or FakeClassifier(), FakeJudge())


def score_all(one):
    while one.score_some():
        pass


def moods(engine):
    with Session(engine) as session:
        return {row.message_id: row for row in session.exec(select(MessageMood))}


def reply(history, conversation_id, message_id, *, outcome="answered", products=()):
    cards = tuple(ProductCard(one, one, "", "", None, "USD", None, None, None) for one in products)
    made = Reply("So it is.", "en", outcome, "facts", (), cards, conversation_id, uuid4().hex, {})
    history.add_reply(made, reply_to=message_id, trace=TurnTraceValues("facts", "test"))
    return made.message_id


@pytest.fixture
def history(engine):
    return History(engine)


def test_what_was_said_while_nobody_scored_is_scored_once(engine, history):
    conversation = history.start("demo")
    for text in ("hello", "the zipper is bad", "good"):
        history.add_shopper_message(conversation.id, text)
    classifier = FakeClassifier()
    score_all(scorer(engine, classifier))
    score_all(scorer(engine, classifier))
    assert sorted(classifier.classified) == ["good", "hello", "the zipper is bad"]
    assert sorted(row.label for row in moods(engine).values()) == ["negative", "neutral", "positive"]
    with Session(engine) as session:
        [aspect] = session.exec(select(MessageAspect)).all()
    assert (aspect.aspect, aspect.label, aspect.clause) == ("quality", "negative", "the zipper is bad")


def test_a_new_model_scores_everything_again_and_keeps_one_row_a_message(engine, history):
    conversation = history.start("demo")
    history.add_shopper_message(conversation.id, "the zipper is bad")
    score_all(scorer(engine))
    second = FakeClassifier("v2")
    score_all(scorer(engine, second))
    assert second.classified == ["the zipper is bad"]
    assert [row.model_version for row in moods(engine).values()] == ["v2"]
    with Session(engine) as session:
        assert len(session.exec(select(MessageAspect)).all()) == 1


def test_two_versions_side_by_side_do_not_undo_each_others_work(engine, history):
    conversation = history.start("demo")
    old, new = scorer(engine), scorer(engine, FakeClassifier("v2"))
    history.add_shopper_message(conversation.id, "bad")
    score_all(old)
    assert new.score_conversation(conversation.id) == 0
    assert [row.model_version for row in moods(engine).values()] == ["v1"]


def test_two_scorers_at_once_write_each_message_once(engine, history):
    conversations = [history.start("demo").id for _ in range(4)]
    for number in range(40):
        history.add_shopper_message(conversations[number % 4], f"bad zipper {number}")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: score_all(scorer(engine)), range(2)))
    with Session(engine) as session:
        assert len(session.exec(select(MessageAspect)).all()) == len(moods(engine)) == 40
        assert len(session.exec(select(ConversationMood)).all()) == 4


def test_a_message_that_cannot_be_classified_does_not_hold_up_the_others(engine, history):
    conversation = history.start("demo")
    poison = history.add_shopper_message(conversation.id, "poison").id
    good = history.add_shopper_message(conversation.id, "good").id
    one = scorer(engine)
    score_all(one)
    assert set(moods(engine)) == {good}
    assert one.waiting() == 0
    assert poison not in moods(engine)


def test_a_conversation_that_is_erased_takes_its_moods_with_it(engine, history):
    conversation = history.start("demo")
    history.add_shopper_message(conversation.id, "bad zipper")
    score_all(scorer(engine))
    with Session(engine) as session:
        session.delete(session.get_one(Conversation, conversation.id))
        session.commit()
        assert session.exec(select(MessageMood)).all() == session.exec(select(ConversationMood)).all() == []


def test_how_a_conversation_goes_is_renewed_by_a_reply_and_by_a_thumb(engine, history):
    conversation = history.start("demo")
    asked = history.add_shopper_message(conversation.id, "hello").id
    one = scorer(engine)
    score_all(one)
    answer = reply(history, conversation.id, asked)
    score_all(one)
    with Session(engine) as session:
        assert session.get_one(ConversationMood, conversation.id).last_sequence == 2
    FeedbackBook(engine).rate(answer, rating=-1)
    score_all(one)
    with Session(engine) as session:
        assert session.get_one(ConversationMood, conversation.id).failures_in_a_row == 1


def test_a_message_speaks_of_the_product_that_its_answer_shows(engine, history):
    conversation = history.start("demo")
    first = history.add_shopper_message(conversation.id, "hello").id
    reply(history, conversation.id, first)
    asked = history.add_shopper_message(conversation.id, "a tent").id
    reply(history, conversation.id, asked, products=("CP-101", "CP-102"))
    complained = history.add_shopper_message(conversation.id, "bad zipper").id
    score_all(scorer(engine))
    found = moods(engine)
    assert [found[one].product_id for one in (first, asked, complained)] == [None, "CP-101", "CP-101"]
    with Session(engine) as session:
        assert session.get_one(MessageAspect, (complained, "quality")).product_id == "CP-101"
