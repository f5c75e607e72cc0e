from collections.abc import Generator, Iterator
from typing import Any

import pytest

from bot.answering.extraction import Extractor
from bot.answering.passage_answers import PassageAnswers
from bot.answering.stopwatch import Stopwatch
from bot.answering.turn import Answer, Turn
from bot.answering.writer import Ended
from bot.bootstrap import Shopclerk
from knowledge.documents import Chunk, Kind, Passage
from knowledge.profile import ShopProfile
from tests.fakes import FakeEmbedder, fake_shopclerk


class KnowsNothing:
    """A generated gear whose model says that it does not know."""

    name = "knows-nothing"

    def prompt(self, *_: object, **__: object) -> None:
        """Nothing to ask."""

    def write(self, *_: object) -> Generator[Any, None, Ended]:
        """The model's own words for "I don't know"."""
        yield from ()
        return Ended("unknown")


def passage(text: str, *, title: str = "Returns", kind: Kind = "page", score: float = 0.9) -> Passage:
    chunk = Chunk(title, title, "demo", f"{title}.md", title, title, text, 0, "en", kind)
    return Passage(chunk=chunk, rank=1, score=score, found_by=("dense",))


def turn(text: str) -> Turn:
    return Turn(
        conversation_id="c",
        message_id="m",
        shop="demo",
        text=text,
        typed=text,
        language="en",
        spoken="en",
        earlier=(),
        profile=ShopProfile(name={"en": "Testpine", "zh": "试松"}),
    )


def ended(stream: Generator[Any, None, Answer]) -> Answer:
    while True:
        try:
            next(stream)
        except StopIteration as stop:
            answer: Answer = stop.value
            return answer


def asked(question: str, *passages: Passage) -> Answer:
    gears = PassageAnswers(Extractor(FakeEmbedder()), KnowsNothing())  # type: ignore[arg-type]  # only what is used
    return ended(gears.answer(turn(question), question, passages, Stopwatch()))


@pytest.fixture
def shopclerk(tmp_path: Any) -> Iterator[Shopclerk]:
    with fake_shopclerk(tmp_path) as opened:
        yield opened


def test_given_passages_are_answered_from_without_a_search(shopclerk: Shopclerk) -> None:
    found = passage("You can return most items within 30 days of delivery.")
    question = "How long can I return items?"
    answer = ended(shopclerk.answerer_with(writes=False).from_passages(turn(question), question, [found]))
    assert (answer.outcome, answer.gear) == ("answered", "extracted")
    assert "30 days" in answer.text
    assert answer.passages == (found,)


def test_a_model_that_does_not_know_is_believed() -> None:
    answer = asked("Can boots be resoled after return?", passage("You can return boots within 30 days."))
    assert (answer.outcome, answer.reason) == ("refused", "unknown")


def test_the_shops_own_question_is_answered_though_the_model_does_not_know() -> None:
    entry = passage("Within 30 days.", title="How long can I return boots or shoes?", kind="faq")
    assert asked("How long can I return boots?", entry).outcome == "answered"
