"""When the bot offers a person beside its answer, and what counts as saying yes to that."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

import yaml

from bot.answering.turn import Answer, Turn
from bot.conversation.messages import MessageView
from bot.reply import Citation

FAILURES = 2
"""So many answers in a row that were none, or that the shopper rated bad."""

_NO_FAILURE = frozenset({"injection"})


class Temper(Protocol):
    """How a shopper feels by their latest messages."""

    @property
    def angry(self) -> bool:
        """Clearly negative, and not for the first time."""
        ...


@dataclass(frozen=True)
class _Cues:
    accepts: re.Pattern[str]
    policy: re.Pattern[str]


def offer(turn: Turn, answer: Answer, temper: Temper | None) -> str:
    """Why this answer should offer a person; empty when it should not.

    Args:
        turn: the question and what was said before.
        answer: what the bot is about to say.
        temper: how the shopper feels, if that was told in time.
    """
    failed = answer.outcome == "refused" and answer.reason not in _NO_FAILURE
    if failed and _failures(turn.earlier) + 1 >= FAILURES:
        return "failed_twice"
    if failed and answer.reason not in ("unclear", "too_long"):
        return "refused"
    if temper is not None and temper.angry:
        return "mood"
    if answer.outcome == "answered" and _sends_to_people(answer.citations):
        return "policy"
    if _failures(turn.earlier) >= FAILURES:
        return "failed_twice"
    return ""


def accepted(turn: Turn) -> bool:
    """Whether the message says yes to the offer of a person in the reply before it."""
    if not turn.earlier or not turn.earlier[-1].offers_person:
        return False
    plain = re.sub(r"[^\w\s']+", " ", turn.text.casefold()).strip()
    return bool(_cues().accepts.fullmatch(" ".join(plain.split())))


def _failures(earlier: Sequence[MessageView]) -> int:
    """How many of the bot's latest replies in a row were none, or were rated bad."""
    count = 0
    for message in reversed(earlier):
        if message.role == "user":
            continue
        if message.role != "assistant" or (message.outcome != "refused" and message.rating != -1):
            break
        count += 1
    return count


def _sends_to_people(citations: Sequence[Citation]) -> bool:
    return any(_cues().policy.search(citation.quote.casefold()) for citation in citations)


@cache
def _cues() -> _Cues:
    read = yaml.safe_load((files("bot.answering") / "offer_cues.yaml").read_text(encoding="utf-8"))
    return _Cues(**{name: re.compile("|".join(f"(?:{cue})" for cue in cues)) for name, cues in read.items()})
