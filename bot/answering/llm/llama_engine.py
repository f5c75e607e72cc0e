"""LlamaEngine: text generated in this process by llama.cpp, several answers in one batch, on the CPU."""

import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from jinja2.sandbox import ImmutableSandboxedEnvironment
from langchain_core.messages import BaseMessage

from bot.answering.adapters import Adapter
from bot.answering.decoding.answer_text import UNFINISHED, AnswerText, loops
from bot.answering.decoding.pieces import REFUSED_FROM, Ending, Limits, Piece, Prompt
from bot.answering.gguf_file import GgufFile
from bot.answering.llm.llama_adapter import llama_adapter
from bot.answering.llm.llama_server import LlamaServer, LlamaSetup, start_llama
from bot.answering.llm.rendering import ChatTemplate, render_examples, render_template
from bot.answering.tuned_text import REFUSAL

AT_ONCE = 4
"""Answers in one batch. On one core 1, 2, 4, 8 and 16 at once make 35, 32, 46, 57 and 61 tokens a second in all: beyond
4 each shopper waits longer for little more."""

CONTEXT = 2048
"""Tokens of a prompt with its answer: several times what the bot asks; llama.cpp sets the memory aside for all."""

OPENINGS = 10
"""Of the likeliest first tokens that are looked at for a refusal's; one that is not among them counts as impossible."""

_ENDINGS: Mapping[str, Ending] = {"stop": "stop", "length": "length"}


class LlamaEngine:
    """A GGUF model in llama.cpp, decoding greedily; same prompts, same answers as the same weights in `TorchEngine`.

    Each reader's request is served in a batch with the others'. A reader that leaves ends its own.

    Args:
        server: llama.cpp with the weights loaded.
        tuned: it was tuned to answer from passages; its prompts are rendered as those it was tuned on.
        template: of a chat model, for its conversations.
        refusing: the tokens that refusals of a tuned model open with.
        context: tokens of a prompt and its answer together.
        at_once: how many answers may be asked for at the same time.
    """

    device = "cpu"

    def __init__(
        self,
        server: LlamaServer,
        *,
        tuned: bool = False,
        template: ChatTemplate | None = None,
        refusing: frozenset[int] = frozenset(),
        context: int = CONTEXT,
        at_once: int = AT_ONCE,
    ) -> None:
        self.name, self.tuned, self.at_once = server.name, tuned, at_once
        self._server, self._template = server, template
        self._refusing = refusing if tuned else frozenset()
        self._context = context

    @classmethod
    def load(cls, gguf: Path, *, name: str, home: Path, adapter: Adapter | None = None, at_once: int = AT_ONCE) -> Self:
        """Load a GGUF file, and an adapter beside it.

        Args:
            gguf: the base.
            name: what settings call it.
            home: where the adapter is kept as llama.cpp reads it.
            adapter: known to fit the base.
            at_once: how many answers may be asked for at the same time.

        Raises:
            ModelDamaged: the weights cannot be read, or the adapter cannot be written.
            AdapterMismatch: the adapter belongs to other weights.
        """
        file = GgufFile.read(gguf)
        tuned = llama_adapter(adapter, file, home) if adapter else None
        setup = LlamaSetup(gguf, tuned, context=min(CONTEXT, file.longest), at_once=at_once)
        server, tokenize = start_llama(setup, name=name)
        return cls(
            server,
            tuned=tuned is not None,
            template=_template(file) if file.chat_template else None,
            refusing=_openings(tokenize) if tuned else frozenset(),
            context=setup.context,
            at_once=at_once,
        )

    def render(self, messages: Sequence[BaseMessage]) -> Prompt:
        """Plain text for a base or tuned model, the chat template of any other."""
        if self.tuned or self._template is None:
            return render_examples(messages)
        return render_template(messages, self._template)

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        """The continuation, a piece a token."""
        deadline = time.monotonic() + limits.seconds
        answer = AnswerText(limits.stops)
        made: list[str] = []
        with closing(self._texts(prompt.text, limits, deadline)) as texts:
            while True:
                part, ending = _next(texts)
                if part.text:
                    made.append(part.text)
                shown = answer.add(part.text)
                if answer.stopped:  # found here: llama.cpp would take a line's end before the answer for one
                    ending = "stop"
                elif ending is None and loops(made) and not limits.to_the_last:
                    ending = "repetition"
                shown += answer.end() if ending else ""
                yield Piece(shown, tokens=int(bool(part.text)), ending=ending, refusing=part.refusing)
                if ending:
                    return

    def _texts(self, prompt: str, limits: Limits, deadline: float) -> Generator["_Text", None, Ending]:
        """What llama.cpp makes, and why it ended."""
        asked: list[str | int] = [prompt]
        max_tokens = limits.max_tokens
        if self._refusing:
            opening = self._opening(prompt, deadline)
            if opening is None:
                return "stop"
            whole = bool(opening.text) and UNFINISHED not in opening.text
            yield _Text(opening.text if whole else "", opening.refusing)
            if whole:  # else it is read again with what completes it
                asked, max_tokens = [prompt, opening.token], max_tokens - 1
        if max_tokens < 1:
            return "length"
        request = _request(asked, max_tokens) | ({"ignore_eos": True} if limits.to_the_last else {})
        with closing(self._server.parts(request, deadline=deadline)) as parts:
            for part in parts:
                choice = part["choices"][0]
                if choice["text"]:
                    yield _Text(choice["text"])
                if choice["finish_reason"]:
                    return _ENDINGS.get(choice["finish_reason"], "stop")
        return "stop"

    def _opening(self, prompt: str, deadline: float) -> "_Opening | None":
        """What an answer opens with; None where the model ends it before its first word.

        Refusals all open alike and answers do not, so that the likeliest opening may be a refusal's although an answer
        of some kind is far likelier: then it is the next best.
        """
        request = _request([prompt], 1) | {"logprobs": OPENINGS}
        with closing(self._server.parts(request, deadline=deadline)) as parts:
            found = [one for part in parts for one in ((part["choices"][0]["logprobs"] or {}).get("content") or [])]
        if not found:
            return None
        likely = found[0]["top_logprobs"]
        chances = [math.exp(one["logprob"]) for one in likely]
        refusing = sum(chance for one, chance in zip(likely, chances, strict=True) if one["id"] in self._refusing)
        unlikely = likely[0]["id"] in self._refusing and chances[0] < REFUSED_FROM
        chosen = likely[1] if unlikely and len(likely) > 1 else likely[0]
        return _Opening(chosen["id"], chosen["token"], refusing)


