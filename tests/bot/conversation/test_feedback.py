"""FeedbackBook: one thumb a reply, the last one wins."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session, select

from bot.conversation.feedback import FeedbackBook
from bot.conversation.history import History
from bot.conversation.tables import Feedback
from bot.errors import InvalidInput, NotFound
from bot.reply import Reply, TurnTraceValues


@pytest.fixture
def history(engine) -> History:
    return History(engine)


@pytest.fixture
def reply_id(history) -> str:
    conversation = history.start("demo")
    question = history.add_shopper_message(conversation.id, "hello")
    reply = Reply("Hi!", "en", "answered", "none", (), (), conversation.id, "a" * 32, {})
    return history.add_reply(reply, reply_to=question.id, trace=TurnTraceValues("none", "small_talk")).id


def rows(engine) -> list[tuple[str, int, str]]:
    with Session(engine) as session:
        return [(row.message_id, row.rating, row.comment) for row in session.exec(select(Feedback))]


def test_the_last_thumb_wins_and_a_repeated_one_does_no_harm(engine, reply_id):
    book = FeedbackBook(engine)
    book.rate(reply_id, rating=1)
    for _ in range(2):
        book.rate(reply_id, rating=-1, comment="wrong price; write to ann@example.com")
    assert rows(engine) == [(reply_id, -1, "wrong price; write to [EMAIL]")]


def test_thumbs_at_the_same_moment_make_one(engine, reply_id):
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda rating: FeedbackBook(engine).rate(reply_id, rating=rating), [1, -1] * 5))
    assert len(rows(engine)) == 1


@pytest.mark.parametrize("rating", [0, 2, -2, 5])
def test_another_rating_is_refused(engine, reply_id, rating):
    with pytest.raises(InvalidInput, match=f"rating is {rating}"):
        FeedbackBook(engine).rate(reply_id, rating=rating)


def test_a_comment_too_long_is_refused(engine, reply_id):
    with pytest.raises(InvalidInput, match=r"2,001 characters; keep it to 2,000"):
        FeedbackBook(engine).rate(reply_id, rating=1, comment="x" * 2001)


def test_only_replies_are_rated(engine, history, reply_id):
    with pytest.raises(NotFound):
        FeedbackBook(engine).rate("nope", rating=1)
    with pytest.raises(InvalidInput, match="shopper's own"):
        FeedbackBook(engine).rate(history.message(reply_id).reply_to, rating=1)
