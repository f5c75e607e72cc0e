"""The port behind which text is generated: in this process, by another engine, or by a server."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from langchain_core.messages import BaseMessage

from bot.answering.llm.rendering import Prompt

Ending = Literal["stop", "length", "time", "repetition"]
"""Why a text ended: the model or a stop text, the token limit, the time limit, or the model had begun to loop."""

REFUSED_FROM = 0.3
"""Probability from which a tuned model's opening of a refusal is followed; chosen on dev examples."""


@dataclass(frozen=True)
class Limits:
    """How far a text may go.

    Attributes:
        max_tokens: of the answer.
        seconds: from the asking to the last token.
        stops: texts at which the answer ends; they are not part of it.
    """

    max_tokens: int
    seconds: float
    stops: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A part of the answer; the last one of a text says why it ended."""

    text: str
    tokens: int = 0
    ending: Ending | None = None


class TextEngine(Protocol):
    """Continues a prompt.

    Attributes:
        tuned: it was tuned to answer from passages.
        at_once: how many prompts it gains by continuing at the same time.
    """

    name: str
    device: str
    tuned: bool
    at_once: int

    def render(self, messages: Sequence[BaseMessage]) -> Prompt:
        """The text that this engine's model is to continue."""

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        """The continuation, piece by piece as it comes; closing the iterator ends the work at once.

        The last piece, and only it, has an `ending`.

        Raises:
            GeneratorError: the model could not go on.
        """
