from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.answering import extraction, hearing, passage_answers
from bot.answering.extraction import Extractor
from bot.answering.hearing import Hear, HearingWeights, Opinion
from bot.answering.passage_answers import PassageAnswers
from bot.answering.prompting import Prompt, tuned_prompt
from bot.answering.stopwatch import Stopwatch
from bot.answering.turn import Answer, Turn
from bot.answering.writer import Ended, WhyStopped
from bot.bootstrap import Shopclerk
from bot.conversation.history import MessageView
from knowledge.documents import Chunk, Kind, Passage
from knowledge.profile import ShopProfile
from tests.bot.answering.test_rivals import MATS
from tests.fake_embedder import FakeEmbedder
from tests.fakes import fake_shopclerk


class Silent:
    """A generated gear that writes nothing.

    Args:
        why: what it says of that.
        opinion: what its model makes of the passages.
    """

    name = "silent"

    def __init__(self, why: WhyStopped, opinion: Opinion | None) -> None:
        self._why, self._opinion = why, opinion
        self.judges = opinion is not None
        self.wanted = False

    def prompt(self, question: str, *_: object, language: str, history: Sequence[str], spoken: str) -> Prompt:
        """What would be asked."""
        return tuned_prompt(question, [], language=language, history=history, spoken=spoken)

    def write(self, _prompt: object, _sources: object, hear: Hear) -> Generator[Any, None, Ended]:
        """The end, and why."""
        yield from ()
        if self._opinion:
            self.wanted = hear(self._opinion)
        return Ended(self._why)


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


def asked(question: str, *passages: Passage, why: WhyStopped = "no_model", opinion: Opinion | None = None) -> Answer:
    gears = PassageAnswers(Extractor(FakeEmbedder()), Silent(why, opinion))  # type: ignore[arg-type]  # only what is used
    return ended(gears.answer(turn(question), question, passages, Stopwatch()))


def test_a_model_that_asks_back_is_followed_only_where_nothing_answers_surely() -> None:
    def wanted(question: str, *passages: Passage) -> bool:
        writer = Silent("unsupported", Opinion(refusing=0.01))
        gears = PassageAnswers(Extractor(FakeEmbedder()), writer)  # type: ignore[arg-type]  # only what is used
        ended(gears.answer(turn(question), question, passages, Stopwatch()))
        return writer.wanted

    sure = passage("You can return most items within 30 days of delivery.")
    assert not wanted("How long can I return items?", sure)
    like = [passage(f"Parcels to {place} cost ${cost}.", title=place) for place, cost in (("Oslo", 4), ("Rome", 5))]
    assert wanted("What do parcels cost?", *like)


def test_an_answer_to_how_is_quoted_whole() -> None:
    def wanted(question: str) -> bool:
        writer = Silent("unsupported", Opinion(source=0, refusing=0.01))
        gears = PassageAnswers(Extractor(FakeEmbedder()), writer)  # type: ignore[arg-type]  # only what is used
        steps = passage(
            "Close all zips of the jacket. Wash the jacket at 30 °C. Rinse the jacket twice.", title="Jackets"
        )
        ended(gears.answer(turn(question), question, [steps], Stopwatch()))
        return writer.wanted

    assert not wanted("How do I wash the jacket?")
    assert wanted("Wash the jacket at 30 °C?")


def test_the_model_reads_one_stretch_of_each_passage() -> None:
    gears = PassageAnswers(Extractor(FakeEmbedder()), Silent("unknown", Opinion(refusing=0.5)))  # type: ignore[arg-type]
    cards = "Gift cards never expire.\n\nGift wrapping costs $4 a gift.\n\nGift receipts are free."
    question = "How much is gift wrapping?"
    heard = gears.heard(turn(question), question, [passage(cards, title="Gifts"), passage("Wrapping takes a day.")])

    assert [one.passage.chunk.title for one in heard.sources] == ["Gifts", "Returns"]


