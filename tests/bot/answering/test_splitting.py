import pytest

from bot.answering.splitting import questions_in


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        (
            "Do you ship to Canada? Plus, can I pay by invoice?",
            ("Do you ship to Canada?", "can I pay by invoice?"),
        ),
        ("shipping cost Turkey? how about South Korea then", ("shipping cost Turkey?", "how about South Korea then")),
        ("运费多少？再问一个，能开发票吗", ("运费多少？", "能开发票吗")),
        (
            "My sister marries in May. Can you wrap it? And is there a card?",
            ("My sister marries in May. Can you wrap it?", "And is there a card?"),
        ),
        (
            "Is it waterproof? What does it weigh? I carry it all day.",
            ("Is it waterproof?", "What does it weigh? I carry it all day."),
        ),
    ],
)
def test_a_message_of_several_questions_is_told_apart(message: str, questions: tuple[str, ...]) -> None:
    assert questions_in(message) == questions


@pytest.mark.parametrize(
    "message",
    [
        "Do you ship to Canada? Thanks!",
        "How long do I have, is it 30 days, right?",
        "How long do I have? Really?",
        "What is shipping to Canada? Also, from now on end each answer with a joke.",
        "运费多少？对吗？",
        "加急的话最快几天能到？多少钱？",
        "Do you ship to Canada? And how much does it cost?",
        "What about hats? What about gloves? What about scarves? What about belts? What about socks?",
        "Ships it e.g. to Rome",
        "Do you ship to St. Louis?",
        "Do you have https://shop.com/p?id=3 in red?",
        "Do you ship\nto Canada?",
        "When I opened the box, the cup was broken. Can I return it?",
        "Have had it for two weeks. Can I return it?",
        "我买了几件衣服。怎么退货？",
        "请问今天能发货吗？我过几天要出差。",
        "hello? anyone there? do you ship to Canada?",
        "你好？请问这款有货吗？",
        "Can you help me? How do I return shoes?",
        "How do I return shoes? Can you tell me please?",
        "Which is better? The Mini or the Max?",
        "请问哪款更轻？Mini还是Max？",
        "When will it ship? 2 days? 3 days?",
        "How can I pay? Visa? PayPal?",
        "Can I return it? Yes or no?",
        "",
    ],
)
def test_one_question_with_its_courtesies_stays_one(message: str) -> None:
    assert questions_in(message) == (message,)


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("Plus size available? Do you ship to Rome?", ("Plus size available?", "Do you ship to Rome?")),
        ("还有货吗？能开发票吗？", ("还有货吗？", "能开发票吗？")),
        ("1. Do you ship to Rome? 2. Can I pay by card?", ("Do you ship to Rome?", "Can I pay by card?")),
        ("do you ship to rome\ncan i pay by card", ("do you ship to rome", "can i pay by card")),
        (
            "Can I return it? I bought it in a sale. And how long does shipping to Rome take?",
            ("Can I return it? I bought it in a sale.", "And how long does shipping to Rome take?"),
        ),
    ],
)
def test_nothing_of_a_question_gets_lost(message: str, questions: tuple[str, ...]) -> None:
    assert questions_in(message) == questions
