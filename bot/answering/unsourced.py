"""Sentences that need no evidence because they state nothing of the shop: asking back, and saying what is not said."""

import re
from collections.abc import Sequence
from functools import cache

from knowledge.keywords import tokenize

_ASKS = re.compile(
    r"^(?:which|what|where|when|who|do you|did you|are you|is it|is this|is that|could you|can you|would you|please)\b"
    r"|^(?:请问|您|你|哪|是指|麻烦)",
    re.IGNORECASE,
)
_ASKED = re.compile(r"[?？]$")
_NOT_SAID = re.compile(
    r"\b(?:pages?|site|we|information)\b.{0,40}\b(?:(?:do|does|did)(?:n['’]t| not)|(?:could|can)(?:n['’]t|not| not)) "
    r"(?:say|state|mention|tell|find|give)\b|\bwe have no information on\b"
    r"|(?:没有|未)(?:写|说明|提到|提及|注明|标明|查到|找到)",
    re.IGNORECASE,
)


def states_nothing(sentence: str, question: str, passages: Sequence[str]) -> bool:
    """Whether a sentence only asks back, or only says that the pages do not say something.

    All its words must be of such sentences, of the question, or, where it asks, of the passages; and it must name no
    number that the question does not name. Anything else could be a statement in disguise ("Did you know that returns
    are free?"). What the shopper has said is not asked again.

    Args:
        sentence: what the model wrote, without marks.
        question: what it was asked.
        passages: what it was given.
    """
    asks = bool(_ASKED.search(sentence) and _ASKS.search(sentence))
    if not asks and not _NOT_SAID.search(sentence):
        return False
    known = f"{question} {' '.join(passages)}" if asks else question
    if set(re.findall(r"\d+", sentence)) - set(re.findall(r"\d+", known)):
        return False
    words = set(tokenize(sentence)) - _free()
    return words <= set(tokenize(known)) and not (asks and words & set(tokenize(question)))


@cache
def _free() -> frozenset[str]:
    """The words of such sentences; cut when first asked for, since that loads the Chinese dictionary."""
    return frozenset(
        tokenize(
            "which what where when who one do did you mean is it about the or and should go destination could can "
            "would please our pages page site say says not state mention anything find on in we have no information "
            "for to of a how long much many whether if us tell give"
        )
    ) | frozenset(tokenize("请问您问的是还是哪一款指收货地寄到至于我们页面上没有说明写查到关于这个信息有没找到"))
