import pytest

from bot.answering.evidence import units
from bot.answering.extraction import Reading, Readings
from bot.answering.reaching_us import reaching_us
from bot.answering.traits import Stretch
from bot.answering.turn import Answer, Turn
from knowledge.documents import Chunk, Passage
from knowledge.profile import Contact, ShopProfile

CLAIMS = "Write to claims@pine.example with your order number."
OWN = "Customer care: care@pine.example, answered within a day. Our line +1 206 555 0142 is open Monday to Friday."
CONTACT = Contact(email="care@pine.example", phone="+1 206 555 0142")


def reading(text: str) -> Reading:
    chunk = Chunk(text[:5], text[:5], "demo", "contact.md", "Contact", "", text, 0, "en", "page")
    passage = Passage(chunk=chunk, rank=1, score=0.9, found_by=("dense",))
    return Reading(passage, tuple(units(chunk)), Stretch(0, 0, (0,), text), 0.5)


def asked(question: str, *texts: str, contact: Contact = CONTACT, language: str = "en") -> Answer | None:
    turn = Turn(
        conversation_id="c",
        message_id="m",
        shop="demo",
        text=question,
        typed=question,
        language=language,
        spoken=language,
        earlier=(),
        profile=ShopProfile(name={"en": "Pine"}, contact=contact),
    )
    return reaching_us(turn, question, Readings(tuple(reading(text) for text in texts), 0.1))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How do I contact you by email?", "care@pine.example"),
        ("what's your phone number?", "+1 206 555 0142"),
        ("How can I reach customer service?", "care@pine.example"),
        ("Can I call you?", "+1 206 555 0142"),
    ],
)
def test_the_shop_s_own_address_is_quoted_and_not_another_one(question: str, said: str) -> None:
    answer = asked(question, CLAIMS, OWN)

    assert answer
    assert (said in answer.text, "claims@" in answer.text) == (True, False)
    assert [one.source for one in answer.citations] == ["contact.md"]


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        ("How can I reach you?", "en", "You can reach us by e-mail at care@pine.example, by phone at +1 206 555 0142."),
        ("怎么联系客服？", "zh", "您可以这样联系我们：邮箱 care@pine.example、电话 +1 206 555 0142。"),
        ("有没有联系邮箱", "zh", "您可以这样联系我们：邮箱 care@pine.example。"),
        ("客服电话多少", "zh", "您可以这样联系我们：电话 +1 206 555 0142。"),
    ],
)
def test_where_no_page_has_it_the_profile_tells_it(question: str, language: str, said: str) -> None:
    answer = asked(question, CLAIMS, language=language)

    assert answer
    assert (answer.text, answer.gear) == (said, "facts")


@pytest.mark.parametrize(
    "question",
    [
        "When can I call you?",
        "Which e-mail is for warranty claims?",
        "How do I wash it?",
        "How can I reach your store by bus?",
        "Why did I not get your email?",
        "How do I phone your Leeds store?",
        "How can I contact your press team?",
        "Can I write your name on it?",
        "What is the DHL customer service phone number?",
        "你们电话几点有人接？",
        "怎么找到你们的实体店？",
        "收货人联系方式怎么填？",
        "联系电话填错了怎么办？",
        "客服电话打不通怎么办？",
        "你们会泄露我的联系方式吗？",
    ],
)
def test_other_questions_are_none_of_its_own(question: str) -> None:
    assert asked(question, OWN) is None


def test_an_address_that_ends_like_the_shop_s_own_is_another_one() -> None:
    answer = asked("How do I contact you by email?", "Repairs: write to aftercare@pine.example.")

    assert answer
    assert answer.gear == "facts"


def test_a_shop_that_names_no_contact_has_none_to_tell() -> None:
    assert asked("How can I reach you?", OWN, contact=Contact()) is None
