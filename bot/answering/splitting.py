"""Splitting: the questions of which a message is made, each with what is said to it."""

import re
from collections.abc import Iterator

from bot.answering.evidence import ABBREVIATION
from bot.answering.intent import SMALL_TALK, classify
from knowledge.keywords import tokenize

MOST = 4
"""Questions of one message that are answered apart; more are taken as one, of which the best is answered."""

FRAGMENT = 2
"""Content words, up to which a piece without a question word is a guess or an alternative: "2 days?", "Visa?"."""

_PIECES = re.compile(
    r"(?<=[？！。])(?![？！。?!”’」』）)\"'])\s*|(?<=[?!])(?![?!？！。])[”’\"')]*(?:\s+|(?=[㐀-鿿])|$)"
    r"|(?<=[a-z)\]][.;])\s+(?=[A-Z])|\n+"
)
_END_MARK = re.compile(r"[.!。！;；][\s”’」』）)\"']*$")
_QUESTION_MARK = re.compile(r"[?？][\s!！?？”’」』）)\"']*$")
_LIST_MARK = re.compile(r"^\s*(?:\d{1,2}[.)、]|[-*•·])\s*(?=\S)")
_CONNECTIVE = re.compile(
    r"^(?:and )?also(?: [,:]|[,:\s])\s*|^(?:and |oh,? )?(?:plus|besides|by the way|btw|oh|secondly)\s*[,:]\s*"
    r"|^(?:oh )?(?:and )?(?:one (?:more|last)|another) (?:thing|question)\s*[,:.]?\s*"
    r"|^(?:再(?:请|想)?问(?:一个|一下|下)?|顺便(?:再)?(?:想)?问?(?:一下|下)?|还想问(?:一下|下)?)(?:个问题)?[\s,:，：、]*"
    r"|^(?:另外|还有|对了|此外|其次)[\s,:，：、]+|^另外(?=[你您我请能可怎想问发])",
    re.IGNORECASE,
)
_STARTS = (
    r"(?:(?:and|but|so|then|or) )?(?:what|how|when|where|who|which|whose|why|can|could|do|does|did|is|are|was|were|will"
    r"|would|should|may|has|have|am)\b"
)
_ASKS = re.compile(
    rf"^{_STARTS}|[吗么嘛呢]\s*[？?]?$|什么|怎么|多少|多久|多大|如何|哪|几[天个件次年月点]|能不能|可不可以|有没有|是否|是不是|会不会|行不行",
    re.IGNORECASE,
)
_OPENS_A_LINE = re.compile(rf"^(?:{_STARTS}|请问|怎么|什么|多少|有没有|能不能|可以)", re.IGNORECASE)
_CHECKS = re.compile(
    r"^(?:(?:and |but )?(?:is|was|would) (?:that|this|it) )?(?:all )?(?:right|correct|true|really|seriously"
    r"|sure|surely|possible|ok|okay|please|yes or no|any ideas?|any(?:one|body) (?:there|here))\W*$"
    r"|^(?:can|could|would|will) (?:you|i|some(?:one|body)|any(?:one|body)) (?:please )?(?:tell|help|ask|explain|advise"
    r"|answer)(?: me| you| us)?(?: (?:a question|something|that|this|out|with (?:that|this)))?(?: please)?\W*$"
    r"|^(?:真的吗?|真的假的|对(?:吗|吧|不对)?|是(?:吗|吧|不是)|没错吧?|亲|有人(?:吗|在吗)|在(?:吗|不在)?|(?:可以|行|能)(?:吗|么|不)"
    r"|(?:可以|能|麻烦|请)?(?:您|你)?(?:告诉|帮)(?:一?下)?我?(?:一下)?(?:吗|么)?)\W*$",
    re.IGNORECASE,
)
"""A question whether something just said is so or may be, or whether one may ask at all."""
_BARE = re.compile(
    r"^(?:and |but |so )?(?:how (?:much|long|many|soon|fast|often)|when|where|why|what|which|who|price|costs?|fees?)"
    r"(?: (?:is|does|would|will|do) (?:it|that|this|they)(?: (?:take|cost|be))?)?\W*$"
    r"|^(?:那|又|大概|要|得)*(?:多少钱?|多久|几天|什么时候|怎么(?:弄|办|样|做)|为什么|在哪里?|哪里|运费|价格)(?:到|呢|啊|呀)?\W*$",
    re.IGNORECASE,
)
"""A question that asks of what was just said: "and how much?"."""
_OR = re.compile(r"\bor\b|还是", re.IGNORECASE)


def questions_in(text: str) -> tuple[str, ...]:
    """The questions of a message, each with what is said to it; one where there are not several, or too many.

    "My sister marries soon. Do you ship to Canada? And what does wrapping cost?" has two.
    """
    found: list[str] = []
    lead: list[str] = []
    for piece in _pieces(text):
        bare = _CONNECTIVE.sub("", piece).strip() or piece
        if _asks(bare) and not (found and _belongs_to_the_last(bare)):
            found.append(" ".join([*lead, bare]))
            lead = []
        elif found:
            found[-1] = f"{found[-1]} {piece}"
        else:
            lead.append(piece)
    return tuple(found) if 1 < len(found) <= MOST else (text,)


def _pieces(text: str) -> Iterator[str]:
    """Sentences and lines; a line that goes on with the sentence before it is no piece of its own."""
    kept = ""
    for piece in (part.strip() for part in _PIECES.split(text) if part.strip()):
        new = _LIST_MARK.sub("", piece)
        ended = _END_MARK.search(kept) or _QUESTION_MARK.search(kept) or new != piece or _OPENS_A_LINE.search(new)
        if kept and (ABBREVIATION.search(kept) or not ended):
            kept = f"{kept} {piece}"
            continue
        if kept:
            yield kept
        kept = new
    if kept:
        yield kept


def _asks(piece: str) -> bool:
    """Whether a piece asks for something: by its mark, or without any by how it is put."""
    if _CHECKS.search(piece) or classify(piece).name in SMALL_TALK:
        return False
    asked = _QUESTION_MARK.search(piece) or (not _END_MARK.search(piece) and _ASKS.search(piece))
    return bool(asked and _content(piece))


def _belongs_to_the_last(piece: str) -> bool:
    if _BARE.search(piece):
        return True
    return not _ASKS.search(piece) and bool(len(_content(piece)) <= FRAGMENT or _OR.search(piece))


def _content(piece: str) -> set[str]:
    return {word for word in tokenize(piece) if not word.isdigit()}


def asked_last(text: str) -> str:
    """The last question of a text, without what was said before it."""
    return next((piece for piece in reversed([*_pieces(text)]) if _asks(piece)), text)
