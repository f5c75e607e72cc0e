"""What goes into an answer's writing and what comes out of it: the prompt, the limits, the pieces."""

from dataclasses import dataclass
from typing import Literal

Ending = Literal["stop", "length", "time", "repetition"]
"""Why a text ended: the model or a stop text, the token limit, the time limit, or the model had begun to loop."""

REFUSED_FROM = 0.3
"""Probability from which a tuned model's opening of a refusal is followed; chosen on dev examples."""


@dataclass(frozen=True)
class Prompt:
    """What a model reads.

    Attributes:
        constant: the beginning, the same for every question of a kind: instructions and examples.
        varying: the rest: passages, question, and the cue at which the answer begins.
        stops: texts at which the answer ends, beside those the caller asks for.
    """

    constant: str
    varying: str
    stops: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole of it."""
        return self.constant + self.varying


@dataclass(frozen=True)
class Limits:
    """How far a text may go.

    Attributes:
        max_tokens: of the answer.
        seconds: from the asking to the last token.
        stops: texts at which the answer ends; they are not part of it.
        to_the_last: it goes on to the last token whatever the model says: for measurements.
    """

    max_tokens: int
    seconds: float
    stops: tuple[str, ...] = ()
    to_the_last: bool = False


@dataclass(frozen=True)
class Piece:
    """A part of the answer; the last one of a text says why it ended.

    Attributes:
        refusing: in the first piece of a tuned model's: the probability, 0 to 1, with which it opens with a refusal.
    """

    text: str
    tokens: int = 0
    ending: Ending | None = None
    refusing: float | None = None
