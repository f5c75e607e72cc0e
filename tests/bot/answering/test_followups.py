from datetime import UTC, datetime

import pytest

from bot.answering.followups import standalone
from bot.answering.turn import Turn
from bot.conversation.history import MessageView
from knowledge.profile import ShopProfile


def resolved(before: str, message: str) -> str:
    """The standalone question behind a message that follows another."""
    said = MessageView("m1", "c", 1, "user", before, "en", datetime.now(UTC))
    profile = ShopProfile(name={"en": "Testpine"})
    turn = Turn("c", "m2", "demo", message, message, "en", "en", (said,), profile)
    return standalone(turn, ()).text


@pytest.mark.parametrize(
    ("before", "message", "question"),
    [
        ("寄到加拿大运费多少？", "那日本呢", "寄到日本运费多少?"),
        ("耳机保修多久？", "鞋呢", "鞋保修多久?"),
        ("How much is shipping within the US?", "and to Canada?", "how much is shipping within canada?"),
        ("How much is shipping to Canada?", "what about Brazil?", "how much is shipping to brazil?"),
    ],
)
def test_another_place_or_kind_of_goods_takes_the_place_of_the_one_before(
    before: str, message: str, question: str
) -> None:
    assert resolved(before, message).casefold() == question


@pytest.mark.parametrize("courtesy", ["thanks! ", "OK great. ", "Hi, "])
def test_a_courtesy_before_a_question_is_no_part_of_it(courtesy: str) -> None:
    assert resolved("Do you ship to Japan?", f"{courtesy}Which payment methods do you accept?").startswith("Which")
