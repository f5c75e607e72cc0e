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
        "where can I call you",
    ],
)
def test_who_asks_for_an_address_wants_one(question: str) -> None:
    assert asking(question).kind == "contact"
    assert lacking("写信到 help@xiaodian.example，48 小时内答复。", ("contact",)) == 0.0
    assert lacking("Call us on 0300 918 22.", ("contact",)) == 0.0
    assert lacking("The fee is $12.50 and it takes 3-5 days.", ("contact",)) == 1.0


@pytest.mark.parametrize(
    "question", ["Can I change my e-mail address?", "Does the phone case fit?", "手机有货吗", "能改收货电话吗"]
)
def test_who_only_mentions_one_does_not(question: str) -> None:
    assert asking(question).kind != "contact"
