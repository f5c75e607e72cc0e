"""UnnamedPlaces: what the shop says of places that it does not name, for a question on sending to such a place."""

import re

from bot.answering.extraction import Reading, Readings
from bot.answering.shop_words import places_named

_SENDING = re.compile(
    r"\b(?:deliver(?:s|y|ies|ed|ing)?|ship(?:s|ped|ping|ment|ments)?|send(?:s|ing)?|sent|post(?:s|ed|age)?)\b"
    r"|配送|寄|发货|送货|送到|发到|发往|运到|运费|包邮",
    re.IGNORECASE,
)
_UNNAMED = re.compile(
    r"\bnot (?:in the (?:table|list)|listed|named|mentioned)\b"
    r"|\b(?:other|all|any|no other|further) (?:countries|places|destinations)\b"
    r"|\belsewhere\b|\banywhere else\b|\bworldwide\b"
    r"|没有列出|未列出|没列出|其他(?:国家|地区|地方)|其余(?:国家|地区)|世界各地|全球",
    re.IGNORECASE,
)
"""Of all places, or of those that are not named; "abroad" says nothing to a shopper at home."""
_SENT_FROM = re.compile(r"\bfrom\b|从|来自|发自", re.IGNORECASE)


def on_unnamed_places(question: str, found: Readings, language: str) -> Reading | None:
    """The statement on sending to all places that are not named, where the question names one that no page does.

    "We do not deliver to countries that are not in the table" answers "Do you ship to Norway?" although it shares
    hardly a word with it.

    Args:
        question: standing alone.
        found: what was read for it.
        language: of the answer.

    Returns:
        The likeliest such statement by itself; None where there is none, or a page names the place.
    """
    places = places_named(question)
    if not places or not _SENDING.search(question) or _SENT_FROM.search(question):
        return None
    told: Reading | None = None
    for one in found.ranked:
        chunk = one.passage.chunk
        if places_named(f"{chunk.title} {chunk.heading}") & places:
            return None
        for place, unit in enumerate(one.units):
            if places_named(f"{unit.lead} {unit.text}") & places:
                return None
            if chunk.language != language:
                continue
            if told is None and _SENDING.search(unit.text) and _UNNAMED.search(unit.text):
                told = one.showing(place)
    return told
