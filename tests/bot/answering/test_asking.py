import pytest

from bot.answering.asking import asking, lacking


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("How many calories does the espresso have?", "calori"),
        ("What is the thread pitch of the screws?", "pitch"),
        ("明天美元汇率多少", "汇率"),
        ("咖啡豆一杯多少卡路里", "卡路里"),
    ],
)
def test_what_is_asked_the_amount_of_is_seen(question: str, word: str) -> None:
    assert word in asking(question).focus


def test_names_are_told_by_their_writing() -> None:
    assert "Starbucks" in asking("Do your points work at Starbucks?").names
    assert "AirPlay" in asking("Hearth 支持 AirPlay 吗").names
    assert asking("Can I return shoes?").names == ()


def test_a_question_may_want_two_kinds_of_answers() -> None:
    kinds = asking("加急的话最快几天能到？多少钱？").kinds
    assert set(kinds) == {"duration", "money"}
    assert lacking("1–2 个工作日", kinds) == 0.5
    assert lacking("14.90 美元，1–2 个工作日", kinds) == 0.0


@pytest.mark.parametrize(
    "question",
    [
        "What's your e-mail?",
        "is there a hotline",
        "phone number?",
        "有没有联系邮箱",
        "客服电话多少",
        "where can I call you?",
        "Could I have the number of customer service?",
        "email address?",
    ],
)
def test_who_asks_for_an_address_wants_one(question: str) -> None:
    assert asking(question).kind == "contact"


@pytest.mark.parametrize(
    "question",
    [
        "Can I change my e-mail address?",
        "Do you have a phone case?",
        "Which phone fits in the pocket?",
        "Do I need an email address to order?",
        "I got an email saying my parcel is late, when does it come?",
        "手机有货吗",
        "能改收货电话吗",
        "有电话手表吗？",
        "送货前会打电话吗？",
    ],
)
def test_who_only_mentions_one_does_not(question: str) -> None:
    assert asking(question).kind != "contact"


@pytest.mark.parametrize(
    ("statement", "lacks"),
    [
        ("写信到 help@xiaodian.example，48 小时内答复。", 0.0),
        ("Call us on 0300 918 22.", 0.0),
        ("The fee is $12.50 and it takes 3-5 days.", 1.0),
        ("Delivery takes 10 - 14 days.", 1.0),
        ("Until 2026-01-31.", 1.0),
    ],
)
def test_an_address_is_told_by_its_shape(statement: str, lacks: float) -> None:
    assert lacking(statement, ("contact",)) == lacks