@dataclass(frozen=True)
class _Text:
    """A part of what llama.cpp makes; see Piece."""

    text: str
    refusing: float | None = None


@dataclass(frozen=True)
class _Opening:
    """A first token, and the probability of a refusal."""

    token: int
    text: str
    refusing: float


def _request(prompt: Sequence[str | int], max_tokens: int) -> dict[str, Any]:
    """Greedy; told of the reading too, so that a reader who leaves need not be waited for until it is done."""
    return {
        "prompt": prompt[0] if len(prompt) == 1 else list(prompt),
        "max_tokens": max_tokens,
        "temperature": 0,
        "stream": True,
        "return_progress": True,
    }


def _next(texts: Generator[_Text, None, Ending]) -> tuple[_Text, Ending | None]:
    """The next text; or, once there is none, why."""
    try:
        return next(texts), None
    except StopIteration as stopped:
        return _Text(""), stopped.value
    except TimeoutError:
        return _Text(""), "time"


def _openings(tokenize: Callable[[str], Sequence[int]]) -> frozenset[int]:
    """The first tokens of the refusals."""
    return frozenset(tokenize(text)[0] for text in (f" {REFUSAL['en']}", REFUSAL["zh"]))


def _template(file: GgufFile) -> ChatTemplate:
    """A model's own template, as transformers fills it."""
    template = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(file.chat_template)
    return lambda turns: template.render(messages=turns, add_generation_prompt=True, bos_token="", eos_token="")
