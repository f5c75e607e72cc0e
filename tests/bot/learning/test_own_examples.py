"""Liked replies of a shop's own conversations as examples."""

from bot.conversation.feedback import FeedbackBook
from bot.conversation.history import History
from bot.learning.own_examples import own_examples
from bot.reply import Citation, Reply, TurnTraceValues

QUOTE = "Standard delivery costs $6. Ask Ann at ann@example.com."


def said(history, conversation, number, question, answer, *, gear="generated", quote=QUOTE, marks=(1,)):
    asked = history.add_shopper_message(conversation, question, language="en")
    cited = tuple(Citation(mark, "shipping.md", "Shipping", quote, None, 0.9, "c1", quote, answer) for mark in marks)
    reply = Reply(answer, "en", "answered", gear, cited, (), conversation, f"{number:032d}", {})
    return history.add_reply(reply, reply_to=asked.id, trace=TurnTraceValues(gear, "")).id


def found(engine, shop="demo"):
    return list(own_examples(engine, shop))


def test_a_liked_reply_becomes_an_example_over_what_it_cited(tmp_engine):
    history, book = History(tmp_engine), FeedbackBook(tmp_engine)
    conversation = history.start("demo").id
    book.rate(said(history, conversation, 1, "what is delivery", "It costs $6. [3]", marks=(3,)), rating=1)
    (example,) = found(tmp_engine)
    assert example.question == "what is delivery"
    assert example.answer == "It costs $6. [1]"
    assert example.passages == ("Shipping: Standard delivery costs $6. Ask Ann at [EMAIL].",)
    assert (example.source, example.cited, example.kind) == ("staff", (1,), "answer")


def test_only_liked_and_cited_replies_of_this_shop_are_taken(tmp_engine):
    history, book = History(tmp_engine), FeedbackBook(tmp_engine)
    here, there = history.start("demo").id, history.start("other").id
    said(history, here, 1, "unrated?", "It costs $6. [1]")
    book.rate(said(history, here, 2, "disliked?", "It costs $6. [1]"), rating=-1)
    book.rate(said(history, here, 3, "small talk?", "Hello!", gear="none", marks=()), rating=1)
    book.rate(said(history, there, 4, "elsewhere?", "It costs $6. [1]"), rating=1)
    assert found(tmp_engine) == []
    assert [example.question for example in found(tmp_engine, "other")] == ["elsewhere?"]


def test_what_is_asked_and_answered_alike_comes_once(tmp_engine):
    history, book = History(tmp_engine), FeedbackBook(tmp_engine)
    conversation = history.start("demo").id
    book.rate(said(history, conversation, 1, "Delivery?", "It costs $6. [1]"), rating=1)
    book.rate(said(history, conversation, 2, "delivery", "It costs $6. [1]"), rating=1)
    assert len(found(tmp_engine)) == 1


def test_the_turns_before_come_along_masked(tmp_engine):
    history, book = History(tmp_engine), FeedbackBook(tmp_engine)
    conversation = history.start("demo").id
    said(history, conversation, 1, "I am bob@example.com, delivery?", "It costs $6. [1]")
    book.rate(said(history, conversation, 2, "and to Norway?", "It costs $6 too. [1]"), rating=1)
    (example,) = found(tmp_engine)
    assert example.history == ("I am [EMAIL], delivery?", "It costs $6. [1]")


def test_lists_and_marks_without_a_passage_are_left_out(tmp_engine):
    history, book = History(tmp_engine), FeedbackBook(tmp_engine)
    conversation = history.start("demo").id
    book.rate(said(history, conversation, 1, "a list?", "- one [1]\n- two [1]"), rating=1)
    book.rate(said(history, conversation, 2, "a stray mark?", "It costs $6. [4]"), rating=1)
    assert found(tmp_engine) == []
