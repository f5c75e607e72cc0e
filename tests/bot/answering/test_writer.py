import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.answering.evidence import Unit, units
from bot.answering.grounding import GroundingCheck, Statement, Verdict
from bot.answering.hearing import Hear, Opinion
from bot.answering.llm import GenerationQueue
from bot.answering.prompting import REFUSAL
from bot.answering.writer import Ended, Source, Writer, Written
from knowledge.documents import Chunk, Passage
from tests.fakes import FakeChatModel, FakeEmbedder

SHIPPING = "Delivery to Norway costs $12."
RETURNS = "You can return shoes within 30 days."


def source(title: str, text: str, language: str = "en") -> Source:
    chunk = Chunk(title, title, "demo", f"{title}.md", title, title, text, 0, language, "page")
    return Source(Passage(chunk=chunk, rank=1, score=0.9, found_by=("dense",)), units(chunk))


SOURCES = [source("Delivery", SHIPPING), source("Returns", RETURNS)]


class Noting(GroundingCheck):
    """The check, with a note of what each sentence was held to, in order."""

    def __init__(self) -> None:
        super().__init__(FakeEmbedder())
        self.held_to: list[str] = []

    def check(self, sentence: str, evidence: Sequence[Statement], question: str = "") -> Verdict:
        self.held_to.append(evidence[0].text)
        return super().check(sentence, evidence, question)


def write(
    answer: str,
    *,
    tuned: bool = True,
    question: str = "?",
    check: Noting | None = None,
    sources: Sequence[Source] = SOURCES,
    hear: Hear = lambda _opinion: True,
    refusing: float | None = None,
):
    model = FakeChatModel(script=lambda _messages: answer, tuned=tuned, refusing=refusing)
    writer = Writer(lambda: model, GenerationQueue(), check or Noting(), name="fake")
    writing = writer.write(writer.prompt(question, sources, language="en"), sources, hear)
    said: list[Written] = []
    while True:
        try:
            step = next(writing)
        except StopIteration as stop:
            ended: Ended = stop.value
            return said, ended, model
        if isinstance(step, Written):
            said.append(step)


def test_as_many_are_written_for_as_the_model_serves_at_once():
    queue, gate = GenerationQueue(at_once=6), threading.Event()

    def held():
        gate.wait(20)
        yield from ()

    others = [queue.run(held) for _ in range(5)]
    model = FakeChatModel(script=lambda _messages: f"{RETURNS} [2]", tuned=True)
    writer = Writer(lambda: model, queue, Noting(), name="fake")
    writing = writer.write(writer.prompt("?", SOURCES, language="en"), SOURCES)
    said = [step for step in writing if isinstance(step, Written)]
    gate.set()
    for other in others:
        other.close()

    assert [one.text for one in said] == [RETURNS]


def test_a_tuned_model_reads_several_passages_without_instructions():
    _, _, model = write(RETURNS, question="How long?")

    (messages,) = model.asked
    assert [message.text for message in messages] == [
        f"[1] Delivery: {SHIPPING}\n[2] Returns: {RETURNS}\nQuestion: How long?"
    ]


def test_another_model_reads_one_passage_after_instructions_and_examples():
    _, _, model = write(SHIPPING, tuned=False, question="How much?")

    assert len(model.asked[0]) > 2
    assert RETURNS not in model.asked[0][-1].text


def test_a_sentence_is_cited_from_the_passage_it_is_marked_with():
    check = Noting()

    said, ended, _ = write(f"{RETURNS} [2] {SHIPPING} [1]", check=check)

    assert [(one.text, one.source and one.source.passage.chunk.title) for one in said] == [
        (RETURNS, "Returns"),
        (SHIPPING, "Delivery"),
    ]
    assert check.held_to == [RETURNS, SHIPPING]
    assert ended.why == "complete"


def test_a_wrong_mark_is_put_right():
    said, _, _ = write(f"{RETURNS} [1]")

    assert [one.source and one.source.passage.chunk.title for one in said] == ["Returns"]


def test_marks_are_not_shown_even_where_they_name_no_passage():
    said, _, _ = write(f"{RETURNS} [7] [2]")

    assert [one.text for one in said] == [RETURNS]


@pytest.mark.parametrize("words", REFUSAL.values())
def test_the_words_of_not_knowing_are_not_shown_but_end_the_answer(words):
    said, ended, _ = write(words)

    assert (said, ended.why) == ([], "unknown")


def test_a_changed_number_is_still_kept_back_from_a_tuned_model():
    said, ended, _ = write("You can return shoes within 60 days. [2]")

    assert (said, ended.why) == ([], "unsupported")


def test_what_the_pages_do_not_say_may_be_said_without_evidence():
    said, _, _ = write(
        f"{RETURNS} [2] Our pages do not say who pays for gift wrapping.", question="Who pays for gift wrapping?"
    )

    assert [one.source is None for one in said] == [False, True]


