import pytest

from bot.answering.grounding import GroundingCheck, Statement
from bot.answering.grounding.completeness import leaves_out

EVIDENCE = [
    Statement("You can return most items within 30 days of delivery.", "Returns"),
    Statement("Pine members have 45 days and Evergreen members 60 days.", "Returns"),
    Statement("Worn shoes cannot be returned.", "Returns"),
    Statement("$5.90 is deducted from the refund; if you choose store credit instead, the return is free.", "Costs"),
    Statement("If the item is faulty, we pay in every case.", "Costs"),
    Statement("Standard shipping within the United States is free from $59 of goods.", "Shipping"),
    Statement("Parcels travel with UPS and arrive within 3-5 business days.", "Shipping"),
    Statement("大部分商品签收后 30 天内可以退货。", "退货"),
    Statement("青松会员 45 天，常青会员 60 天。", "退货"),
    Statement("穿过的鞋不能退。", "退货"),
    Statement("满 59 美元包邮，由顺丰配送。", "配送"),
    Statement("同款 10 件起打九折。", "批发"),
]


@pytest.mark.parametrize(
    "sentence",
    [
        "You can return most items within 30 days of delivery.",
        "You can return most items within thirty days of delivery.",
        "Evergreen members have 60 days.",
        "Worn shoes cannot be returned.",
        "If you choose store credit, the return is free.",
        "Standard shipping within the United States is free from $59.",
        "Parcels arrive within 3–5 business days.",
        "大部分商品签收后三十天内可以退货。",
        "常青会员 60 天。",
        "穿过的鞋不能退。",
        "满 59 美元包邮，由顺丰配送。",
        "同款10件起打9折。",
    ],
)
def test_what_the_evidence_says_passes(sentence: str) -> None:
    assert GroundingCheck().check(sentence, EVIDENCE).grounded


@pytest.mark.parametrize(
    "sentence",
    [
        "You can return most items within 60 days of delivery.",
        "You can return most items within 30 weeks of delivery.",
        "You can return most items within 30 business days of delivery.",
        "Standard shipping within the United States is free from $49.",
        "Standard shipping within the United States is free from ¥59.",
        "大部分商品签收后 31 天内可以退货。",
        "满 69 美元包邮，由顺丰配送。",
        "同款 10 件起打八折。",
    ],
)
def test_a_changed_number_or_unit_is_caught(sentence: str) -> None:
    assert not GroundingCheck().check(sentence, EVIDENCE).grounded


@pytest.mark.parametrize(
    "sentence",
    ["Pine members have 60 days.", "Pine members have 60 days and Evergreen members 45 days.", "青松会员 60 天。"],
)
def test_a_number_of_something_else_is_caught(sentence: str) -> None:
    assert not GroundingCheck().check(sentence, EVIDENCE).grounded


@pytest.mark.parametrize(
    "sentence",
    ["Worn shoes can be returned.", "You cannot return most items within 30 days of delivery.", "穿过的鞋可以退。"],
)
def test_a_flipped_negation_is_caught(sentence: str) -> None:
    assert not GroundingCheck().check(sentence, EVIDENCE).grounded


@pytest.mark.parametrize(
    "sentence",
    [
        "Parcels travel with DHL and arrive within 3-5 business days.",
        "Oak members have 45 days.",
        "满 59 美元包邮，由圆通配送。",
        "Express shipping within the United States is free from $59 of goods.",
    ],
)
def test_a_swapped_name_is_caught(sentence: str) -> None:
    assert not GroundingCheck().check(sentence, EVIDENCE).grounded


@pytest.mark.parametrize(
    "sentence",
    [
        "You can return most items within 30 days of delivery and get a free gift.",
        "Parcels arrive within 3-5 business days, insured against theft.",
        "大部分商品签收后 30 天内可以退货，还送优惠券。",
        "See https://evil.example for returns.",
    ],
)
def test_an_invented_clause_is_caught(sentence: str) -> None:
    assert not GroundingCheck().check(sentence, EVIDENCE).grounded


