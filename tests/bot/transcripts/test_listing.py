"""The list of conversations: found by words and filters, in an order, a page at a time, with what is unread."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.conversation.feedback import FeedbackBook
from bot.conversation.handoff import Handoffs
from bot.conversation.handoff.states import Agent
from bot.conversation.tables import Conversation
from bot.errors import InvalidInput
from bot.insight.tables import ConversationMood, MessageMood
from bot.transcripts.keeping import LineKeeper
from bot.transcripts.listing import TranscriptList, Wanted
from bot.transcripts.opening import Transcripts


@pytest.fixture
def found(listing, ann):
    """Ids of the conversations that are wanted, in the order of the list."""

    def found(reader=ann, **wanted):
        wanted = {"shop": "demo"} | wanted
        return [line.conversation_id for line in listing.page(Wanted(**wanted), reader).lines]

    return found


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("tent", True),
        ("TENT", True),
        ("ten", True),  # as it is typed
        ("ent", False),
        ("tent refund", True),  # one in the question, one in the answer
        ("tent kettle", False),
        ("帐篷", True),
        ("退", True),
        ("退款运费", True),
        ("退运", False),
        ("款", True),
        ("篷 refund", True),
        ("1234", True),
        ("……", False),
        ("'\" OR * NOT (tent", False),
        ("\" ' tent)", True),
        ("ＴＥＮＴ", True),  # full width
    ],
)
def test_words_are_found_in_both_languages(talk, found, words, is_found):
    hit = talk("My tent came torn. 我的帐篷破了", "The refund takes 1234 days. 退款运费由我们承担。")
    talk("Do you sell kettles? 有水壶吗", "Yes.")
    assert found(words=words) == ([hit] if is_found else [])


def test_words_said_later_are_found_at_once(talk, found):
    conversation_id = talk("Hello")
    assert found(words="zipper") == []
    talk("The zipper jams", conversation_id=conversation_id)
    assert found(words="zipper") == [conversation_id]


def test_snippet_shows_where_the_words_stand(talk, listing, ann):
    talk("Hello, I would like to know something about my order that came last week: the zipper jams")
    (line,) = listing.page(Wanted(shop="demo", words="zipp"), ann).lines
    assert [line.snippet[begin:end] for begin, end in line.marks] == ["zipper"]
    assert line.snippet.startswith("…")


def test_filters(talk, found, history, engine):
    book = FeedbackBook(engine)
    refused = talk("Where is the moon?", outcome="refused", gear="none")
    liked = talk("鞋子能退吗", "可以。", language="zh", gear="extracted")
    book.rate(history.messages(liked)[1].id, rating=1)
    waiting = talk("I want a person", outcome="handed_off", gear="none")
    Handoffs(engine).request(waiting, reason="asked_for_person")
    elsewhere = talk("Hello", shop="other")
    assert found(outcome="refused") == [refused]
    assert found(outcome="handed_off") == [waiting]
    assert found(gear="extracted") == [liked]
    assert found(gear="none") == [waiting, refused]
    assert found(language="zh") == [liked]
    assert found(rating="up") == [liked]
    assert found(rating="down") == []
    assert found(state="waiting") == [waiting]
    assert found(shop="other") == [elsewhere]
    assert found(language="zh", outcome="refused") == []


def test_dates_are_of_the_latest_message(talk, found):
    conversation_id = talk("Hello")
    now = datetime.now(UTC)
    assert found(since=now - timedelta(minutes=1)) == [conversation_id]
    assert found(before=now - timedelta(minutes=1)) == []


def test_moods_and_satisfaction(talk, found, history, engine):
    angry, happy = talk("This is the third time!"), talk("Thank you")
    with Session(engine) as session:
        for conversation_id, label, satisfaction in ((angry, "negative", -1.5), (happy, "positive", 1.2)):
            values = {"shop": "demo", "model_version": "1", "scored_at": datetime.now(UTC)}
            message = history.messages(conversation_id)[0]
            session.add(
                MessageMood(
                    message_id=message.id,
                    conversation_id=conversation_id,
                    label=label,
                    score=0.9,
                    scores={label: 0.9},
                    said_at=message.created_at,
                    **values,
                )
            )
            session.add(
                ConversationMood(
                    conversation_id=conversation_id,
                    satisfaction=satisfaction,
                    trend=0.0,
                    sustained_anger=False,
                    failures_in_a_row=0,
                    last_sequence=2,
                    model_version="1",
                    scored_at=datetime.now(UTC),
                )
            )
        session.commit()
    assert found(mood="negative") == [angry]
    assert found(order="unhappiest") == [angry, happy]


def test_orders(talk, found):
    first, second = talk("One"), talk("Two")
    talk("Three", conversation_id=first)
    assert found(order="latest") == [first, second]
    assert found(order="oldest") == [second, first]
    assert found(order="longest") == [first, second]


def test_mine_are_those_taken_over_or_written_in(talk, found, engine, ann, ben):
    mine = talk("I want a person")
    handoffs = Handoffs(engine)
    handoffs.request(mine, reason="asked_for_person")
    handoffs.take(mine, Agent(ben.id, ben.name))
    talk("Hello")
    assert found(ben, mine=True) == [mine]
    assert found(ann, mine=True) == []


@pytest.mark.parametrize("order", ["latest", "oldest", "longest", "unhappiest"])
def test_pages_give_each_conversation_once(talk, listing, ann, order):
    made = {talk(f"Question {number}") for number in range(7)}
    seen, after = [], None
    while True:
        page = listing.page(Wanted(shop="demo", order=order), ann, after=after, limit=3)
        seen += [line.conversation_id for line in page.lines]
        after = page.next
        if after is None:
            break
    assert len(seen) == 7
    assert set(seen) == made


def test_count_stops_at_a_thousand(talk, listing, ann):
    talk("Hello")
    listing.page(Wanted(shop="demo"), ann)
    assert listing.count(Wanted(shop="demo"), ann) == (1, False)


def test_unread_is_each_readers_own(talk, found, listing, ann, ben):
    conversation_id = talk("Hello")
    assert found(unread=True) == [conversation_id]
    listing.mark_read(conversation_id, 2, ann)
    assert found(unread=True) == []
    assert found(ben, unread=True) == [conversation_id]
    talk("And another thing", conversation_id=conversation_id)
    assert found(unread=True) == [conversation_id]
    listing.mark_all_read(ann)
    assert found(unread=True) == []
    listing.mark_unread(conversation_id, ann)
    assert found(unread=True) == [conversation_id]


@pytest.mark.parametrize("wanted", [{"outcome": "solved"}, {"order": "random"}, {"state": "open"}])
def test_unknown_filters_are_refused(found, wanted):
    with pytest.raises(InvalidInput, match="is none of"):
        found(**wanted)


def test_a_cursor_that_is_not_ours_is_refused(listing, ann):
    with pytest.raises(InvalidInput, match="no place in the list"):
        listing.page(Wanted(shop="demo"), ann, after="bm90IG91cnM=")


def test_tags_are_found_and_listed(talk, found, listing, history, engine, ann):
    tagged = talk("Hello")
    talk("Hello again")
    Transcripts(engine, history).set_tags(tagged, ["  VIP ", "vip", "尺码"], by=ann)
    assert listing.tags("demo") == ["vip", "尺码"]
    assert found(tag="vip") == [tagged]


def test_an_erased_conversation_leaves_no_trace(talk, found, engine):
    conversation_id = talk("My tent came torn")
    assert found(words="tent") == [conversation_id]
    with Session(engine) as session:
        session.delete(session.get_one(Conversation, conversation_id))
        session.commit()
    assert found(words="tent") == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM transcript_words")).scalar_one() == 0


def test_several_keepers_at_once_make_each_line_once(talk, engine, ann):
    made = {talk(f"Question {number}") for number in range(30)}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: LineKeeper(engine).catch_up(), range(4)))
    lines = TranscriptList(engine, LineKeeper(engine)).page(Wanted(shop="demo"), ann).lines
    assert {line.conversation_id for line in lines} == made
    assert len(lines) == 30
