"""What a message tells about who the shopper is; read from it as typed, used for one look-up and kept nowhere."""

import re
import unicodedata

from bot.answering.intent import order_number
from bot.answering.turn import Turn
from bot.ordering import Claim

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_POSTCODE = re.compile(
    r"(?<![\w-])(?:\d{5}(?:-\d{4})?|\d{6}|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d)"
    r"(?![\w-])"
)
_GOES_ON = (
    r"(?:and|in|from|at|with|my|living|who|zip|postcode|postal|i|the|looking|here|calling|trying|not|a|an|just|so)"
)
_WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+)?"
_INTRODUCED = re.compile(
    rf"(?:\b(?:my (?:full )?name(?: is|'s|:)|i am|i'm|im|this is|name:?|it's|its|called))\s+"
    rf"(?P<first>(?!{_GOES_ON}\b){_WORD})\s+(?P<last>(?!{_GOES_ON}\b){_WORD})",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<![\w@.])(?P<first>(?=[A-ZÀ-Þ]){_WORD})\s+(?P<last>(?=[A-ZÀ-Þ]){_WORD})(?![\w@])")
_CHINESE = re.compile(
    r"(?:我叫|我是|姓名(?:是|为|叫|[:：])?|名字(?:是|叫|[:：])?)\s*(?P<last>[㐀-鿿]{2,4}?)(?=[，,。；;\s、\d]|邮|的|$)"
)
_CHINESE_BARE = re.compile(r"^\s*(?P<last>[㐀-鿿]{2,4})(?=[，,\s、]*\d)")

_ITEM = re.compile(
    r"\b(?:item|product|article)s?\b\W*(?:ids?|numbers?|no)?\W*(?:is|are)?\W*\d+|商品(?:编)?号?\W*\d+", re.IGNORECASE
)


def claim_in(turn: Turn, *, asked: bool) -> Claim:
    """What the message claims about who writes it.

    Args:
        turn: the message.
        asked: whether the shopper was asked who they are, so that a name and a number need no introduction.
    """
    typed = unicodedata.normalize("NFKC", turn.typed)
    email = EMAIL.search(typed)
    number = _number(turn)
    rest = EMAIL.sub(" ", typed)
    if number:
        rest = re.sub(re.escape(number), " ", rest, flags=re.IGNORECASE)
    postcode = _POSTCODE.search(rest)
    first, last = _name(rest, asked=asked)
    return Claim(
        order_number=number or "",
        email=email.group() if email else "",
        postcode=postcode.group() if postcode else "",
        first=first,
        last=last,
    )


def claims_anything(claim: Claim) -> bool:
    """Whether the message brings something that only the customer knows."""
    return bool(claim.email or claim.postcode)


def _number(turn: Turn) -> str | None:
    """The order number of this message, else the latest one said before."""
    said = (turn.text, *(message.text for message in reversed(turn.earlier) if message.role == "user"))
    return next((number for number in (order_number(_ITEM.sub(" ", text)) for text in said) if number), None)


def _name(rest: str, *, asked: bool) -> tuple[str, str]:
    found = _INTRODUCED.search(rest) or _CHINESE.search(rest)
    if not found and asked:
        found = _BARE.search(rest) or _CHINESE_BARE.search(rest)
    if not found:
        return "", ""
    named = found.groupdict()
    return named.get("first") or "", named["last"]
