"""Courtesies: what the bot says to a greeting, thanks, a goodbye, and to what it cannot read, without search."""

from bot.answering.turn import Answer, Turn


def courtesy(turn: Turn, intent: str) -> Answer:
    """The reply to a message that asks nothing of the shop's knowledge."""
    words = turn.words
    if intent == "greeting" and not turn.earlier:
        text = turn.profile.greeting.get(turn.language) or words.say("capabilities", shop=turn.shop_name)
    else:
        key = "greeting_again" if intent == "greeting" else intent
        text = words.say(key, shop=turn.shop_name)
    offered = intent in {"greeting", "capabilities", "who"}
    suggestions = tuple(turn.profile.suggested_questions.get(turn.language, ()))[:3] if offered else ()
    return Answer(text=text, outcome="answered", gear="none", reason=intent, suggestions=suggestions)


def unclear(turn: Turn) -> Answer:
    """The reply to a message without words."""
    suggestions = tuple(turn.profile.suggested_questions.get(turn.language, ()))[:3]
    return Answer(turn.words.say("unclear"), "refused", "none", "unclear", suggestions=suggestions)


def out_of_bounds(turn: Turn) -> Answer:
    """The reply to a message that tries to change what the bot is."""
    text = turn.words.say("out_of_bounds", shop=turn.shop_name)
    suggestions = tuple(turn.profile.suggested_questions.get(turn.language, ()))[:3]
    return Answer(text, "refused", "none", "injection", suggestions=suggestions)


def too_long(turn: Turn) -> Answer:
    """The reply to a message that is too long to be one question."""
    return Answer(turn.words.say("too_long"), "refused", "none", "too_long")