def test_a_question_back_may_name_what_the_passages_name():
    said, _, _ = write("Do you mean the Delivery or the Returns?", question="How much is it?")

    assert [one.text for one in said] == ["Do you mean the Delivery or the Returns?"]


def test_the_condition_under_which_a_sentence_holds_is_not_left_out():
    fee, free = "Sending to Rome costs $7.", "If your basket comes to at least $90, we pay the postage."
    listed, other, apart = (
        Source(replace(one, chunk=(chunk := replace(one.chunk, text=text))), units(chunk))
        for one in [SOURCES[0].passage]
        for text in (f"{fee} {free}", f"{fee} Sending to Oslo costs $9.", f"{fee} We send on Mondays. {free}")
    )
    apart = replace(apart, units=(apart.units[0], apart.units[2]))
    asked = "What is postage to Rome?"

    assert [one.text for one in write(f"{fee} [1]", question=asked, sources=[listed])[0]] == [fee, free]
    assert [one.text for one in write(f"{fee} {free} [1]", question=asked, sources=[listed])[0]] == [fee, free]
    assert [one.text for one in write(f"{fee} [1]", question=asked, sources=[other])[0]] == [fee]
    assert [one.text for one in write(f"{fee} [1]", question=asked, sources=[apart])[0]] == [fee]


def test_a_heading_that_asks_is_no_answer():
    listed = Source(SOURCES[0].passage, (Unit("Marked as delivered?", "Marked as delivered?", "sentence", "", 0),))
    said, ended, _ = write("Marked as delivered? [1]", question="Do I have to sign?", sources=[listed])

    assert (said, ended.why) == ([], "unsupported")


def test_what_the_shopper_has_said_is_not_asked_again():
    said, ended, _ = write("Is it about the Delivery or the Returns?", question="How much is delivery?")

    assert (said, ended.why) == ([], "unsupported")


@pytest.mark.parametrize(
    ("answer", "opinion"),
    [
        (f"{RETURNS} [2] {SHIPPING} [1]", Opinion(1, 0.25)),
        ("You can return shoes within 60 days. [2]", Opinion(1, 0.25)),  # of what it meant, though it is wrong
        (REFUSAL["en"], Opinion(None, 0.25)),
        ("Do you mean the Delivery or the Returns?", Opinion(None, 0.25)),
    ],
)
def test_what_the_model_answers_from_is_told_once_before_anything_is_shown(answer: str, opinion: Opinion):
    heard: list[Opinion] = []

    write(answer, hear=lambda one: bool(heard.append(one)) or True, question="What?", refusing=0.25)

    assert heard == [opinion]


def test_an_answer_begins_with_what_answers_best_of_its_source_and_may_go_on_with_something_else():
    both = source("Orders", f"{SHIPPING} {RETURNS}")
    both = replace(both, best=both.units[0])

    begun, _, _ = write(f"{SHIPPING} [1] {RETURNS} [1]", sources=[both])
    beside, ended, _ = write(f"{RETURNS} [1]", sources=[both])

    assert [one.text for one in begun] == [SHIPPING, RETURNS]
    assert (beside, ended.why, ended.fault) == ([], "unsupported", "beside the point")


def test_words_that_are_not_wanted_are_not_shown():
    said, ended, _ = write(f"{RETURNS} [2]", hear=lambda _opinion: False)

    assert (said, ended.why, ended.fault) == ([], "unsupported", "beside the point")


def test_what_a_model_makes_of_one_passage_is_no_opinion():
    heard: list[Opinion] = []

    said, _, _ = write(SHIPPING, tuned=False, hear=lambda one: bool(heard.append(one)))

    assert ([one.text for one in said], heard) == ([SHIPPING], [])


def test_half_of_a_list_is_no_answer():
    listed = source("Gift cards", "Gift cards come in $25, $50 and $100.")

    half, ended, _ = write("Gift cards come in $25. [1]", question="Which values are there?", sources=[listed])
    whole, _, _ = write(f"{listed.units[0].text} [1]", question="Which values are there?", sources=[listed])

    assert (half, ended.fault) == ([], "left out")
    assert [one.text for one in whole] == [listed.units[0].text]


def test_a_list_item_that_ends_in_a_semicolon_gets_no_second_one():
    _, _, model = write(SHIPPING, sources=[source("用法", "先洗手；再开盖；", "zh")])

    assert "；；" not in model.asked[0][-1].text


@pytest.mark.parametrize(
    "statement",
    ["Did you know that refunds are doubled?", "Is it about the 90 days?", "Our pages do not say that it is free."],
)
def test_a_statement_in_disguise_is_held_to_its_evidence(statement):
    said, ended, _ = write(statement, question="How much is it?")

    assert (said, ended.why) == ([], "unsupported")
