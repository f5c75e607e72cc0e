from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.answering.followups import standalone
from bot.answering.turn import ShopPage, Turn
from bot.conversation.history import MessageView
from bot.reply import ProductCard
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


def test_how_to_do_what_is_not_named_is_asked_of_what_was_said_before() -> None:
    assert "积分" in resolved("积分会过期吗？", "怎么用？")
    assert resolved("积分会过期吗？", "怎么退货？") == "怎么退货？"


@pytest.mark.parametrize("courtesy", ["thanks! ", "OK great. ", "Hi, "])
def test_a_courtesy_before_a_question_is_no_part_of_it(courtesy: str) -> None:
    assert resolved("Do you ship to Japan?", f"{courtesy}Which payment methods do you accept?").startswith("Which")


def on_a_product_page(message: str) -> tuple[str, ...]:
    """The products that a first message is about while the shopper looks at one."""
    looked_at = ProductCard("TP-1", "Sand sneaker", "Shoes", "Tidepine", Decimal(64), "USD", 4, None, None)
    profile = ShopProfile(name={"en": "Testpine"})
    turn = Turn("c", "m1", "demo", message, message, "en", "en", (), profile, page=ShopPage("TP-1"))
    return standalone(turn, (looked_at,)).products


@pytest.mark.parametrize(
    "message",
    [
        "Does it come in blue?",
        "有蓝色的吗？",
        "Is it waterproof?",
        "How long does the battery last?",
        "一次充电能用多久？",
    ],
)
def test_on_a_product_page_a_question_is_about_that_product(message: str) -> None:
    assert on_a_product_page(message) == ("TP-1",)


@pytest.mark.parametrize(
    "message",
    ["Which headphones under $100 cancel noise?", "有防水的外套吗？", "What do I get as a member?", "How do I pay?"],
)
def test_on_a_product_page_other_questions_stay_their_own(message: str) -> None:
    assert on_a_product_page(message) == ()
