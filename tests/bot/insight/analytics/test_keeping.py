"""Summaries keep step with what is said, rated and felt, whoever was down meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from bot.conversation.tables import Conversation
from bot.insight.analytics.keeping import SummaryKeeper
from tests.bot.insight.told import NOW, FixedProfiles


def rows(engine, what="standing"):
    with engine.connect() as connection:
        return [
            row[0] for row in connection.execute(text(f"SELECT {what} FROM conversation_summary ORDER BY began_at"))
        ]


def test_counts_each_conversation_once_however_often_it_runs(engine, told, keeper):
    told.talk("?How long?", ">answered cites")
    told.talk("?Hello", ">answered none thanks")
    assert keeper.catch_up() == 2
    assert keeper.catch_up() == 0
    assert sorted(rows(engine)) == ["chat", "cited"]


def test_a_new_keeper_finds_what_came_while_none_ran(engine, told, keeper):
    first = told.talk("?How long?", ">refused none")
    keeper.catch_up()
    told.more(first, "?And to Canada?", ">answered cites", at=NOW - timedelta(days=4))
    told.talk("?Is it blue?")
    assert SummaryKeeper(engine, FixedProfiles(), now=lambda: NOW).catch_up() == 2
    assert sorted(rows(engine)) == ["cited", "waiting"]


def test_a_later_thumb_and_a_later_feeling_are_counted_in(engine, told, keeper):
    first = told.talk("?How long?", ">answered cites")
    keeper.catch_up()
    told.rate(first, -1, at=NOW + timedelta(seconds=1))
    told.judge(first, -1.5, at=NOW + timedelta(seconds=1))
    assert SummaryKeeper(engine, FixedProfiles(), now=lambda: NOW + timedelta(minutes=5)).catch_up() == 1
    assert rows(engine) == ["given_up"]
    assert rows(engine, "satisfaction") == [-1.5]


@pytest.mark.parametrize("known_by", [{"visitor": "v1"}, {"customer": "c1"}])
def test_a_shopper_who_starts_another_conversation_has_come_back_to_the_first(engine, told, keeper, known_by):
    then = NOW - timedelta(days=3)
    told.talk("?How long?", ">answered cites", at=then, **known_by)
    told.talk("?How long?", ">answered cites", at=then)  # somebody else
    keeper.catch_up()
    assert rows(engine, "came_back") == [0, 0]
    told.talk("?Still nothing", ">answered cites", at=then + timedelta(hours=5), **known_by)
    told.talk("?Hello", ">answered cites", at=then + timedelta(hours=6), shop="another", **known_by)
    assert keeper.catch_up() == 3  # the two new ones, and the one that they came back to
    assert sorted(zip(rows(engine, "came_back"), rows(engine), strict=True)) == [
        *([(0, "cited")] * 3),
        (1, "answered"),
    ]


def test_a_customer_who_says_who_they_are_later_is_recognised(engine, told, keeper):
    then = NOW - timedelta(days=3)
    told.talk("?How long?", ">answered cites", at=then, customer="c1")
    second = told.talk("?Still nothing", ">answered cites", at=then + timedelta(hours=5))
    keeper.catch_up()
    with engine.begin() as connection:
        connection.execute(
            update(Conversation).where(Conversation.id == second).values(customer_id="c1", identified_at=NOW)
        )
    assert keeper.catch_up() == 2
    assert rows(engine, "came_back") == [1, 0]


def test_days_and_hours_are_the_shops_own_and_follow_its_zone(engine, told, keeper):
    told.talk("?Late", at=NOW.replace(hour=2))
    keeper.catch_up()
    assert (rows(engine, "day"), rows(engine, "week_hour")) == (rows(engine, "day"), [4 * 24 + 2])
    SummaryKeeper(engine, FixedProfiles("America/Los_Angeles"), now=lambda: NOW).catch_up()
    assert rows(engine, "week_hour") == [3 * 24 + 18]


def test_nothing_is_left_of_an_erased_conversation(engine, told, keeper):
    first = told.talk("?Is it good? !negative quality=negative", ">answered product=P1", product="P1")
    keeper.catch_up()
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM conversation WHERE id = :id"), {"id": first})
        for table in ("conversation_summary", "turn_summary", "conversation_product", "conversation_aspect"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_stops_between_batches_and_goes_on_later(engine, told, keeper):
    told.talk("?How long?", ">answered")
    assert keeper.catch_up(stop=lambda: True) == 0
    assert keeper.catch_up() == 1


def test_an_empty_database_is_up_to_date(keeper):
    assert keeper.catch_up() == 0
