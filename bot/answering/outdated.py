"""Outdated: leaves out a page's text on an earlier time where another page says the like of a later one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.evidence import last_heading
from knowledge.documents import Passage
from knowledge.keywords import tokenize

LIKE = 0.2
"""Share of common words of two texts under titles that have a word in common, from which they are about the like: of
the outdated pages of imaginary train shops it finds two thirds, of other pairs with such titles 2 %."""

_YEAR = re.compile(r"(?<![A-Za-z0-9.,])(?:19|20)\d\d(?![A-Za-z0-9]|[.,]\d|\s*(?:g|kg|w|mah|ml|mm|m|元|克|毫)\b)")
_OVER = (
    r"\b(?:no longer (?:valid|in force)|archived?|outdated|obsolete|superseded|expired)\b"
    r"|失效|废止|作废|存档|过期|停止使用"
)
_GONE = re.compile(
    r"^(?:old|former|previous)\b.*\b(?:policy|policies|terms|conditions|rules?|prices?|fees|rates|version)\b"
    rf"|[(（,，—–-].*(?:{_OVER})|^旧版|历史版本",
    re.IGNORECASE,
)
_OF_TIME = re.compile(
    rf"{_OVER}|\b(?:old|former|previous|until|valid|since|from|as of|in force|terms? of|current(?: terms)?|new"
    r"|no longer|january|december)\b|[年月日版起]|现行|有效期至?|更新|旧版|新规|以前|执行",
    re.IGNORECASE,
)
_BOUGHT_THEN = re.compile(r"\b(?:bought|purchased|ordered|made|built) (?:before|until|in|from|since|after)\b|购买|生产")


@dataclass(frozen=True)
class _Dated:
    """What the name of a passage tells of its time.

    Attributes:
        year: the latest that it names; 0: none.
        gone: whether it says of itself that it holds no more.
        named: the words of its name, without those of time.
        said: the words of its text, without numbers.
    """

    year: int
    gone: bool
    named: frozenset[str]
    said: frozenset[str]

    def before(self, other: "_Dated") -> bool:
        """Whether the other is of a later time and about the like."""
        return (0 < self.year < other.year or (self.gone and not other.gone)) and self._like(other)

    def _like(self, other: "_Dated") -> bool:
        if not self.named & other.named:
            return False
        if self.named <= other.named or other.named <= self.named:
            return True
        return len(self.said & other.said) >= LIKE * len(self.said | other.said)


def current(passages: Sequence[Passage], question: str, *, year: int) -> list[Passage]:
    """The passages without those whose place a later one takes, by what their titles and headings say of time.

    Names of products tell of no time ("Diary 2026"), and neither do questions of a FAQ ("My voucher has expired?").
    Where the question names a year, everything stays.

    Args:
        passages: as search ranked them.
        question: standing alone.
        year: it is now; what is of a later one does not hold yet.
    """
    if names_a_year(question):
        return list(passages)
    dated = [_dated(passage, now=year) for passage in passages]
    known = [one for one in dated if one is not None]
    return [
        passage
        for passage, one in zip(passages, dated, strict=True)
        if one is None or not any(one.before(other) for other in known)
    ]


def names_a_year(question: str) -> bool:
    """Whether it asks of a certain time."""
    return bool(_YEAR.search(question))


def _dated(passage: Passage, *, now: int) -> _Dated | None:
    chunk = passage.chunk
    heading = last_heading(chunk.heading)
    name = heading or chunk.title  # within a page the heading tells what a passage is about
    if chunk.kind in ("product", "faq") or _BOUGHT_THEN.search(f"{chunk.title} {heading}"):
        return None
    years = [int(year) for year in _YEAR.findall(f"{chunk.title} {heading}")]
    gone = bool(_GONE.search(chunk.title) or _GONE.search(heading))
    year = max((one for one in years if one <= now), default=0)
    return _Dated(year, gone, _words(_OF_TIME.sub(" ", _YEAR.sub(" ", name))), _words(chunk.text))


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in tokenize(text) if not word.isdigit())
