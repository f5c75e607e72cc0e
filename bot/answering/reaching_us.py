"""Reaching us: the address or number at which the shop as a whole is reached."""

import re
from collections.abc import Sequence

from bot.answering.asking import asking
from bot.answering.citing import quoted
from bot.answering.extraction import Reading, Readings, extract
from bot.answering.turn import Answer, Turn

_BY_PHONE = re.compile(r"\b(?:phone|telephone|call|ring|hot ?line)\b|电话|热线", re.IGNORECASE)
_BY_MAIL = re.compile(r"\b(?:e-?mail|mail|write)\b|邮箱|邮件|写信", re.IGNORECASE)
_NOTHING_ELSE = re.compile(
    r"\b(?:how|what|which|where|who|is|are|the|an?|any|there|do|does|can|could|may|should|i|we|me|you|your|yours|to|at|by"
    r"|on|of|for|in|with|via|and|or|have|got|give|tell|send|need|want|please|hello|hi|hey|thanks|contact|reach|touch|get"
    r"|hold|e-?mails?|mails?|write|phone|telephone|call|ring|hot ?line|line|numbers?|address|details|customers?|care"
    r"|services?|support|shop|store|team|staff|people|someone|somebody|company|s)\b"
    r"|请问|你们|您|店[里家铺]?|客服|人工|怎么|如何|怎样|才能|[能会]不[能会]|可以|能|联系|找|方式|有没有|有|的|个|邮箱|邮件|电子|电话|热线"
    r"|号码?|地址|是|多少|什么|哪[个里]?|发|写信?|打|给|用|吗|么|呢|啊|呀|告诉|一下|我|在线|谢谢|[卖商]家|到|[^\w]",
    re.IGNORECASE,
)
"""What a question on reaching the shop is made of; with anything else in it, it is on something else."""


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
    if _NOTHING_ELSE.sub("", question) or "contact" not in asking(question).kinds:
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
        places = [place for place, unit in enumerate(one.units) if any(_gives(unit.text, value) for value in values)]
        if all(any(_gives(one.units[place].text, value) for place in places) for value in values):
            return one.showing(*places)
    return None


def _gives(text: str, value: str) -> bool:
    """Whether a text has the address or number, and not as a part of another one."""
    return bool(re.search(rf"(?<![\w.+-]){re.escape(value)}(?![\w-]|\.\w)", text))
