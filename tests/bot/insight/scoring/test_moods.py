"""How a conversation goes, from the moods of its messages and the fate of its answers."""

import pytest

from bot.insight.scoring.moods import mood_of, sustained_anger, trend, turning_point
from bot.insight.scoring.products import products_of
from bot.insight.scoring.talk import Said, Talk


def talk(*moods, failed=()):
    said = []
    for number, mood in enumerate(moods):
        said.append(Said(f"m{number}", by_shopper=True, text="", mood=mood))
        said.append(Said(f"a{number}", by_shopper=False, text="", failed=number in failed))
    return Talk(tuple(said), len(said))


@pytest.mark.parametrize(
    ("moods", "angry"),
    [([], False), ([-0.9], False), ([-0.9, -0.8], True), ([-0.9, 0.1, -0.8], True), ([-0.9, -0.9, 0.2], False)],
)
def test_anger_is_sustained_when_it_comes_back(moods, angry):
    assert sustained_anger(moods) is angry


def test_the_mood_turns_where_before_and_after_lie_furthest_apart():
    assert turning_point([0.5, 0.6, -0.8, -0.9]) == 2
    assert turning_point([0.1, 0.0, -0.2]) is None
    assert turning_point([]) is None


def test_the_trend_is_the_later_half_less_the_earlier_one():
    assert trend([0.5]) == 0.0
    assert trend([-0.5, 0.9, 0.5]) == pytest.approx(1.0)


def test_the_turn_names_the_message_and_the_answer_before_it():
    told = mood_of(talk(0.6, 0.5, -0.9, -0.8), lambda _talk: -1.0)
    assert (told.turned_at_message, told.turned_after_message) == ("m2", "a1")
    assert told.angry
    assert told.satisfaction == -1.0


def test_failures_count_from_the_latest_answer_back():
    assert mood_of(talk(0.0, 0.0, 0.0, failed=(0, 2)), lambda _talk: 0.0).failures_in_a_row == 1
    assert mood_of(talk(0.0, 0.0, failed=(0, 1)), lambda _talk: 0.0).failures_in_a_row == 2


def test_a_conversation_without_messages_goes_neither_well_nor_badly():
    assert mood_of(Talk(), lambda _talk: 2.0).satisfaction == 0.0


def test_a_product_named_by_its_id_comes_before_the_one_that_was_shown():
    said = (
        Said("m1", by_shopper=True, text="a jacket"),
        Said("a1", by_shopper=False, text="", products=("JK-102",), reply_to="m1"),
        Said("m2", by_shopper=True, text="the zipper of jk-101 broke"),
    )
    assert products_of(Talk(said), {"jk-101": "JK-101"}) == {"m1": "JK-102", "m2": "JK-101"}
