"""Passes a conversation to a person, with a summary, and tells the shopper so."""

from bot.answering.turn import Answer, Turn
from bot.conversation.handoff import Handoffs

MESSAGES_SUMMARISED = 6
CHARACTERS_A_MESSAGE = 200


def hand_over(turn: Turn, handoffs: Handoffs, *, reason: str) -> Answer:
    """Ask for a person once and say that it was done."""
    words = turn.words
    already = handoffs.open_request(turn.conversation_id) is not None
    if already:
        text = words.say("handed_over_already")
    else:
        handoffs.request(turn.conversation_id, reason=reason, summary=summary(turn))
        hours = turn.profile.opening_hours.get(turn.language, "")
        text = words.say("handed_over_angry" if reason == "angry" else "handed_over")
        text = words.join(text, words.say("handed_over_hours", hours=hours))
    return Answer(text, "handed_off", "none", reason)


def summary(turn: Turn) -> str:
    """The last messages, one a line, oldest first, for the person who takes over."""
    lines = [f"{message.role}: {message.text}" for message in turn.earlier[-MESSAGES_SUMMARISED:]]
    lines.append(f"user: {turn.text}")
    return "\n".join(" ".join(line.split())[:CHARACTERS_A_MESSAGE] for line in lines)