def test_pages_that_contradict_each_other_are_both_shown_and_a_person_is_offered() -> None:
    pages = [passage(f"You can return most items within {days} days.") for days in (30, 14)]
    pages = [
        replace(one, chunk=replace(one.chunk, id=f"{place}", document_id=f"{place}")) for place, one in enumerate(pages)
    ]
    answer = asked("Within how many days can I return items?", *pages)

    assert answer.text.startswith("Our pages do not agree")
    assert "30 days. [1]" in answer.text
    assert "14 days. [2]" in answer.text
    assert (len(answer.citations), answer.offers_person) == (2, True)


@pytest.fixture
def shopclerk(tmp_path: Any) -> Iterator[Shopclerk]:
    with fake_shopclerk(tmp_path) as opened:
        yield opened


def test_given_passages_are_answered_from_without_a_search(shopclerk: Shopclerk) -> None:
    found = passage("You can return most items within 30 days of delivery.")
    question = "How long can I return items?"
    answer = ended(shopclerk.answerer_with(writes=False).from_passages(turn(question), lambda _question: [found]))
    assert (answer.outcome, answer.gear) == ("answered", "extracted")
    assert "30 days" in answer.text
    assert answer.passages == (found,)


def test_a_model_that_does_not_know_is_believed_where_the_passages_are_doubtful(monkeypatch: Any) -> None:
    found = passage("You can return boots within 30 days.")
    question = "Can boots be resoled after return?"
    monkeypatch.setattr(passage_answers, "HOPELESS", 1.0)
    monkeypatch.setattr(extraction, "NONE_FROM", 0.99)
    assert asked(question, found, why="unknown", opinion=Opinion()).gear == "extracted"

    weights = HearingWeights(answered=0.0, choice=1.0, refusing=20.0, doubt=0.0)
    monkeypatch.setattr(hearing, "hearing_weights", lambda: weights)
    answer = asked(question, found, why="unknown", opinion=Opinion(refusing=0.9))
    assert (answer.outcome, answer.reason) == ("refused", "unknown")


def test_what_is_as_likely_as_many_others_is_not_shown() -> None:
    question = "What do parcels cost?"
    places = ("Oslo", "Rome", "Kyiv", "Lima", "Bern", "Riga")
    like = [passage(f"Parcels to {place} cost ${cost}.", title=place) for cost, place in enumerate(places, start=3)]

    answer = asked(question, *like)
    assert (answer.outcome, answer.reason) == ("refused", "below_threshold")
    assert asked(question, like[0]).gear == "extracted"


def test_a_model_that_answers_from_a_doubtful_passage_is_believed(monkeypatch: Any) -> None:
    found = passage("You can return boots within 30 days.")
    question = "Can boots be resoled after return?"
    monkeypatch.setattr(passage_answers, "HOPELESS", 1.0)
    monkeypatch.setattr(extraction, "NONE_FROM", 0.001)
    assert asked(question, found, why="unsupported", opinion=Opinion()).outcome == "refused"

    weights = HearingWeights(answered=0.0, choice=1.0, refusing=20.0, doubt=0.0)
    monkeypatch.setattr(hearing, "hearing_weights", lambda: weights)
    assert asked(question, found, why="unsupported", opinion=Opinion(0, refusing=0.01)).gear == "extracted"


def test_which_of_two_products_is_meant_is_asked_also_where_only_the_model_sees_an_answer(monkeypatch: Any) -> None:
    monkeypatch.setattr(passage_answers, "HOPELESS", 1.0)
    monkeypatch.setattr(extraction, "NONE_FROM", 0.001)
    weights = HearingWeights(answered=0.0, choice=1.0, refusing=20.0, doubt=0.0)
    monkeypatch.setattr(hearing, "hearing_weights", lambda: weights)
    gears = PassageAnswers(Extractor(FakeEmbedder()), Silent("unsupported", Opinion(0, 0.01)))  # type: ignore[arg-type]  # as above
    question, meant = "what is the R-value of the mat", []

    def which(products: Sequence[str]) -> Answer:
        meant.append(len(products))
        return Answer("Which one?", "answered", "facts", "which")

    answer = ended(gears.answer(turn(question), question, MATS, Stopwatch(), which=which))
    alone = ended(gears.answer(turn(question), question, MATS, Stopwatch()))

    assert (answer.text, meant) == ("Which one?", [2])
    assert alone.gear == "extracted"


