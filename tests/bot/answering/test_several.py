from collections.abc import Generator, Mapping
from typing import Any

from bot.answering.several import answered_apart
from bot.answering.stopwatch import Stopwatch
from bot.answering.turn import Answer, Turn
from bot.reply import Citation, ReplyChunk
from tests.bot.answering.test_passage_answers import ended, passage, shopclerk, turn

__all__ = ["shopclerk"]


def citation(index: int, title: str) -> Citation:
    return Citation(index, f"{title}.md", title, "quote", None, 0.9, title)


def apart(said: Mapping[str, Answer]) -> tuple[str, Answer]:
    """What was shown on the way, and the answer."""
    shown: list[str] = []

    def one(asked: Turn) -> Generator[ReplyChunk, None, Answer]:
        answer = said[asked.text]
        if answer.streamed:
            yield ReplyChunk(kind="token", text=answer.text)
        return answer

    steps = answered_apart(turn(" ".join(said)), tuple(said), Stopwatch(), one)

    def heard() -> Generator[Any, None, Answer]:
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                answer: Answer = stop.value
                return answer
            shown.append(step.text)
            yield step

    answer = ended(heard())
    return "".join(shown), answer


def test_answers_follow_one_another_with_their_marks_counted_on() -> None:
    shown, answer = apart(
        {
            "Canada?": Answer(
                "It costs $9. [1]", "answered", "generated", "ok", citations=(citation(1, "fees"),), streamed=True
            ),
            "Invoice?": Answer(
                "Yes. [1] Net. [2]", "answered", "extracted", "ok", citations=(citation(1, "pay"), citation(2, "net"))
            ),
        }
    )
    assert answer.text == shown == "It costs $9. [1]\n\nYes. [2] Net. [3]"
    assert [(one.index, one.title) for one in answer.citations] == [(1, "fees"), (2, "pay"), (3, "net")]
    assert (answer.outcome, answer.gear, answer.offers_person) == ("answered", "generated", False)


def test_a_person_that_one_of_the_answers_offers_is_offered() -> None:
    answers = {
        "Unpaid?": Answer("Our pages do not agree.", "answered", "extracted", "contradicted", offers_person=True),
        "Invoice?": Answer("Yes. [1]", "answered", "extracted", "ok"),
    }
    assert apart(answers)[1].offers_person


def test_a_question_without_an_answer_is_named_beside_the_answer_to_the_other() -> None:
    refused = Answer("I don't know.", "refused", "none", "unknown")
    shown, answer = apart(
        {"Do you sell kayaks?": refused, "Invoice?": Answer("Yes. [1]", "answered", "extracted", "ok")}
    )
    assert answer.text == shown
    assert answer.text.startswith("Yes. [1]\n\n")
    assert "“Do you sell kayaks?”" in answer.text
    assert answer.offers_person
    assert apart({"Kayaks?": refused, "Boats?": refused})[1].outcome == "refused"


def test_a_later_question_leans_on_the_one_before_and_its_answer() -> None:
    seen: list[Turn] = []

    def one(asked: Turn) -> Generator[ReplyChunk, None, Answer]:
        yield from ()
        seen.append(asked)
        return Answer(f"To {asked.text}", "answered", "extracted", "ok")

    ended(answered_apart(turn("Canada? And Mexico?"), ("Canada?", "And Mexico?"), Stopwatch(), one))
    assert [(message.role, message.text) for message in seen[1].earlier] == [
        ("user", "Canada?"),
        ("assistant", "To Canada?"),
    ]


def test_questions_that_one_place_answers_are_answered_as_one(shopclerk: Any) -> None:
    fees = passage("Shipping to Canada costs $11.90 and takes 5 days.", title="Fees")
    gifts = passage("We wrap gifts for $4.", title="Gifts")

    def asked(question: str) -> Answer:
        answerer = shopclerk.answerer_with(writes=False)
        return ended(answerer.from_passages(turn(question), lambda _question: [fees, gifts]))

    assert asked("What does shipping to Canada cost? How many days does shipping to Canada take?").reason != "several"
    both = asked("What does shipping to Canada cost? Do you wrap gifts?")
    assert both.reason == "several"
    assert "$11.90" in both.text
    assert "$4" in both.text
    assert {one.title for one in both.citations} == {"Fees", "Gifts"}


