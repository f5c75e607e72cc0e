from collections.abc import Iterator
from contextlib import closing

import pytest
from langchain_core.messages import HumanMessage

from bot.answering.decoding.pieces import Limits, Piece, Prompt
from bot.answering.llm.chat import TextChatModel
from bot.answering.llm.probe import probe
from bot.answering.llm.rendering import render_examples
from bot.errors import GeneratorError


class ScriptedEngine:
    """Says given pieces, and remembers what it was asked."""

    name, device, tuned = "scripted", "cpu", False

    def __init__(self, *parts: str, error: Exception | None = None) -> None:
        self.parts, self.error = parts, error
        self.asked: list[tuple[Prompt, Limits]] = []
        self.left = False

    def render(self, messages) -> Prompt:
        return render_examples(messages)

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        self.asked.append((prompt, limits))
        try:
            for part in self.parts:
                yield Piece(part, tokens=1)
            if self.error:
                raise self.error
            yield Piece("", ending="stop")
        except GeneratorExit:
            self.left = True
            raise


QUESTION = [HumanMessage("Question: Is it free?")]


def test_the_answer_streams_and_its_end_says_why():
    model = TextChatModel(engine=ScriptedEngine("Yes", ", free."))
    chunks = list(model.stream(QUESTION))
    assert [chunk.text for chunk in chunks] == ["Yes", ", free.", ""]
    assert chunks[-1].response_metadata["finish_reason"] == "stop"
    assert model.invoke(QUESTION).text == "Yes, free."


def test_how_near_a_refusal_was_is_told_with_the_first_piece():
    engine = ScriptedEngine()
    engine.stream = lambda _prompt, _limits: iter([Piece("Yes", 1, refusing=0.25), Piece("", ending="stop")])
    first, last = TextChatModel(engine=engine).stream(QUESTION)
    assert first.response_metadata["refusing"] == 0.25
    assert last.response_metadata["finish_reason"] == "stop"


def test_limits_and_stops_of_the_caller_join_those_of_the_prompt():
    engine = ScriptedEngine("Yes.")
    model = TextChatModel(engine=engine, time_limit_seconds=5)
    list(model.stream(QUESTION, stop=["Question:", "\n"], max_tokens=7))
    list(model.stream(QUESTION))
    assert engine.asked[0][1] == Limits(max_tokens=7, seconds=5, stops=("\n", "Question:"))
    assert engine.asked[1][1] == Limits(max_tokens=model.max_tokens, seconds=5, stops=("\n",))


def test_closing_the_stream_ends_the_engine_s_work():
    engine = ScriptedEngine("a", "b", "c")
    with closing(TextChatModel(engine=engine).stream(QUESTION)) as chunks:
        next(chunks)
    assert engine.left


def test_an_error_reaches_the_reader_after_what_was_said():
    model = TextChatModel(engine=ScriptedEngine("Yes", error=GeneratorError("The model failed.")))
    chunks = model.stream(QUESTION)
    assert next(chunks).text == "Yes"
    with pytest.raises(GeneratorError, match="The model failed"):
        next(chunks)


def test_a_probe_is_content_with_one_token():
    engine = ScriptedEngine("Yes", "never asked for")
    probe(TextChatModel(engine=engine))
    assert engine.asked[0][1].max_tokens == 1


@pytest.mark.parametrize("error", [GeneratorError("The model failed."), ValueError("The model failed.")])
def test_a_probe_says_what_is_wrong(error):
    with pytest.raises(GeneratorError, match="The model failed"):
        probe(TextChatModel(engine=ScriptedEngine(error=error)))