@pytest.mark.parametrize(
    "sentence",
    ["The return is free.", "We pay in every case.", "Standard shipping within the United States is free.", "包邮。"],
)
def test_a_condition_left_out_is_caught(sentence: str) -> None:
    assert not GroundingCheck().check(sentence, EVIDENCE).grounded


def test_another_language_never_passes_without_an_embedder() -> None:
    assert not GroundingCheck().check("大部分商品可以在 30 天内退货。", EVIDENCE[:1]).grounded


def test_nothing_is_grounded_in_no_evidence() -> None:
    assert not GroundingCheck().check("You can return it.", []).grounded


RULES = [
    Statement("Orders to Spain under €85 cost €6.50; from €85 delivery is free.", "Delivery"),
    Statement("You have 14 days from delivery to send an item back.", "Returns"),
]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("It came 20 days ago, can I return it?", "No, 20 days is more than the 14 days that you have."),
        ("It came 5 days ago, can I return it?", "Yes, 5 days are within the 14 days that you have."),
    ],
)
def test_a_number_of_the_question_may_be_compared_with_one_of_the_evidence(question: str, sentence: str) -> None:
    assert GroundingCheck().check(sentence, RULES, question).score > 0.4
    assert GroundingCheck().check(sentence, RULES, question).reason not in {"comparison", "number", "opening"}


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("It came 20 days ago, can I return it?", "Yes, 20 days are within the 14 days that you have."),
        ("It came 5 days ago, can I return it?", "No, 5 days is more than the 14 days that you have."),
        ("Is delivery to Spain free?", "Delivery to Norway is free from €85."),
        ("Is delivery to Spain free?", "Orders to Spain over €85 cost €6.50."),
        ("Can I return it?", "No, you have 14 days from delivery to send an item back."),
    ],
)
def test_what_does_not_follow_for_the_question_is_caught(question: str, sentence: str) -> None:
    assert not GroundingCheck().check(sentence, RULES, question).grounded


def test_the_score_falls_with_what_is_not_supported() -> None:
    check, evidence = GroundingCheck(), EVIDENCE[:1]
    copied = check.check("You can return most items within 30 days of delivery.", evidence).score
    put_otherwise = check.check("Most items go back within 30 days.", evidence).score
    invented = check.check("Most items go back within 30 days in a reusable box from our partner.", evidence).score
    assert copied > put_otherwise > invented


@pytest.mark.parametrize(
    ("sentence", "statement", "question", "left_out"),
    [
        ("Gift cards come in $25.", "Gift cards come in $25, $50 and $100.", "which values are there", True),
        ("Gift cards come in $25, $50 and $100.", "Gift cards come in $25, $50 and $100.", "which values", False),
        (
            "Oslo: $9, 4 days.",
            "Oslo: fee $9, free from $80, 4 days.",
            "how much is it and how long does it take",
            False,
        ),
        ("It costs $9.", "Oslo: fee $9, free from $80, 4 days.", "how much is it and how long does it take", True),
        ("It costs $9.", "Oslo: fee $9, free from $80, 4 days.", "how much is it to Oslo", False),
        ("It is free.", "Returns in the shop are free, by post $5.", "how much is a return in the shop", False),
        ("运费 18 元。", "运费 18 元，3 天送达。", "运费多少钱，几天能到", True),
        ("运费 18 元，3 天送达。", "运费 18 元，3 天送达。", "运费多少钱，几天能到", False),
    ],
)
def test_a_sentence_that_leaves_out_a_number_that_belongs_to_the_answer_is_known(
    sentence: str, statement: str, question: str, *, left_out: bool
):
    assert leaves_out(sentence, statement, question) is left_out


def test_a_sentence_rests_on_the_statement_that_holds_it_and_not_on_its_neighbour():
    evidence = [
        Statement("Parcels to the islands take longer than others.", "Delivery"),
        Statement("Delivery to the islands takes 9 days and costs $12.", "Delivery"),
        Statement("Delivery to the mainland takes 4 days.", "Delivery"),
    ]

    for place, sentence in (
        (1, "Delivery to the islands takes 9 days."),
        (2, "Delivery to the mainland takes 4 days."),
    ):
        assert GroundingCheck().check(sentence, evidence).place == place
