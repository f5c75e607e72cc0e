"""The engine on a llama.cpp that says what it is told to, in the shapes of the real one."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from bot.answering.decoding.pieces import Limits, Prompt
from bot.answering.llm.llama_engine import LlamaEngine
from bot.answering.llm.llama_server import LlamaServer
from bot.errors import GeneratorError

PROMPT = Prompt("Shot.\n\n", "Question: Why?\nAnswer:", ("\n",))
LIMITS = Limits(max_tokens=20, seconds=20, stops=("\n",))
I_DO, NO, YES = 7, 8, 9
SAID = {I_DO: " I", NO: " No", YES: " Yes"}


class ScriptedLlama:
    """Says its words, one a part, then why it ended; opens with the first of `openings` when asked for one token.

    One that `goes_on` says more until it is told to stop.
    """

    def __init__(
        self,
        *words: str,
        reason: str = "stop",
        openings: tuple[tuple[int, float], ...] = (),
        error: Any = None,
        goes_on: bool = False,
    ) -> None:
        self.words, self.reason, self.openings, self.error = words, reason, openings, error
        self.goes_on = goes_on
        self.asked: list[dict[str, Any]] = []
        self.go, self.over = threading.Event(), threading.Event()
        self.go.set()

    def handle_completions(self, prompt: dict[str, Any], callback: Callable[[Mapping[str, Any]], bool]) -> None:
        self.asked.append(prompt)
        try:
            self._answer(prompt, callback)
        finally:
            self.over.set()

    def _answer(self, prompt: dict[str, Any], callback: Callable[[Mapping[str, Any]], bool]) -> None:
        assert self.go.wait(20)
        if isinstance(self.error, Exception):
            raise self.error
        if self.error:
            callback({"error": self.error})
            return
        if "logprobs" in prompt:
            callback(_part(SAID[self.openings[0][0]], opening=self.openings))
            callback(_part("", reason="length"))
            return
        callback(_part("") | {"prompt_progress": {"processed": 9}})
        for word in self.words:
            if callback(_part(word)):
                return
        while self.goes_on:
            if callback(_part(" and so on")):
                return
            time.sleep(0.001)
        callback(_part("", reason=self.reason))


def _part(text: str, *, reason: str | None = None, opening: tuple[tuple[int, float], ...] = ()) -> dict[str, Any]:
    top = [{"id": token, "token": SAID[token], "logprob": logprob} for token, logprob in opening]
    logprobs = {"content": [{"id": opening[0][0], "top_logprobs": top}]} if opening else None
    return {"choices": [{"text": text, "logprobs": logprobs, "finish_reason": reason}]}


def engine(llama: ScriptedLlama, **options: Any) -> LlamaEngine:
    return LlamaEngine(LlamaServer(llama, name="small"), **options)


def tuned(llama: ScriptedLlama) -> LlamaEngine:
    return engine(llama, tuned=True, refusing=frozenset({I_DO}))


def written(engine: LlamaEngine, limits: Limits = LIMITS) -> tuple[str, str | None]:
    pieces = list(engine.stream(PROMPT, limits))
    assert [piece.ending for piece in pieces[:-1]] == [None] * (len(pieces) - 1)
    return "".join(piece.text for piece in pieces), pieces[-1].ending


def test_the_text_comes_piece_by_piece_and_says_why_it_ended():
    llama = ScriptedLlama(" Because", " so", ".")

    assert written(engine(llama)) == ("Because so.", "stop")
    assert llama.asked[0]["prompt"] == PROMPT.text
    assert (llama.asked[0]["temperature"], llama.asked[0]["max_tokens"]) == (0, 20)


@pytest.mark.parametrize(("said", "heard"), [("length", "length"), ("stop", "stop")])
def test_the_token_limit_is_told_from_the_model_s_own_end(said, heard):
    assert written(engine(ScriptedLlama("Yes", reason=said))) == ("Yes", heard)


def test_a_stop_text_ends_it_and_the_work():
    llama = ScriptedLlama("\n", "Yes", ".\n", "Question", goes_on=True)

    assert written(engine(llama)) == ("Yes.", "stop")
    assert llama.over.wait(20)


def test_a_model_that_goes_round_is_ended():
    assert written(engine(ScriptedLlama(*"abcdefghij" * 30)))[1] == "repetition"


def test_a_reader_that_leaves_ends_the_work():
    llama = ScriptedLlama("1", "2", goes_on=True)
    with closing(engine(llama).stream(PROMPT, LIMITS)) as pieces:
        next(pieces)

    assert llama.over.wait(20)


def test_an_engine_that_is_let_go_waits_for_the_token_that_is_being_made():
    llama = ScriptedLlama("Yes", goes_on=True)
    server = LlamaServer(llama, name="llama")
    parts = server.parts({}, deadline=time.monotonic() + 20)
    next(parts)
    parts.close()

    del server, parts

    assert llama.over.is_set()


def test_an_unlikely_refusal_gives_way_to_the_next_best_opening():
    llama = ScriptedLlama(", never", ".", openings=((I_DO, -1.6), (NO, -1.8)))

    assert written(tuned(llama)) == ("No, never.", "stop")
    assert llama.asked[1]["prompt"] == [PROMPT.text, NO]
    assert llama.asked[1]["max_tokens"] == 19


@pytest.mark.parametrize("openings", [((I_DO, -0.5), (NO, -1.8)), ((YES, -1.6), (I_DO, -1.8))])
def test_a_likely_opening_stays(openings):
    llama = ScriptedLlama("…", openings=openings)
    written(tuned(llama))

    assert llama.asked[1]["prompt"] == [PROMPT.text, openings[0][0]]


def test_one_token_is_only_the_opening():
    assert written(tuned(ScriptedLlama(openings=((YES, -0.1),))), Limits(1, 20)) == ("Yes", "length")


def test_a_base_model_is_not_asked_how_sure_it_is():
    llama = ScriptedLlama("Yes")
    written(engine(llama, refusing=frozenset({I_DO})))

    assert len(llama.asked) == 1


def test_the_time_limit_ends_an_answer_that_has_begun():
    llama = ScriptedLlama("Yes", "no more")
    stream = engine(llama).stream(PROMPT, Limits(20, 0.3))
    assert next(stream).text == "Yes"
    time.sleep(0.4)

    assert [piece.ending for piece in stream][-1] in ("time", "stop")  # what has come already is shown


def test_an_engine_that_says_nothing_is_one_sentence():
    llama = ScriptedLlama("Yes")
    llama.go.clear()
    waiting = engine(llama)

    with pytest.raises(GeneratorError, match="small gave no word within its time limit"):
        written(waiting, Limits(20, 0.05))
    llama.go.set()


@pytest.mark.parametrize(
    "error", [RuntimeError("out of memory"), {"code": 500, "type": "server_error", "message": "out of memory"}]
)
def test_an_engine_that_fails_is_one_sentence(error):
    with pytest.raises(GeneratorError, match="small failed while answering: out of memory"):
        written(engine(ScriptedLlama(error=error)))


def test_a_prompt_that_is_too_long_is_one_sentence():
    error = {"type": "exceed_context_size_error", "message": "…", "n_prompt_tokens": 9000, "n_ctx": 2048}

    with pytest.raises(GeneratorError, match="too long for small: 9000 tokens, of 2048 in all"):
        written(engine(ScriptedLlama(error=error)))


def test_a_chat_model_is_asked_by_its_template_and_a_tuned_one_in_plain_text():
    def template(turns: list[dict[str, str]]) -> str:
        return "".join(f"<{turn['role']}>{turn['content']}" for turn in turns)

    messages = [HumanMessage("Question: Why?")]

    assert engine(ScriptedLlama(), template=template).render(messages).text == "<user>Question: Why?"
    assert engine(ScriptedLlama(), template=template, tuned=True).render(messages).text == "Question: Why?\nAnswer:"
