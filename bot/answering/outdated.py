"""Outdated: leaves out a page's text on an earlier time where another page says the like of a later one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.evidence import last_heading
from knowledge.documents import Passage
from knowledge.keywords import tokenize

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_GONE = re.compile(
    r"^(?:old|former|previous)\b|\bno longer (?:valid|in force)\b|\b(?:archived?|outdated|obsolete|superseded)\b"
    r"|^(?:旧版|历史)|失效|废止|作废|存档|已过期|停止使用",
    re.IGNORECASE,
)
_OF_TIME = re.compile(
    r"\b(?:old|former|previous|until|valid|since|from|as of|in force|terms? of|current(?: terms)?|new|expired|archived?"
    r"|january|december)\b|[年月日版起]|现行|有效期至?|更新|存档|旧版|新规|以前|执行|失效|废止",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Dated:
    """What the name of a passage tells of its time.

    Attributes:
        year: the latest that it names; 0: none.
        gone: whether it says of itself that it holds no more.
        words: what it is about, without its time.
    """

    year: int
    gone: bool
    words: frozenset[str]

    def before(self, other: "_Dated") -> bool:
        """Whether the other is of a later time and about the like."""
        later = 0 < self.year < other.year or (self.gone and not other.gone)
        return later and bool(self.words & other.words)


def current(passages: Sequence[Passage], question: str) -> list[Passage]:
    """The passages without those whose place a later one takes, by what their titles and headings say of time.

    Names of products tell of no time ("Diary 2026"), and a year that the question names is the one that is meant.
    """
    asked = {int(year) for year in _YEAR.findall(question)}
    dated = [None if passage.chunk.kind == "product" else _dated(passage) for passage in passages]
    known = [one for one in dated if one is not None]
    return [
        passage
        for passage, one in zip(passages, dated, strict=True)
        if one is None or one.year in asked or not any(one.before(other) for other in known)
    ]


def _dated(passage: Passage) -> _Dated:
    chunk = passage.chunk
    heading = last_heading(chunk.heading)
    name = chunk.title if heading in {"", chunk.title} else f"{chunk.title} {heading}"
    years = [int(year) for year in _YEAR.findall(name)]
    gone = bool(_GONE.search(chunk.title) or _GONE.search(heading))
    words = frozenset(word for word in tokenize(_OF_TIME.sub(" ", _YEAR.sub(" ", name))) if not word.isdigit())
    return _Dated(max(years, default=0), gone, words)
