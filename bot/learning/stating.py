"""Whether a text states a fact: judged by rules that know numbers, currencies, and yes from no, in both languages."""

import re
import unicodedata
from functools import lru_cache

from bot.answering.evidence import sentences
from bot.answering.grounding.reading import read
from bot.answering.quantities import Quantity, normalised, quantities
from bot.answering.tuned_text import MARK

_NO_EN = ("no", "no,", "not", "n't", "cannot", "can't", "can not", "never", "don't", "isn't", "won't")
_NO_ZH = ("不", "不能", "不可以", "不行", "不支持", "不可", "没有", "不会", "不是")
NO = frozenset((*_NO_EN, *_NO_ZH))
YES = frozenset(("yes", "yes,", "can", "may", "可以", "能", "是", "是的", "支持", "会", "行"))
"""Facts that are only a no or a yes: held to what the text says to the question, not to its letters."""

_SHARES = {"percent", "off"}
SHORT_WORD = 3  # letters, up to which a Latin word must stand as it is; longer ones may go on: refund, refunded

_DENIABLE = re.compile(
    r"(?:free|open|possible|included|covered|available|allowed|accepted|waterproof|returnable|refundable|yes|can|may)"
    r"|.*(?:免费|包邮|免运费|营业|包括|防水|可以|支持|退还)|能|开|退"
)
"""Facts that "not" turns round; of others, such as a thing that is not sold, the no is a fact of its own."""

_NEGATING = re.compile(
    r"(?:\b(?:not|no|never|cannot|without|nor)|n't)\s+(?:(?:be|a|an|the|any|yet|quite|really|offer|accept)\s+)?$"
    r"|(?:不|没|没有|未|无|非|勿|不能|不可|不可以|不会|不支持|不接受|不予)\s*$"
)
_SPACED = re.compile(r"(?<=[㐀-鿿])\s+|\s+(?=[㐀-鿿])")


def states(text: str, fact: str) -> bool:
    """Whether a text states a fact.

    A number is stated in any way of writing it ("1,299.00", "€1299", "thirty days"), with its unit where the fact has
    one; a yes or no by the opening or the negation; anything else by its words, where they are not denied.
    """
    text, fact = MARK.sub("", text), fact.strip()
    if fact.casefold() in NO:
        return says_no(text, anywhere=True)
    if fact.casefold() in YES:
        return says_yes(text)
    wanted = quantities(fact)
    if wanted and not _beside(fact, wanted):
        return all(_has_number(text, one, fact) for one in wanted)
    return _has_words(text, fact)


def denies(text: str, forbidden: str) -> bool:
    """Whether a text says what it must not; of a bare yes or no, whether it answers so.

    A quoted rule may go on with what is not allowed; only its first sentence is its answer.
    """
    text, forbidden = MARK.sub("", text), forbidden.strip()
    if forbidden.casefold() in NO:
        return says_no(text)
    if forbidden.casefold() in YES:
        return says_yes(text) if read(text).opening else False
    wanted = quantities(forbidden)
    if wanted and not _beside(forbidden, wanted):
        return all(_has_number(text, one, forbidden) for one in wanted)
    return _has_words(text, forbidden)


def same_share(one: Quantity, other: Quantity) -> bool:
    """Whether both are the same share of a price: "7 %" is "7 % off"."""
    return one.value == other.value and {one.unit, other.unit} == _SHARES


def says_no(text: str, *, anywhere: bool = False) -> bool:
    """Whether a text answers no: by its opening, else by a negated clause of its first sentence.

    Args:
        text: an answer.
        anywhere: a negated clause of any sentence will do.
    """
    said = [read(sentence) for sentence in sentences(text)]
    openings = [one.opening for one in said if one.opening]
    if anywhere:
        return any(one.opening < 0 or (not one.opening and any(part.negated for part in one.clauses)) for one in said)
    if openings:
        return max(openings) < 0  # of two questions that were asked, one may be answered no
    return any(part.negated for one in said[:1] for part in one.clauses)


def says_yes(text: str) -> bool:
    """Whether a text answers yes: by its opening, else by a word of permission that is not denied."""
    opening = read(text).opening
    if opening:
        return opening > 0
    return any(_has_words(text, word) for word in ("can", "may", "yes", "可以", "能", "支持", "也可", "同样"))


def _beside(fact: str, wanted: list[Quantity]) -> str:
    """What a fact says beside its numbers."""
    text = normalised(fact)
    for quantity in reversed(wanted):
        text = text[: quantity.start] + " " + text[quantity.end :]
    return "".join(letter for letter in text if letter.isalnum())


def _has_number(text: str, wanted: Quantity, fact: str) -> bool:
    said = quantities(text)
    if any(wanted.same(one) or same_share(wanted, one) for one in said):
        return True
    if wanted.unit:
        return False
    digits = re.escape(normalised(fact)[wanted.start : wanted.end].strip().replace(",", ""))
    if any(wanted.value == one.value for one in said):
        return True
    return bool(re.search(rf"(?<![\d.]){digits}(?![\d]|\.\d)", normalised(text).replace(",", "")))


def _has_words(text: str, words: str) -> bool:
    shown = _plain(text)
    denied = read(words).negated or not _DENIABLE.fullmatch(words.casefold())
    return any(denied or not _NEGATING.search(shown[: match.start()]) for match in _expression(words).finditer(shown))


@lru_cache(maxsize=4096)
def _expression(words: str) -> re.Pattern[str]:
    wanted = _plain(words)
    start = (
        r"(?<![a-z])"
        if wanted[:1].isascii() and wanted[:1].isalpha()
        else r"(?<![\d.])"
        if wanted[:1].isdigit()
        else ""
    )
    last = re.search(r"[a-z]+$", wanted)
    end = ""
    if last and len(last.group()) <= SHORT_WORD:
        end = r"(?:e?s)?(?![a-z])"
    elif wanted[-1:].isdigit():
        end = r"(?!\d|[.,]\d)"
    return re.compile(start + r"\s*".join(re.escape(piece) for piece in wanted.split()) + end)


def _plain(text: str) -> str:
    """Half-width, lower case, one kind of dash, no space beside Han, no thousands comma."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("–", "-").replace("−", "-").replace("’", "'")
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.replace("**", ""))
    text = re.sub(r"\s*-\s*", "-", text)
    return _SPACED.sub("", " ".join(text.split()))