def test_which_of_two_products_is_meant_is_asked_although_neither_is_likely(monkeypatch: Any) -> None:
    monkeypatch.setattr(extraction, "BEST_FROM", 0.9)
    gears = PassageAnswers(Extractor(FakeEmbedder()), Silent("no_model", None))  # type: ignore[arg-type]  # as above
    question, meant = "what is the R-value of the mat", []

    def which(products: Sequence[str]) -> Answer:
        meant.append(len(products))
        return Answer("Which one?", "answered", "facts", "which")

    assert ended(gears.answer(turn(question), question, MATS, Stopwatch(), which=which)).text == "Which one?"
    assert meant == [2]
    assert ended(gears.answer(turn(question), question, MATS, Stopwatch())).outcome == "refused"


def test_a_message_that_leans_on_the_one_before_is_put_after_it() -> None:
    said = [("user", "How long can I return boots?"), ("assistant", "Within 30 days. [1]")]
    earlier = tuple(
        MessageView(str(place), "c", place, role, text, "en", datetime.now(UTC))  # type: ignore[arg-type]  # a role
        for place, (role, text) in enumerate(said, start=1)
    )
    gears = PassageAnswers(Extractor(FakeEmbedder()), Silent("unsupported", None))  # type: ignore[arg-type]  # as above
    question = "how long can I return boots? and socks?"
    asked_so = replace(turn("and socks?"), earlier=earlier)
    found = [passage("You can return boots within 30 days and socks within 9 days.")]
    leaning, alone = (
        ended(gears.answer(asked_so, question, found, Stopwatch(), leaning=leaning)) for leaning in (True, False)
    )
    assert leaning.prompt.endswith("Earlier: How long can I return boots? / Within 30 days.\nQuestion: and socks?")
    assert alone.prompt.endswith(f"Question: {question}")


@pytest.mark.parametrize(
    ("why", "given"), [("unknown", True), ("unsupported", True), ("no_model", False), ("queue_long", False)]
)
def test_what_the_model_was_given_is_kept_whatever_became_of_it(why: WhyStopped, given: bool) -> None:
    question = "Can boots be resoled after return?"
    answer = asked(question, passage("You can return boots within 30 days."), why=why)
    assert answer.prompt.startswith("[user]") is given
    assert (question in answer.prompt) is given


def test_the_shops_own_question_is_answered_though_the_model_does_not_know() -> None:
    entry = passage("Within 30 days.", title="How long can I return boots or shoes?", kind="faq")
    assert asked("How long can I return boots?", entry, why="unknown").outcome == "answered"


def test_what_holds_for_another_country_is_not_shown() -> None:
    china = passage("Shipping to China costs $18.90.", title="Do you ship to China?", kind="faq")
    assert asked("How much is shipping to Japan?", china).outcome == "refused"
    both = passage("Japan, South Korea: shipping $16.90. China: shipping $18.90.", title="Shipping")
    assert "16.90" in asked("How much is shipping to Japan?", china, both).text


def test_a_country_that_no_list_of_the_shop_knows_is_still_another_one() -> None:
    canada = passage("Shipping to Canada costs $11.90.", title="Shipping")
    assert asked("How much is shipping to Brazil?", canada).outcome == "refused"


def test_an_answer_to_another_question_is_shown_with_that_question() -> None:
    entry = passage("It never expires.", title="How long is a gift card valid?", kind="faq")
    answer = asked("Is there an end date to a gift card, how long is it valid?", entry)
    assert answer.text.startswith("How long is a gift card valid? It never expires.")
