"""Reaching us: the address or number at which the shop as a whole is reached."""

import re
from collections.abc import Sequence

from bot.answering.asking import asking
from bot.answering.citing import quoted
from bot.answering.extraction import Reading, Readings, extract
from bot.answering.shop_words import meant
from bot.answering.turn import Answer, Turn

_BY_PHONE = re.compile(r"\b(?:phone|telephone|call|ring|hot ?line)\b|电话|热线", re.IGNORECASE)
_BY_MAIL = re.compile(r"\b(?:e-?mail|mail|write)\b|邮箱|邮件|写信", re.IGNORECASE)
_ITS_OWN = "customer care"
"""How `shop_words.yaml` names the shop's own people: a question that speaks of nothing else is to all of the shop."""
_BESIDE = {"contact", "way", "amount", "whether"}
"""Kinds of answers that "how do I reach you", "what is your number" and "is there an address" want."""


def reaching_us(turn: Turn, question: str, found: Readings) -> Answer | None:
    """Where the shop as a whole is reached, by its profile: the page that says so, or the profile by itself.

    Pages name many addresses, for warranty claims, wholesale or privacy; which of them is the shop's own no page says.

    Args:
        turn: the message.
        question: standing alone.
        found: what was read for it.

    Returns:
        None where another thing is asked, or the profile does not tell.
    """
    asked = asking(question)
    if "contact" not in asked.kinds or not set(asked.kinds) <= _BESIDE:
        return None
    if any(thing.shops["en"] != _ITS_OWN for thing in meant(question)):
        return None
    contact = turn.profile.contact
    ways = [("email", _BY_MAIL, contact.email), ("phone", _BY_PHONE, contact.phone)]
    known = [(name, value) for name, way, value in ways if value and way.search(question)]
    known = known or [(name, value) for name, _, value in ways if value]
    if not known:
        return None
    told = _told(found, [value for _, value in known], turn.language)
    if told:
        return quoted(turn, [extract(told, led=True)], reason="reaching_us")
    said = turn.words.listed([turn.words.say(f"by_{name}", value=value) for name, value in known])
    return Answer(turn.words.say("reach_us", ways=said), "answered", "facts", "reaching_us")


def _told(found: Readings, values: Sequence[str], language: str) -> Reading | None:
    """The likeliest passage that holds all of these, with the statements that do."""
    for one in found.ranked:
        if one.passage.chunk.language != language:
            continue
        places = [place for place, unit in enumerate(one.units) if any(value in unit.text for value in values)]
        if all(any(value in one.units[place].text for place in places) for value in values):
            return one.showing(*places)
    return None
