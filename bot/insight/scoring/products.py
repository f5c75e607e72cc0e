"""Which product each shopper's message of a conversation speaks of."""

import re
from collections.abc import Mapping

from bot.insight.scoring.talk import Talk

_WORD = re.compile(r"[\w.-]{3,}")


def products_of(talk: Talk, known: Mapping[str, str]) -> Mapping[str, str]:
    """By id of the shopper's message the product, where one can be told.

    A product's id in the message itself tells most, then the first product that the answer to it shows or cites, then
    the product spoken of before.

    Args:
        talk: the conversation.
        known: product ids that may be written out in messages, by themselves in lower case.
    """
    answered = {one.reply_to: one.products[0] for one in talk.said if one.reply_to and one.products}
    found: dict[str, str] = {}
    last = ""
    for one in talk.said:
        if one.by_shopper:
            last = _named(one.text, known) or answered.get(one.message_id, "") or last
            if last:
                found[one.message_id] = last
        elif one.products:
            last = one.products[0]
    return found


def words_of(talk: Talk) -> list[str]:
    """What in the shopper's messages could be a product's id, in lower case, each once."""
    words = (word for one in talk.said if one.by_shopper for word in _WORD.findall(one.text.lower()))
    return list(dict.fromkeys(word.strip(".-") for word in words if any(letter.isdigit() for letter in word)))


def _named(text: str, known: Mapping[str, str]) -> str:
    words = (word.strip(".-") for word in _WORD.findall(text.lower()))
    return next((known[word] for word in words if word in known), "")
