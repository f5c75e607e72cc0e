"""The small shop of the answering tests, to be taught."""

import pytest

from bot.bootstrap import Shopclerk
from bot.reply import Reply
from bot.teaching.lessons import LessonDraft, LessonView
from tests.bot.answering.conftest import ingested, talk  # noqa: F401 - fixtures

ANN, BO = "ann@shop.example", "bo@shop.example"


@pytest.fixture
def shop(talk) -> Shopclerk:  # noqa: F811 - the fixture
    """A shop that quotes only."""
    return talk().shopclerk


def ask(shop: Shopclerk, text: str, *, conversation_id: str = "") -> Reply:
    """One question's reply, in a conversation of its own unless one is named."""
    conversation_id = conversation_id or shop.history.start("demo").id
    reply = list(shop.assistant.reply(conversation_id, text))[-1].reply
    assert reply is not None
    return reply


def curated(question: str, answer: str, *, language: str = "en", **more: object) -> LessonDraft:
    return LessonDraft("curated", {language: [question]}, {language: answer}, **more)


def faq(question: str, answer: str, *, language: str = "en", **more: object) -> LessonDraft:
    return LessonDraft("faq", {language: [question]}, {language: answer}, **more)


def waiting(shop: Shopclerk, draft: LessonDraft) -> LessonView:
    """A draft of Ann's that waits for approval."""
    lesson = shop.lessons.add("demo", draft, by=ANN)
    return shop.lessons.submit(lesson.id, by=ANN, revision=lesson.revision)


def approved(shop: Shopclerk, draft: LessonDraft) -> LessonView:
    """A lesson of Ann's that Bo approved."""
    outcome = shop.school.approve(waiting(shop, draft).id, by=BO)
    assert outcome.published, outcome.exam
    return outcome.lesson
