"""Asking: which kind of answer a question wants, and whether a statement is of that kind."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.keywords import tokenize

AnswerKind = Literal["contact", "money", "duration", "time", "amount", "way", "whether"]

# The first that fits counts.
_ASKS: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = (
    (
        "contact",
        re.compile(
            r"\b(?:your|the (?:shop|store|company)'?s?|customer service|support|service) (?:e-?mail(?: address)?"
            r"|(?:tele)?phone number|hot ?line|contact (?:details|data|number))\s*(?:\?|$|please)"
            r"|^(?:(?:what|which|is there|do you have|give me|need|got) (?:is |are )?)?(?:an? |the |your |any )?"
            r"(?:e-?mail(?: address)?|(?:tele)?phone number|hot ?line(?: number)?|contact (?:details|data|number))"
            r"(?: (?:for|of|to) (?:you|your (?:shop|store|support)|customer service|support|questions|write to"
            r"|call|reach you))?"
            r"\s*(?:\?|$)"
            r"|\bhow (?:can|do|could|should) (?:i|we) (?:contact|reach|e-?mail|call|ring|phone|write to"
            r"|get (?:in touch with|hold of)) (?:you|your (?:team|support|staff|people)|the (?:shop|store)"
            r"|customer (?:care|service)|support)\b"
            r"|^(?:can|may|could) i (?:write|e-?mail|call|phone|ring) (?:to )?(?:you|support)\b"
            r"|\bnumber (?:of|for) (?:the |your )?(?:customer service|support|hotline|shop|store|help)"
            r"|\bwhere (?:can|do|should|could) i (?:call|ring|phone|write|email|e-mail)(?: (?:you|to))?\s*(?:\?|$)"
            r"|(?:客服|联系|服务)(?:的|个)?(?:邮箱|电子邮件|电话|热线)(?!手表|卡|壳|通知)|联系方式"
            r"|(?:怎么|如何|怎样)(?:才能)?(?:发邮件|打电话|写信|写邮件|用邮件)?(?:联系到?(?:你们|客服|店家|商家|卖家)|找到?客服)"
            r"|(?:有没有|有)(?:个|联系|客服)*(?:邮箱|热线|电话号码)(?:吗|么|嘛|[?？]|$)"
            r"|(?:邮箱|电话|热线)(?:号码|地址)?(?:是(?:多少|什么|哪)|多少)|打(?:哪个|什么|多少)(?:电话|号码)"
        ),
    ),
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
_MAIL = r"[\w.+-]+@[\w-]+\.[\w.]+"
_IS: dict[AnswerKind, re.Pattern[str]] = {
    "contact": re.compile(
        rf"{_MAIL}"
        r"|(?<![\d.,$€£¥-])(?!\d{4}-\d\d)\+?\(?\d[\d()/ -]{5,}\d(?![\d.,]*\s*(?:元|%))(?<!\d - \d\d)"
    ),
    "money": re.compile(_MONEY, re.IGNORECASE),
    "duration": re.compile(f"{_SPAN}|{_POINT}", re.IGNORECASE),
    "time": re.compile(f"{_SPAN}|{_POINT}", re.IGNORECASE),
    "amount": re.compile(r"\d"),
}
_FORMS = (
    (re.compile(_MAIL), "email mail 邮箱 邮件"),
    (re.compile(r"(?<![\d.,$€£¥-])\+?\(?\d{2,4}[) -]\d{3,4}[ -]\d{3,5}(?!\d)"), "phone call 电话"),
)
"""What says by its form alone what it is, and the words for that."""
_RANGE = re.compile(r"(?P<low>\d+(?:\.\d+)?)\s*(?:[-–~～]|to|到|至)\s*(?P<high>\d+(?:\.\d+)?)")
_OPEN = re.compile(
    r"(?:from|over|≥|满)\s*(?P<from>\d+)|(?P<up>\d+)\s*(?:\+|and more|or more|以上|及以上|件以上)", re.IGNORECASE
)
_BARE_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?|(?<=[㐀-鿿])\d+(?:\.\d+)?")


MEASURED: frozenset[AnswerKind] = frozenset({"contact", "money", "duration", "time", "amount"})
"""Kinds of answers whose shape can be told: they hold a number, a day, a time or an address."""

# What a question asks the amount or the identity of: "how many calories", "what is the thread pitch", "汇率多少".
_FOCUS = (
    re.compile(
        r"\b(?:how (?:many|much)|what(?:'s| is| are| was| were)?|which|whose)\s+(?:(?:the|your|a|an|its)\s+)?"
        r"((?:[\w'-]+\s*){1,3})"
    ),
    re.compile(r"(?:多少|几|什么|哪(?:个|种|家|款|些)?)([㐀-鿿\w]{1,4})"),
    re.compile(r"([㐀-鿿\w]{1,6})\s*(?:值)?\s*(?:是|有|要)?(?:多少|几|什么|哪)"),
)
# A name of something: capitals or digits inside an English sentence, Latin letters inside a Chinese one.
_NAME = re.compile(r"(?<=[\w,;:)] )(?!I\b)[A-Z][\w.+-]*|\b(?:[A-Z]{2,}[\w-]*|[A-Za-z]+\d[\w-]*|\w*[a-z][A-Z]\w*)\b")
_NAME_IN_HAN = re.compile(r"[A-Za-z][A-Za-z0-9.+-]+")
_HAN = re.compile(r"[㐀-鿿]")
_DECIDES = re.compile(
    r"^(?:yes|no|not|unfortunately|only|never|always)\b|\b(?:can|cannot|may|must|is|are|do|does|will)(?: not|n't)?\b"
    r"|可以|不能|不可|不会|支持|能|会|不|是的|需要|无需|仅"
)


@dataclass(frozen=True)
class Asking:
    """What a question wants.

    Attributes:
        kind: of answer; None when the question does not tell.
        kinds: all that it wants, as "how long does it take and what does it cost" wants two.
        numbers: that it names.
        focus: words of what is asked the amount or identity of.
        names: of things, as far as its writing tells.
    """

    kind: AnswerKind | None
    numbers: tuple[float, ...]
    kinds: tuple[AnswerKind, ...] = ()
    focus: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def asking(question: str) -> Asking:
    """Read a question; remembered, as one is read by several that answer it."""
    half_width = unicodedata.normalize("NFKC", question).strip()
    plain = half_width.casefold()
    kinds: list[AnswerKind] = []
    rest = plain
    for name, pattern in _ASKS:
        if pattern.search(rest):
            kinds.append(name)
            rest = pattern.sub(" ", rest)
    focus = {word for pattern in _FOCUS for found in pattern.finditer(plain) for word in tokenize(found[1])}
    names = (_NAME_IN_HAN if _HAN.search(plain) else _NAME).findall(half_width)
    numbers = tuple(float(number) for number in _NUMBER.findall(plain))
    return Asking(next(iter(kinds), None), numbers, tuple(kinds), frozenset(focus), tuple(names))


def answers(statement: str, kind: AnswerKind | None) -> bool:
    """Whether a statement holds what is wanted, as far as that can be told by its shape."""
    pattern = _IS.get(kind) if kind else None
    return bool(pattern and pattern.search(statement))


def said_by_form(statement: str) -> frozenset[str]:
    """The words that a statement need not say: an e-mail address is one without the word."""
    return frozenset(word for form, said in _FORMS if form.search(statement) for word in tokenize(said))


def lacking(statement: str, kinds: Sequence[AnswerKind]) -> float:
    """The share of the measured kinds that are wanted and that a statement holds nothing of, 0 to 1."""
    measured = [kind for kind in kinds if kind in MEASURED]
    return sum(not answers(statement, kind) for kind in measured) / len(measured) if measured else 0.0


def decides(statement: str) -> bool:
    """Whether a statement says that something is so, may be, or not."""
    return bool(_DECIDES.search(statement.casefold()))


def within(cell: str, number: float) -> bool | None:
    """Whether a number is the one, or lies in the range, that a table's cell states; None when it states none."""
    if _BARE_NUMBER.fullmatch(cell.strip()):
        return float(cell) == number
    found = _RANGE.search(cell)
    if found:
        return float(found["low"]) <= number <= float(found["high"])
    found = _OPEN.search(cell)
    return number >= float(found["from"] or found["up"]) if found else None
