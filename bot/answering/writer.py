"""Writer: has the model write an answer from passages, and lets through only sentences that passed the check."""

import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from bot.answering.evidence import Unit, plain, sentences
from bot.answering.grounding import SentenceCheck, Statement
from bot.answering.llm import GenerationQueue, Waiting
from bot.answering.prompting import Prompt, answer_prompt
from bot.errors import Busy
from knowledge.documents import Passage

MAX_TOKENS = 120
CHARACTERS = 1500  # more than so many tokens hold: the model or its server disregards the limit
SENTENCES = 3
SECONDS = 12.0
LONG_LINE = 3  # waiting questions, from which on quoting is the better service
_OPENING = re.compile(
    r"^(?:(?:answer|a)\s*[:：]|答[:：]|(?:yes|no|yeah|sure|certainly|of course)\b[,.!:]?"
    r"|(?:是的|好的|可以的|当然|不|对的?)[，。,！])\s*",
    re.IGNORECASE,
)
_MARK = re.compile(r"\s*\[\d{1,2}\]")
_ENDED = re.compile(r"[.!?。！？][\"'”’」)）]*$")

WhyStopped = Literal[
    "complete", "no_model", "queue_long", "time_limit", "model_failed", "unsupported", "nothing", "unknown"
]


@dataclass(frozen=True)
class Source:
    """What the model may write from: a passage and those of its units it is shown."""

    passage: Passage
    units: tuple[Unit, ...]

    @property
    def context(self) -> str:
        """Title and headings, in which names may stand."""
        return f"{self.passage.chunk.title} {self.passage.chunk.heading}"


@dataclass(frozen=True)
class Written:
    """A sentence that may be shown, with what it rests on."""

    text: str
    source: Source
    unit: Unit
    score: float


@dataclass(frozen=True)
class Ended:
    """Why no more sentences come; `fault` names the failed check, for the trace."""

    why: WhyStopped
    fault: str = ""


class Writer:
    """The generated gear.

    Args:
        load: gives the model, loading it the first time; None where there is none.
        queue: the line in front of it.
        check: holds sentences to their evidence.
        name: what the model is called in traces.
    """

    def __init__(
        self, load: Callable[[], BaseChatModel | None], queue: GenerationQueue, check: SentenceCheck, *, name: str
    ) -> None:
        self._load, self._queue, self._check, self.name = load, queue, check, name

    def warm(self, language: str) -> None:
        """Load the model and have it read the constant part of the prompt in a language."""
        model = self._load()
        if model is not None:
            with suppress(Exception):  # a model that fails is met, and said so, when it is needed
                for _ in model.stream(list(answer_prompt("?", ["-"], language=language).messages), max_tokens=1):
                    pass

    def prompt(self, question: str, sources: Sequence[Source], *, language: str) -> Prompt:
        """What the model is asked."""
        return answer_prompt(question, [_passage_line(source) for source in sources], language=language)

    def write(self, prompt: Prompt, sources: Sequence[Source]) -> Generator[Waiting | Written, None, Ended]:
        """The sentences of an answer as they pass the check; the first that does not ends it.

        Closing the generator leaves the line or stops the model.
        """
        model = self._load()
        if model is None:
            return Ended("no_model")
        if self._queue.waiting >= LONG_LINE:
            return Ended("queue_long")
        try:
            results = self._queue.run(lambda: _spoken(model, prompt.messages))
        except Busy:
            return Ended("queue_long")
        try:
            return (yield from self._checked(results, sources))
        finally:
            results.close()

    def _checked(
        self, results: Iterator[str | Waiting], sources: Sequence[Source]
    ) -> Generator[Waiting | Written, None, Ended]:
        said: list[str] = []
        deadline = time.monotonic() + SECONDS
        try:
            for result in results:
                if isinstance(result, Waiting):
                    yield result
                    continue
                sentence = _shown(result)  # before the check, so that just what was checked is shown
                sentence = _OPENING.sub("", sentence) if not said else sentence
                if not sentence:
                    continue
                if sentence in said:  # it goes round in circles
                    break
                written, fault = self._grounded(sentence, sources)
                if written is None:
                    return Ended("unsupported", fault)
                said.append(sentence)
                yield written
                if len(said) == SENTENCES:
                    break
                if time.monotonic() > deadline:
                    return Ended("time_limit")
        except Exception:  # whatever a model or its server does, the shopper is answered by quoting
            return Ended("model_failed")
        return Ended("complete" if said else "nothing")

    def _grounded(self, sentence: str, sources: Sequence[Source]) -> tuple[Written | None, str]:
        fault, nearest = "no evidence", 0.0
        for source in sources:
            verdict = self._check.check(sentence, [_statement(source, unit) for unit in source.units])
            if verdict.grounded:
                return Written(sentence, source, source.units[verdict.place], verdict.score), ""
            if verdict.score >= nearest:
                fault, nearest = verdict.reason, verdict.score
        return None, fault


def _shown(sentence: str) -> str:
    """Without links, markup and marks: links come from stored sources, marks from the citations."""
    return _MARK.sub("", plain(sentence)).strip()


def _statement(source: Source, unit: Unit) -> Statement:
    text = f"{unit.lead}: {unit.text}" if unit.lead else unit.text
    return Statement(text, source.context)


def _passage_line(source: Source) -> str:
    chunk = source.passage.chunk
    name = chunk.heading.split(" › ")[-1] or chunk.title
    colon, space = ("：", "") if chunk.language == "zh" else (": ", " ")
    said: list[str] = []
    for unit in source.units:
        lead = f"{unit.lead}{colon}" if unit.lead and unit.lead != name and (not said or unit.kind == "row") else ""
        ended = "" if _ENDED.search(unit.text) else ("；" if chunk.language == "zh" else ";")
        said.append(f"{lead}{unit.text}{ended}")
    return f"{name}{colon}{space.join(said)}"


def _spoken(model: BaseChatModel, messages: Sequence[BaseMessage]) -> Iterator[str]:
    """Whole sentences as the model completes them; one that it was cut off in is dropped."""
    buffer, length, deadline = "", 0, time.monotonic() + SECONDS
    stream = model.stream(list(messages), stop=["\n"], max_tokens=MAX_TOKENS)
    try:
        for chunk in stream:
            buffer += chunk.text
            length += len(chunk.text)
            if length > CHARACTERS or time.monotonic() > deadline:
                return
            *complete, rest = sentences(buffer + "\0") or [""]
            if complete:
                yield from complete
                buffer = rest.removesuffix("\0")
        buffer = buffer.strip()
        if _ENDED.search(buffer):
            yield buffer
    finally:
        close = getattr(stream, "close", None)
        if close:
            close()
