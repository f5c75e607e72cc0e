"""Curated answers: given word for word, to the same question only, and only while they are valid."""

from datetime import date

import pytest

from bot.answering.same_question import conflict, folded, nearly_equal
from knowledge.keywords import tokenize
from tests.bot.teaching.conftest import approved, ask, curated

DOG = curated("Can I bring my dog to the store?", "Yes! Dogs are welcome, and there is water by the door.")


def test_an_approved_answer_is_given_word_for_word(shop):
    assert ask(shop, "Can I bring my dog to the store?").gear != "curated"
    approved(shop, DOG)
    for asked in (
        "can i bring my dog to the store",
        "  Can I bring my DOG to the store???",
        "bring my dog to a store?",
    ):
        reply = ask(shop, asked)
        assert (reply.text, reply.gear, reply.outcome) == (DOG.answers["en"], "curated", "answered"), asked


def test_another_question_does_not_get_it(shop):
    approved(shop, DOG)
    for other in ("Can I bring my cat to the store?", "When does the store open?", "Do you deliver to Canada?"):
        assert ask(shop, other).gear != "curated", other


def test_a_chinese_question_needs_a_chinese_answer(shop):
    approved(shop, curated("可以带狗进店吗？", "可以，欢迎带狗。", language="zh"))
    assert ask(shop, "可以带狗进店吗").text == "可以，欢迎带狗。"
    assert ask(shop, "Can I bring my dog to the store?").gear != "curated"


@pytest.mark.parametrize("dates", [{"valid_until": date(2026, 11, 21)}, {"valid_from": date(2026, 11, 23)}])
def test_what_is_not_valid_today_is_never_given(shop, dates):
    approved(shop, curated("Is there a sale?", "Yes, 20% off all tents.", **dates))
    assert ask(shop, "Is there a sale?").gear != "curated"


def test_a_follow_up_is_matched_by_what_it_stands_for(shop):
    approved(shop, curated("How much is delivery to Japan?", "Delivery to Japan costs $16.90."))
    conversation = shop.history.start("demo").id
    ask(shop, "How much is delivery to Canada?", conversation_id=conversation)
    assert ask(shop, "and to Japan?", conversation_id=conversation).text == "Delivery to Japan costs $16.90."


def test_an_ended_answer_is_not_given_any_more(shop):
    lesson = approved(shop, DOG)
    shop.school.end(lesson.id, by="ann@shop.example")
    assert ask(shop, "Can I bring my dog to the store?").gear != "curated"


def test_its_successor_takes_its_place_at_once(shop):
    lesson = approved(shop, DOG)
    approved(shop, curated("Can I bring my dog to the store?", "Only on a lead.", replaces=lesson.id))
    assert ask(shop, "Can I bring my dog to the store?").text == "Only on a lead."
    assert shop.lessons.get(lesson.id).state == "retired"


def test_a_person_is_called_whatever_was_curated(shop):
    approved(shop, curated("I want to talk to a person", "Write to us."))
    assert ask(shop, "I want to talk to a person").outcome == "handed_off"


@pytest.mark.parametrize(
    ("question", "variant", "why"),
    [
        ("Can I return it within 30 days?", "Can I return it within 60 days?", "numbers"),
        ("How much is shipping to Canada?", "How much is shipping to Japan?", "places"),
        ("When does the shop open?", "When does the shop close?", "opposites"),
        ("Where is the shop?", "When is the shop open?", "asks"),
        ("Can I pay by card?", "Can I not pay by card?", "negation"),
        ("最少买几件能打折", "最多买几件能打折", "opposites"),
        ("寄到日本要多久", "寄到加拿大要多久", "places"),
        ("Do you sell tents?", "Do you have tents?", ""),
    ],
)
def test_what_must_not_differ(question, variant, why):
    assert conflict(question, variant) == why


def test_slips_are_forgiven_and_other_words_are_not():
    def near(one: str, two: str) -> bool:
        return nearly_equal(tokenize(one), tokenize(two))

    assert near("what is your retrun policy", "What is your return policy?")
    assert not near("can I charge it", "can I change it")
    assert not near("boots from China", "boats from China")
    assert folded("Can I　PAY?") == folded("can i pay")
