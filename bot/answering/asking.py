"""Asking: which kind of answer a question wants, and whether a statement is of that kind."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

AnswerKind = Literal["money", "duration", "time", "amount", "way", "whether"]

# The first that fits counts.
_ASKS: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = (
    (
        "duration",
        re.compile(
            r"\bhow (?:long|soon|quickly|fast|many (?:days|weeks|months|years))\b|\buntil when\b"
            r"|多久|多长时间|几天|几个?月|几年|几日|多少天|最快几"
        ),
    ),
    (
        "money",
        re.compile(
            r"\bhow much\b(?! (?:does (?:it|the \w+) )?(?:weigh|space|water))|\b(?:cost|price|fee|charge|charged)\b"
            r"|多少钱|运费|邮费|收费|费用|要钱|价格|怎么收"
        ),
    ),
    ("time", re.compile(r"\bwhen\b|\bwhat (?:time|date|day)\b|\bdeadline\b|什么时候|何时|几点|哪天|最晚|截止")),
    (
        "amount",
        re.compile(
            r"\bhow (?:many|big|tall|wide|heavy|thick|deep|large|old|high|often|warm|cold|loud|far)\b|\bminimum\b"
            r"|\bpercent|多少|多大|多重|多高|多宽|几[个件人位次种级度]|几折|尺寸|多厚"
        ),
    ),
    ("way", re.compile(r"\bhow (?:do|can|should|to|does|would)\b|怎么|如何|怎样")),
    (
        "whether",
        re.compile(
            r"^(?:is|are|do|does|did|can|could|will|would|has|have|should|may|am)\b|[吗么嘛][?？]?\s*$"
            r"|是否|是不是|能不能|可不可以|有没有|会不会|行不行|能否"
        ),
    ),
)
_MONEY = r"[$€£¥]\s*\d|\d[\d,.]*\s*(?:美元|元|dollars?|usd)\b|\bfree\b|免费|包邮"
_SPAN = (
    r"\d+\s*(?:[-–to]+\s*\d+\s*)?(?:business |working |calendar )?(?:minutes?|hours?|days?|weeks?|months?|years?)\b"
    r"|\d+\s*(?:个)?(?:分钟|小时|工作日|天|日|周|月|年)"
)
_POINT = (
    r"\b\d{1,2}\s*(?::\d\d)?\s*[ap]\.?m|\d{1,2}:\d\d|\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december) \d|\d+\s*[月日号点]"
)
_IS: dict[AnswerKind, re.Pattern[str]] = {
    "money": re.compile(_MONEY, re.IGNORECASE),
    "duration": re.compile(f"{_SPAN}|{_POINT}", re.IGNORECASE),
    "time": re.compile(f"{_SPAN}|{_POINT}", re.IGNORECASE),
    "amount": re.compile(r"\d"),
}
_RANGE = re.compile(r"(?P<low>\d+(?:\.\d+)?)\s*(?:[-–~～]|to|到|至)\s*(?P<high>\d+(?:\.\d+)?)")
_OPEN = re.compile(
    r"(?:from|over|≥|满)\s*(?P<from>\d+)|(?P<up>\d+)\s*(?:\+|and more|or more|以上|及以上|件以上)", re.IGNORECASE
)
_BARE_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?|(?<=[㐀-鿿])\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Asking:
    """What kind of answer is wanted; None when the question does not tell."""

    kind: AnswerKind | None
    numbers: tuple[float, ...]


def asking(question: str) -> Asking:
    """Read a question."""
    plain = unicodedata.normalize("NFKC", question).casefold().strip()
    kind = next((name for name, pattern in _ASKS if pattern.search(plain)), None)
    return Asking(kind, tuple(float(number) for number in _NUMBER.findall(plain)))


def answers(statement: str, kind: AnswerKind | None) -> bool:
    """Whether a statement holds what is wanted, as far as that can be told by its shape."""
    pattern = _IS.get(kind) if kind else None
    return bool(pattern and pattern.search(statement))


def within(cell: str, number: float) -> bool | None:
    """Whether a number is the one, or lies in the range, that a table's cell states; None when it states none."""
    if _BARE_NUMBER.fullmatch(cell.strip()):
        return float(cell) == number
    found = _RANGE.search(cell)
    if found:
        return float(found["low"]) <= number <= float(found["high"])
    found = _OPEN.search(cell)
    return number >= float(found["from"] or found["up"]) if found else None