def test_an_elliptic_question_names_another_thing(shopclerk: Any) -> None:
    coats = [
        passage(f"Wash the {name} coat at {degrees} degrees.", title=f"{name} coat")
        for name, degrees in (("Alder", 20), ("Birch", 40))
    ]
    answer = ended(
        shopclerk.answerer_with(writes=False).from_passages(
            turn("How hot may I wash the Alder coat? What about the Birch coat?"), lambda _question: coats
        )
    )
    assert "20 degrees" in answer.text
    assert "40 degrees" in answer.text


def test_what_was_said_already_is_not_said_again() -> None:
    same = Answer("Free. [1]", "answered", "extracted", "ok", citations=(citation(1, "fees"),))
    shown, answer = apart({"Cost?": same, "And the price?": same})
    assert answer.text == shown == "Free. [1]"
    assert len(answer.citations) == 1

    whole = Answer(
        "Gold needs 750. Silver needs 550. [1]", "answered", "extracted", "ok", citations=(citation(1, "levels"),)
    )
    part = Answer("Silver needs 550. [1]", "answered", "extracted", "ok", citations=(citation(1, "levels"),))
    shown, answer = apart({"What does gold need?": whole, "And silver?": part})
    assert answer.text == shown == "Gold needs 750. Silver needs 550. [1]"

    both = (citation(1, "fees"), citation(2, "pay"))
    more = Answer("Free. [1]\n\nBy card. [2]", "answered", "extracted", "ok", citations=both)
    shown, answer = apart({"Cost?": same, "And how do I pay?": more})
    assert answer.text == shown == "Free. [1]\n\nBy card. [3]"
    assert [one.index for one in answer.citations] == [1, 3]


def test_the_same_words_of_another_thing_are_said_again() -> None:
    def washed(title: str) -> Answer:
        return Answer("Wash it at 30. [1]", "answered", "extracted", "ok", citations=(citation(1, title),))

    shown, answer = apart({"The Alder coat?": washed("alder"), "And the Birch coat?": washed("birch")})
    assert answer.text == shown == "Wash it at 30. [1]\n\nWash it at 30. [2]"


def test_of_several_questions_those_that_one_place_answers_are_one(shopclerk: Any) -> None:
    fees = passage("Shipping to Canada costs $11.90 and takes 5 days.", title="Fees")
    gifts = passage("We wrap gifts for $4.", title="Gifts")
    answerer = shopclerk.answerer_with(writes=False)
    question = "What does shipping to Canada cost? How many days does shipping to Canada take? Do you wrap gifts?"
    answer = ended(answerer.from_passages(turn(question), lambda _question: [fees, gifts]))
    assert "$4" in answer.text
    assert answer.text.count("$11.90") == 1


def test_a_question_without_an_answer_is_named_without_what_was_said_before_it() -> None:
    refused = Answer("I don't know.", "refused", "none", "unknown")
    known = Answer("Yes. [1]", "answered", "extracted", "ok", citations=(citation(1, "pay"),))
    _, answer = apart({"My mail is [EMAIL], see [1]. Do you sell kayaks?": refused, "Invoice?": known})
    assert "“Do you sell kayaks?”" in answer.text
    assert "EMAIL" not in answer.text


def test_what_was_searched_for_to_tell_questions_apart_is_not_searched_for_again(
    shopclerk: Any, monkeypatch: Any
) -> None:
    answerer, searched = shopclerk.answerer_with(writes=False), []
    search = answerer._searcher.search
    monkeypatch.setattr(
        answerer._searcher, "search", lambda text, **given: searched.append((text, given)) or search(text, **given)
    )
    asked = turn("How long can I return items? What does the gift wrapping cost?")
    ended(answerer.answer(asked, Stopwatch()))
    first = [one for one in searched if one == searched[0]]
    assert len(first) == 1
