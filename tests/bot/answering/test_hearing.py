import pytest

from bot.answering.evidence import units
from bot.answering.extraction import Reading, Readings
from bot.answering.hearing import HearingWeights, Opinion, heard, hearing_weights
from bot.answering.traits import Stretch
from knowledge.documents import Chunk, Passage


def reading(title: str, chance: float) -> Reading:
    chunk = Chunk(title, title, "demo", f"{title}.md", title, title, f"All about {title}.", 0, "en", "page")
    passage = Passage(chunk=chunk, rank=1, score=0.9, found_by=("dense",))
    return Reading(passage, tuple(units(chunk)), Stretch(0, 0, (0,), f"All about {title}."), chance)


RETURNS, DELIVERY = reading("Returns", 0.5), reading("Delivery", 0.2)
FOUND = Readings((RETURNS, DELIVERY), none=0.3)
WEIGHTS = HearingWeights(answered=2.0, choice=1.0, refusing=1.5, doubt=0.0)


def test_what_the_model_answers_from_gains_over_all_others():
    weighed = heard(FOUND, Opinion(source=0), [DELIVERY, RETURNS], WEIGHTS)

    assert weighed.ranked[0].passage is DELIVERY.passage
    assert sum(one.chance for one in weighed.ranked) + weighed.none == pytest.approx(1.0)


def test_a_model_that_knows_no_answer_raises_the_doubt_and_keeps_the_order():
    unsure, sure = (heard(FOUND, Opinion(refusing=one), [RETURNS, DELIVERY], WEIGHTS) for one in (0.6, 0.9))

    assert FOUND.none < unsure.none < sure.none
    assert [one.passage for one in sure.ranked] == [RETURNS.passage, DELIVERY.passage]


def test_a_model_that_would_hardly_refuse_lowers_the_doubt():
    assert heard(FOUND, Opinion(refusing=0.0), [RETURNS, DELIVERY], WEIGHTS).none < FOUND.none / 2


def test_a_question_back_of_a_model_that_tells_no_more_changes_nothing():
    weighed = heard(FOUND, Opinion(), [RETURNS, DELIVERY], WEIGHTS)

    assert [weighed.none, *(one.chance for one in weighed.ranked)] == pytest.approx([0.3, 0.5, 0.2])


def test_the_fitted_weights_believe_the_model_in_both_directions():
    weights = hearing_weights()

    assert weights.answered > 0
    assert weights.refusing > 0
