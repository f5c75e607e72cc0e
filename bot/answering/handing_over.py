"""Passes a conversation to a person, with a summary, and tells the shopper so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bot.answering.turn import Answer, Turn
from bot.conversation.handoff import Handoffs
from knowledge.profile import ShopProfile

MESSAGES_SUMMARISED = 6
CHARACTERS_A_MESSAGE = 200
ANGRY_URGENCY_SECONDS = 300.0
"""Who is angry stands before those who asked up to so much earlier."""


@dataclass(frozen=True)
class PeopleAreThere:
    """Whether a person would answer now.

    Attributes:
        open: it is within the opening hours, or an agent sits at the desk anyway.
        opens_at: when somebody answers next, if nobody does now and it can be told.
    """

    open: bool = True
    opens_at: datetime | None = None


def people_there(profile: ShopProfile, *, now: datetime, agents: int) -> PeopleAreThere:
    """By the shop's hours, and by who is at the desk.

    Args:
        profile: of the shop.
        now: the present time.
        agents: how many sit at the desk.
    """
    if agents or profile.hours.open_at(now, profile.timezone):
        return PeopleAreThere()
    return PeopleAreThere(open=False, opens_at=profile.hours.next_opening(now, profile.timezone))


def always_there(_profile: ShopProfile) -> PeopleAreThere:
    """What is assumed where nobody knows better."""
    return PeopleAreThere()


Availability = Callable[[ShopProfile], PeopleAreThere]
"""Whether people of a shop answer now."""


def hand_over(turn: Turn, handoffs: Handoffs, *, reason: str, there: PeopleAreThere) -> Answer:
    """Ask for a person once and say that it was done."""
    words = turn.words
    if handoffs.open_request(turn.conversation_id) is not None:
        return Answer(words.say("handed_over_already"), "handed_off", "none", reason)
    urgency_seconds = ANGRY_URGENCY_SECONDS if reason == "angry" else 0.0
    handoffs.request(turn.conversation_id, reason=reason, summary=summary(turn), urgency_seconds=urgency_seconds)
    text = words.say("handed_over_angry" if reason == "angry" else "handed_over")
    if there.open:
        hours = turn.profile.opening_hours.get(turn.language, "")
        text = words.join(text, words.say("handed_over_hours", hours=hours))
    else:
        text = words.join(text, _closed(turn, there), words.say("leave_contact"))
    return Answer(text, "handed_off", "none", reason)


def _closed(turn: Turn, there: PeopleAreThere) -> str:
    if there.opens_at is None:
        return turn.words.say("nobody_there")
    local = there.opens_at.astimezone(ZoneInfo(turn.profile.timezone))
    when = format_datetime(local, turn.words.say("opening_format"), locale=turn.language)
    return turn.words.say("nobody_there_until", when=when)


def noted(turn: Turn) -> Answer:
    """While a person is waited for: what the bot cannot answer is kept for them; said once, then only done."""
    last = next((message for message in reversed(turn.earlier) if message.role != "user"), None)
    text = turn.words.say("noted_for_colleague")
    if last is not None and last.text == text:
        text = ""
    return Answer(text, "handed_off", "none", "noted")


def summary(turn: Turn) -> str:
    """The last messages, one a line, oldest first, for the person who takes over."""
    lines = [f"{message.role}: {message.text}" for message in turn.earlier[-MESSAGES_SUMMARISED:]]
    lines.append(f"user: {turn.text}")
    return "\n".join(" ".join(line.split())[:CHARACTERS_A_MESSAGE] for line in lines)
