"""Said: a text as the grounding check reads it, worked out once."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.answering.grounding.kinds import kinds_in
from bot.answering.grounding.words import concept, content_words, negations, one_phrase, pattern, without_numbers
from bot.answering.quantities import Quantity, normalised, quantities
from knowledge.keywords import tokenize

TEXTS_KEPT = 16384  # a shop's passages are read again and again

Bound = Literal["least", "most", ""]

_CLAUSE = re.compile(
    r"[,;，；、。!?！？](?=\s|$|[^\d\s])|(?<![ap]\.m)\.(?=\s|$)|\s(?:but|and|while|whereas|yet|because|so)\s|但是?|而(?!且)|不过"
)
_PART = re.compile(
    rf"{_CLAUSE.pattern}|\s(?:and|with|plus|even|at|by|including|without)\s|并且?|还(?=[送赠可会有])|以及"
)
_HAN = re.compile(r"[㐀-鿿]")
_LATIN = re.compile(r"[A-Za-z][\w&'’-]{2,}")
_HAN_RUN = re.compile(r"[㐀-鿿]+")
_OPENING = re.compile(
    r"(?P<yes>yes|yeah|sure|certainly|of course|是的|会的?|有的?|当然(?:可以)?|对的?"
    r"|(?:也|还)?(?:可以|能|够|支持|包括)的?[㐀-鿿]{0,2})\s*[,.，。!！:：]\s*"
    r"|(?P<no>no|nope|unfortunately not"
    r"|(?:已经|还)?(?:不是|不可以|不能|不行|不会|没有|不支持|不够|无法|不|没)的?[㐀-鿿]{0,3})\s*[,.，。!！:：]\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clause:
    """A part of a sentence that may be negated apart from the others."""

    text: str
    words: frozenset[str]
    negated: bool
    numbers: tuple[tuple[Quantity, Bound], ...]


@dataclass(frozen=True)
class Said:
    """A text as read.

    Attributes:
        text: half-width, lower case, without its opening "Yes,".
        words: those that say something, in order.
        bag: the same with one name for all words of one meaning.
        tokens: all its words, as the keyword index cuts them.
        spoken: the same without its numbers.
        kinds: the countries, days, colours and the like that it names, each with its kind.
        numbers: each quantity, and whether it is the least or the most of something.
        parts: the words of its smallest parts, those without a word left out.
        negated: whether it says no an odd number of times.
        conditional: whether it limits itself by an if, unless or only.
        letters: pairs of neighbouring Chinese characters and the words in other letters.
        opening: 1 for "Yes,", -1 for "No,", 0 without either.
    """

    text: str
    words: tuple[str, ...]
    bag: frozenset[str]
    tokens: frozenset[str]
    spoken: frozenset[str]
    kinds: frozenset[tuple[str, str]]
    numbers: tuple[tuple[Quantity, Bound], ...]
    clauses: tuple[Clause, ...]
    parts: tuple[tuple[str, ...], ...]
    negated: bool
    conditional: bool
    letters: frozenset[str]
    opening: int
    chinese: bool


@lru_cache(maxsize=TEXTS_KEPT)
def read(text: str) -> Said:
    """Read a text."""
    opening = _OPENING.match(text)
    body = text[opening.end() :] if opening and opening.end() < len(text) else text
    normal = normalised(body)
    words = tuple(content_words(body))
    return Said(
        text=normal,
        words=words,
        tokens=frozenset(tokenize(body)),
        spoken=frozenset(tokenize(without_numbers(normal))),
        bag=frozenset(words) | frozenset(concept(word) for word in words),
        kinds=kinds_in(normal),
        numbers=_numbers(normal),
        clauses=tuple(_clauses(body)),
        parts=tuple(tuple(words) for words in map(content_words, filter(None, _PART.split(body))) if words),
        negated=negations(body) % 2 == 1,
        conditional=bool(pattern("conditions").search(normal)),
        letters=_letters(without_numbers(one_phrase(normal))),
        opening=(1 if opening["yes"] else -1) if opening else 0,
        chinese=is_chinese(text),
    )


def is_chinese(text: str) -> bool:
    """Whether it is written in Chinese, names in other letters aside."""
    han = len(_HAN.findall(text))
    return han * 2 > sum(map(len, _LATIN.findall(text))) / 3 and han > 0


def _clauses(text: str) -> list[Clause]:
    pieces = [piece for piece in _CLAUSE.split(text) if piece and piece.strip()]
    return [
        Clause(piece, frozenset(content_words(piece)), negations(piece) % 2 == 1, _numbers(normalised(piece)))
        for piece in pieces
    ]


def _numbers(normal: str) -> tuple[tuple[Quantity, Bound], ...]:
    return tuple((quantity, _bound(quantity, normal)) for quantity in quantities(normal))


def _bound(quantity: Quantity, text: str) -> Bound:
    before, after = text[: quantity.start], text[quantity.end :]
    if pattern("most_before").search(before):
        return "most"
    if pattern("least_before").search(before):
        return "least"
    if pattern("least_after").match(after):
        return "least"
    return "most" if pattern("most_after").match(after) else ""


def _letters(text: str) -> frozenset[str]:
    pairs = {run[place : place + 2] for run in _HAN_RUN.findall(text) for place in range(max(len(run) - 1, 1))}
    return frozenset(pairs | {word.lower() for word in _LATIN.findall(text)})
