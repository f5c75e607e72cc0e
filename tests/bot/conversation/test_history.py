"""History: nothing that was taken is lost, crossed or shown differently, on both databases."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from bot.conversation import rows
from bot.conversation.feedback import FeedbackBook
from bot.conversation.history import History
from bot.conversation.tables import Conversation
from bot.errors import InvalidInput, NotFound
from bot.reply import Citation, PassageTrace, ProductCard, Reply, TurnTraceValues
from knowledge.database import create_database_engine

THREADS = 20
CITED = Citation(
    index=2,
    source="policies/returns.zh.md",
    title="退货政策",
    quote="30天内可退货。",
    url="https://shop.example/returns?a=1&b=2",
    score=0.8123456789012345,
    chunk_id="c" * 32,
    passage="30天内可退货。\n\n| 方式 | 运费 |\n|---|---|\n| 快递 | ¥0.00 |",
    grounded_span="您可以在30天内退货",
)
CARD = ProductCard(
    product_id="SKU-1001",
    title="Trail shoe “Föhn”",
    category="Shoes",
    brand="Alpstein",
    price=Decimal("49.90"),
    currency="GBP",
    stock=0,
    url=None,
    image_url="https://shop.example/1001.jpg",
    options={"Size": ("42", "43"), "Colour": ("blue", "black")},
)
TRACE = TurnTraceValues(
    gear="extracted",
    reason="ungrounded",
    intent="question",
    question="return worn shoes",
    timings_ms={"search": 12.25, "total": 800.0},
    scores={"passage": 0.75},
    versions={"knowledge": "3", "embedder": "minilm"},
    passages=(PassageTrace("c" * 32, "policies/returns.zh.md", 1, 0.75, ("dense", "keyword"), {"dense": 0.5}),),
    prompt="[user]\nCan I return them?",
)


@pytest.fixture
def history(engine) -> History:
    return History(engine)


def reply_in(conversation_id: str, text: str = "You can return them [2].") -> Reply:
    return Reply(
        text=text,
        language="zh",
        outcome="answered",
        gear="extracted",
        citations=(replace(CITED, index=1, url=None), CITED),
        products=(CARD, replace(CARD, product_id="SKU-2", price=None, stock=None, options={})),
        conversation_id=conversation_id,
        message_id=uuid4().hex,
        timings_ms={"total": 800.0},
        suggestions=("How long does the refund take?", "那运费呢？"),
        reason="ungrounded",
    )


def test_a_reply_is_shown_again_exactly_after_a_restart(history, database_url):
    conversation = history.start("demo", language="en")
    question = history.add_shopper_message(conversation.id, "Can I return shoes I wore once? 😀", language="en")
    reply = reply_in(conversation.id)
    stored = history.add_reply(reply, reply_to=question.id, trace=TRACE)

    restarted = create_database_engine(database_url)
    shown = History(restarted).messages(conversation.id)
    assert shown == [question, stored]
    assert shown[1].citations == reply.citations
    assert shown[1].products == reply.products
    assert (str(shown[1].products[0].price), list(shown[1].products[0].options)) == ("49.90", ["Size", "Colour"])
    assert (shown[1].text, shown[1].suggestions, shown[1].reply_to) == (reply.text, reply.suggestions, question.id)
    assert (shown[1].outcome, shown[1].gear, shown[1].language) == ("answered", "extracted", "zh")
    assert History(restarted).trace(reply.message_id) == TRACE
    restarted.dispose()


def test_the_same_reply_stored_twice_is_one(history):
    conversation = history.start("demo")
    question = history.add_shopper_message(conversation.id, "hello")
    reply = reply_in(conversation.id)
    first = history.add_reply(reply, reply_to=question.id, trace=TRACE)
    assert history.add_reply(reply, reply_to=question.id, trace=TRACE) == first
    assert [message.sequence for message in history.messages(conversation.id)] == [1, 2]
    assert history.add_shopper_message(conversation.id, "thanks").sequence == 3


def test_personal_data_is_masked_before_it_is_stored(history):
    conversation = history.start("demo")
    stored = history.add_shopper_message(conversation.id, "I am ann@example.com, where is SC-20261104-017?")
    assert stored.text == "I am [EMAIL], where is SC-20261104-017?"
    assert history.messages(conversation.id)[0].text == stored.text


def test_times_are_utc_and_aware(history):
    conversation = history.start("demo")
    message = history.add_shopper_message(conversation.id, "hello")
    for time in (
        conversation.created_at,
        history.conversation(conversation.id).created_at,
        message.created_at,
        history.messages(conversation.id)[0].created_at,
    ):
        assert time.tzinfo is UTC
        assert timedelta(0) <= datetime.now(UTC) - time < timedelta(minutes=5)


def test_a_conversation_remembers_the_last_language(history):
    conversation = history.start("demo")
    history.add_shopper_message(conversation.id, "你好", language="zh")
    history.add_shopper_message(conversation.id, "123")
    assert history.conversation(conversation.id).language == "zh"


def test_text_that_a_database_refuses_is_cleaned(history):
    conversation = history.start("demo")
    history.add_shopper_message(conversation.id, "a\x00b \ud800 c")
    assert history.messages(conversation.id)[0].text == "a�b � c"
    reply = replace(reply_in(conversation.id, "x\x00y"), products=(replace(CARD, title="t\x00\ud83d"),))
    stored = history.add_reply(reply, reply_to=history.messages(conversation.id)[0].id, trace=TRACE)
    assert stored.text == "x�y"
    assert history.message(stored.id) == stored


@pytest.mark.parametrize("text", ["", "  \n\t", "　"])
def test_an_empty_message_is_refused(history, text):
    conversation = history.start("demo")
    with pytest.raises(InvalidInput, match="empty"):
        history.add_shopper_message(conversation.id, text)
    assert history.messages(conversation.id) == []


def test_what_is_not_there_is_not_found(history):
    here, other = history.start("demo"), history.start("demo")
    foreign = history.add_shopper_message(other.id, "hello")
    for act in (
        lambda: history.conversation("nope"),
        lambda: history.messages("nope"),
        lambda: history.unanswered("nope"),
        lambda: history.message("nope"),
        lambda: history.trace("nope"),
        lambda: history.add_shopper_message("nope", "hello"),
        lambda: history.add_reply(reply_in("nope"), reply_to=foreign.id, trace=TRACE),
        lambda: history.add_reply(reply_in(here.id), reply_to=foreign.id, trace=TRACE),
        lambda: history.add_reply(reply_in(here.id), reply_to="nope", trace=TRACE),
    ):
        with pytest.raises(NotFound):
            act()
    assert history.messages(here.id) == []
    with pytest.raises(InvalidInput):
        history.start(" ")


def test_unanswered_is_the_oldest_message_that_still_waits(history):
    conversation = history.start("demo")
    assert history.unanswered(conversation.id) is None
    first = history.add_shopper_message(conversation.id, "first")
    second = history.add_shopper_message(conversation.id, "second")
    assert history.unanswered(conversation.id) == first
    history.add_reply(reply_in(conversation.id), reply_to=first.id, trace=TRACE)
    assert history.unanswered(conversation.id) == second
    history.add_reply(reply_in(conversation.id), reply_to=second.id, trace=TRACE)
    assert history.unanswered(conversation.id) is None


def test_a_message_that_was_passed_over_no_longer_waits(history):
    conversation = history.start("demo")
    history.add_shopper_message(conversation.id, "the answer to this one failed")
    second = history.add_shopper_message(conversation.id, "second")
    history.add_reply(reply_in(conversation.id), reply_to=second.id, trace=TRACE)
    assert history.unanswered(conversation.id) is None


@pytest.mark.parametrize("conversations", [1, 4, THREADS])
def test_twenty_shoppers_at_once_lose_and_cross_nothing(history, conversations):
    ids = [history.start(f"shop-{number}").id for number in range(conversations)]

    def talk(shopper: int) -> None:
        conversation_id = ids[shopper % conversations]
        for turn in range(3):
            question = history.add_shopper_message(conversation_id, f"shopper-{shopper} turn-{turn}")
            reply = reply_in(conversation_id, f"to shopper-{shopper} turn-{turn}")
            history.add_reply(reply, reply_to=question.id, trace=TRACE)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(talk, range(THREADS)))

    for number, conversation_id in enumerate(ids):
        messages = history.messages(conversation_id)
        shoppers = range(number, THREADS, conversations)
        assert [message.sequence for message in messages] == list(range(1, 6 * len(shoppers) + 1))
        texts = {message.id: message.text for message in messages}
        assert all(m.text == f"to {texts[m.reply_to]}" for m in messages if m.role == "assistant")
        for shopper in shoppers:  # each thread's own messages, in the order it sent them
            mine = [message.text for message in messages if f"shopper-{shopper} " in message.text]
            assert mine == [f"{to}shopper-{shopper} turn-{turn}" for turn in range(3) for to in ("", "to ")]


def test_the_thumb_shows_in_the_history(history, engine):
    conversation = history.start("demo")
    question = history.add_shopper_message(conversation.id, "hello")
    stored = history.add_reply(reply_in(conversation.id), reply_to=question.id, trace=TRACE)
    FeedbackBook(engine).rate(stored.id, rating=-1)
    assert [message.rating for message in history.messages(conversation.id)] == [None, -1]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False)


@given(
    st.builds(
        ProductCard,
        price=st.none() | AMOUNTS,
        title=TEXTS,
        stock=st.none() | st.integers(),
        url=st.none() | TEXTS,
        options=st.dictionaries(TEXTS, st.lists(TEXTS).map(tuple)),
    )
)
def test_any_product_card_survives_json(card):
    again = rows.card(json.loads(json.dumps(card.as_json())))
    assert again == card
    assert str(again.price) == str(card.price)
    assert list(again.options.items()) == list(card.options.items())


def test_a_visitor_is_recognised_by_the_conversation_before_in_the_same_shop(history, engine):
    first = history.start("demo")
    second = history.start("demo", before=first.id)
    third = history.start("demo", before=second.id)
    others = history.start("elsewhere", before=first.id), history.start("demo", before="gone"), history.start("demo")
    with Session(engine) as session:
        visitors = {row.id: row.visitor_id for row in session.exec(select(Conversation))}
    assert visitors[first.id] == visitors[second.id] == visitors[third.id] == first.id
    assert [visitors[one.id] for one in others] == [one.id for one in others]
