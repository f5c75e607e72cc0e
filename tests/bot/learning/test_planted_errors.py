import random

from bot.learning.planted_errors import KINDS, plant

EVIDENCE = [
    "Delivery: Delivery to Norway costs $12 and is free on orders over $90.",
    "Delivery: Delivery to Sweden costs $15.",
]
TRUE = "Yes, delivery to Norway is free on orders over $90."
ZH_EVIDENCE = ["退货：泳衣拆封后不能退货，有质量问题除外。", "退货：外套 30 天内可以退货。"]


def planted(sentence=TRUE, evidence=EVIDENCE, language="en", seed=1):
    errors = plant(
        sentence,
        question="Is delivery to Norway free?",
        evidence=evidence,
        language=language,
        chance=random.Random(seed),
        elsewhere=["Gift cards are valid for two years."] if language == "en" else ["礼品卡两年内有效。"],
    )
    return {error.kind: error for error in errors}


def test_each_kind_is_planted_where_the_sentence_has_a_place_for_it():
    assert set(planted()) == set(KINDS) - {"negation_removed"}


def test_nothing_planted_is_the_truth_or_stands_in_the_evidence():
    for seed in range(20):
        for error in planted(seed=seed).values():
            assert error.text != TRUE
            assert all(error.text not in said for said in EVIDENCE)


def test_a_changed_number_is_one_that_nobody_said():
    for seed in range(20):
        assert not planted(seed=seed)["number"].text.endswith("$90.")


def test_the_wrong_branch_is_said_of_something_else():
    said = {planted(seed=seed)["wrong_branch"].text for seed in range(20)}
    assert any("Sweden" in text or "$15" in text for text in said)


def test_some_questions_ask_about_the_swapped_thing_too():
    asked = {planted(seed=seed)["entity"].question for seed in range(20)}
    assert "Is delivery to Norway free?" in asked
    assert len(asked) > 1


def test_chinese_negation_and_direction_are_turned_round():
    errors = planted("不可以，泳衣拆封后不能退货。", ZH_EVIDENCE, "zh")
    assert errors["negation_removed"].text == "泳衣拆封后能退货。"
    assert errors["opening"].text.startswith("可以")
    assert (
        planted("外套 30 天以内可以退货。", ZH_EVIDENCE, "zh")["condition_flipped"].text == "外套 30 天之后可以退货。"
    )


def test_the_same_chance_plants_the_same():
    assert planted(seed=3) == planted(seed=3)
