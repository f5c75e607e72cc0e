"""How a conversation stands: the rules that a scoreboard counts by, as one pure function."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

Standing = Literal[
    "handed_off", "thumb_up", "said_solved", "given_up", "refused", "cited", "answered", "waiting", "chat"
]
"""What a conversation has come to, whatever the time is; `scoreboard.py` makes resolutions of it.

* `chat`: courtesies only, no question was asked
* `handed_off`: a person was asked for or wrote
* `waiting`: the last message has no reply
* `given_up`: the last thumb is down, and nothing was written after it
* `thumb_up`: the last thumb is up, and no question after it was refused
* `said_solved`: the last message says so, and the reply before it was an answer
* `refused`: the last question was refused
* `cited`: the last question was answered with a citation, and the shopper was not heard elsewhere since
* `answered`: the last question was answered otherwise
"""

RULES = 2
"""Version of everything that decides a summary; a greater one makes every summary anew."""

SILENCE = timedelta(hours=48)
"""No contact for so long after a cited answer, here or in another conversation, confirms it; who returns within it has
come back."""

PAUSE = timedelta(hours=1)
"""Whoever writes after so long a silence has come back; before it, they had not left."""

COURTESIES = frozenset({"greeting", "thanks", "goodbye", "acknowledged", "who", "capabilities"})
"""Intents of messages that ask nothing of the shop."""


@dataclass(frozen=True)
class Said:
    """One message, as far as the rules read it.

    Attributes:
        role: `user`, `assistant` or `human_agent`.
        intent: of the shopper's message that a reply answers, as traced; empty when not traced.
        rating: the thumb on a reply, -1, 1 or 0.
    """

    id: str
    role: str
    text: str
    at: datetime
    outcome: str = ""
    intent: str = ""
    reply_to: str = ""
    cites: bool = False
    rating: int = 0

    @property
    def courtesy(self) -> bool:
        """A reply to a mere courtesy."""
        return self.intent in COURTESIES


def standing(talk: Sequence[Said], *, asked_for_person: bool, elsewhere: Sequence[datetime] = ()) -> Standing:
    """How a conversation stands.

    Args:
        talk: all its messages in order; at least one is the shopper's.
        asked_for_person: a request for a person was made in it.
        elsewhere: when the same shopper wrote in other conversations with the shop.
    """
    if asked_for_person or any(said.role == "human_agent" or said.outcome == "handed_off" for said in talk):
        return "handed_off"
    replies = [said for said in talk if said.role == "assistant"]
    answers = [reply for reply in replies if not reply.courtesy]
    if not answers:
        return "chat" if replies else "waiting"
    last = next(said for said in reversed(talk) if said.role == "user")
    answered_ids = {reply.reply_to for reply in replies}
    if last.id not in answered_ids:
        return "waiting"
    silent = not any(talk[-1].at < at <= talk[-1].at + SILENCE for at in elsewhere)
    return _by_thumb(talk, answers) or _by_words(last, answers, silent=silent)


def came_back(talk: Sequence[Said], elsewhere: Sequence[datetime] = ()) -> bool:
    """The shopper wrote again, here or elsewhere, after an hour or more of silence and within 48 hours of an answer."""
    replied_at: datetime | None = None
    heard = [(said.at, said.role) for said in talk] + [(at, "user") for at in elsewhere]
    for at, role in sorted(heard):
        if role == "user" and replied_at is not None and PAUSE <= at - replied_at <= SILENCE:
            return True
        if role == "assistant":
            replied_at = at
    return False


def says_solved(text: str) -> bool:
    """A message that says that the matter is settled."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    solved, unless = _cues()
    return bool(solved.search(plain)) and not unless.search(plain)


def _by_thumb(talk: Sequence[Said], answers: Sequence[Said]) -> Standing | None:
    rated = [said for said in talk if said.rating]
    if not rated:
        return None
    thumb = rated[-1]
    after = talk[talk.index(thumb) + 1 :]
    if thumb.rating > 0:
        refused_since = any(said in answers and said.outcome == "refused" for said in after)
        return None if refused_since else "thumb_up"
    return None if any(said.role == "user" for said in after) else "given_up"


def _by_words(last: Said, answers: Sequence[Said], *, silent: bool) -> Standing:
    newest = answers[-1]
    # The message that says so is answered in turn; what it speaks of is the answer before that.
    before = [answer for answer in answers if answer.reply_to != last.id]
    if says_solved(last.text) and before and before[-1].outcome == "answered":
        return "said_solved"
    if newest.outcome == "refused":
        return "refused"
    return "cited" if newest.cites and silent else "answered"


@cache
def _cues() -> tuple[re.Pattern[str], re.Pattern[str]]:
    read = yaml.safe_load((files("bot.insight.analytics") / "solved_cues.yaml").read_text(encoding="utf-8"))
    solved, unless = ("|".join(f"(?:{cue})" for cue in read[name]) for name in ("solved", "unless"))
    return re.compile(solved), re.compile(unless)
