"""Statement and Verdict: what a sentence is held to, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Statement:
    """A piece of evidence.

    Attributes:
        text: what it says.
        context: title and heading above it: names may come from there, facts may not.
        passage: number of the passage it is from, where the evidence is of several.
    """

    text: str
    context: str = ""
    passage: int = 0


@dataclass(frozen=True)
class Verdict:
    """What the check found.

    Attributes:
        grounded: whether the sentence may be shown.
        reason: the sign that speaks most against it; empty when grounded.
        score: how surely the evidence holds it, 0 to 1; between languages, from their similarity.
        place: of the evidence statement that the sentence rests on; of two that hold it together, the one that holds
            more of it by itself; where none does, the one that comes nearest.
    """

    grounded: bool
    reason: str
    score: float
    place: int


class SentenceCheck(Protocol):
    """Decides whether a sentence may be shown; `GroundingCheck` is the real one."""

    def check(self, sentence: str, evidence: Sequence[Statement], question: str = "") -> Verdict:
        """Whether the evidence holds all that the sentence says in answer to the question."""
        ...
