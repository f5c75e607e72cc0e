"""The port behind which text is generated: in this process, by another engine, or by a server."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from langchain_core.messages import BaseMessage

from bot.answering.decoding.pieces import Limits, Piece, Prompt


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
