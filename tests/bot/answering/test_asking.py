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
