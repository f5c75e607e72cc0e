"""Ranges of money as shoppers write them, in English and Chinese."""

import re
from dataclasses import dataclass
from decimal import Decimal

ANY_YUAN = "yuan"
"""What 元 and 块 stand for: the money of the shop, whichever it is."""

_SIGNS = {
    "USD": r"usd|us\$|us dollars?|美元|美金|美刀",
    "HKD": r"hkd|hk\$|港币|港元",
    "EUR": r"eur\b|euros?|€|欧元",
    "GBP": r"gbp|£|pounds?|quid|英镑",
    "CNY": r"cny|rmb|yuan|人民币",
    "JPY": r"jpy|yen|日元|日圆|円",
    "$": r"\$|dollars?|bucks?|刀",
    "¥": r"¥",
    ANY_YUAN: r"元|块钱|块",
}
_SIGN = "|".join(_SIGNS.values())
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:k\b|[百千万])?"
_HAN = r"[零〇一二两三四五六七八九十百千万]+"
_GOES_ON = re.compile(
    r"\s*(?:$|[,.;:?!)，。；？！、）]|(?:for|with|in|and|that|which|please|or|if|to|on|by|but|as|my|is|are|when|at)\b"
    r"|[的呢吗吧]|之间|之内)"
)
_OTHER_MEASURE = re.compile(r"(?:\bsize|\bsizes|\bage|\baged|\bages|码|岁|尺码)\s*$")


def _amount(number: int) -> str:
    return (
        rf"(?P<before{number}>{_SIGN})?\s*(?P<number{number}>{_ARABIC}|{_HAN})(?![\d%])"
        rf"\s*(?P<after{number}>{_SIGN})?"
    )


@dataclass(frozen=True)
class _Form:
    """One way to state a range; `money` says that it means money only where a currency is named."""

    pattern: re.Pattern[str]
    bound: str  # `between`, `high`, `low` or `near`
    money: bool = False


def _form(bound: str, before: str, after: str = "", *, money: bool = False) -> _Form:
    return _Form(re.compile(rf"{before}\s*{_amount(1)}{after}"), bound, money)


_FORMS = (
    _Form(re.compile(rf"(?:between|from|在)\s*{_amount(1)}\s*(?:and|to|-|~|—|到|至|和)\s*{_amount(2)}"), "between"),
    _Form(re.compile(rf"{_amount(1)}\s*(?:to|-|~|—|到|至)\s*{_amount(2)}"), "between", money=True),
    _form("high", "比", r"\s*(?:更?便宜|低|少)"),
    _form("low", "比", r"\s*(?:更?贵|高|多)"),
    _form("high", "", r"\s*(?:or (?:less|under|below|cheaper)|and under|max\b|tops\b|以下|以内|之内|封顶|不到)"),
    _form(
        "high",
        r"(?:\b(?:under|below|less than|cheaper than|lower than|no more than|not more than|not over|at most|"
        r"maximum(?: of)?|max|budget(?: is| of)?)|<=?|最多|不超过|不高于|低于|少于|不到|预算(?:是|在|大概|大约)?)",
    ),
    _form("high", r"\b(?:within|up to)", money=True),
    _form("low", "", r"\s*(?:or (?:more|over|above)|and (?:up|above|over)|以上|起)"),
    _form("low", r"(?:\b(?:over|above|more than|pricier than|more expensive than)|>=?|高于|(?<!不)超过|不低于)"),
    _form("low", r"(?:\b(?:at least|starting at|from|minimum(?: of)?)|至少|最少)", money=True),
    _form("near", "", r"\s*(?:左右|上下)"),
    _form("near", r"(?:\b(?:around|about|roughly|approximately)|大概|大约|差不多)", money=True),
)
_PAIR_OF_DIGITS = re.compile(rf"([一二两三四五六七八])([二两三四五六七八九])([十百千万])\s*(?P<sign>{_SIGN})")


@dataclass(frozen=True)
class AmountRange:
    """A stated range, with the place in the text where it stands.

    Attributes:
        currency: a code, `$` or `¥` where the sign does not tell whose, `ANY_YUAN`, or None where none is named.
    """

    low: Decimal | None
    high: Decimal | None
    currency: str | None
    start: int
    end: int


def find_range(text: str) -> AmountRange | None:
    """The first range of money in a text, which must be lower-case and in NFKC form."""
    for form in _FORMS:
        for match in form.pattern.finditer(text):
            found = _read(form, match)
            if found.currency or (not form.money and _stands_for_money(text, match)):
                return found
    pair = _PAIR_OF_DIGITS.search(text)
    return _read_pair(pair) if pair else None


def _read(form: _Form, match: re.Match[str]) -> AmountRange:
    groups = match.groupdict()
    values = [_value(groups[name]) for name in ("number1", "number2") if groups.get(name)]
    said = [groups[name] for name in ("before1", "after1", "before2", "after2") if groups.get(name)]
    low, high = {
        "between": (min(values), max(values)),
        "high": (None, values[0]),
        "low": (values[0], None),
        "near": (values[0] * Decimal("0.8"), values[0] * Decimal("1.2")),
    }[form.bound]
    return AmountRange(low, high, _currency(said[0]) if said else None, match.start(), match.end())


def _read_pair(pair: re.Match[str]) -> AmountRange:
    """一两百块: from one to two hundred."""
    ten = _TENS[pair[3]]
    low, high = (Decimal(_DIGITS[pair[place]] * ten) for place in (1, 2))
    return AmountRange(low, high, _currency(pair["sign"]), pair.start(), pair.end())


def _stands_for_money(text: str, match: re.Match[str]) -> bool:
    """Whether a bare number can be a price: no unit follows, and nothing before names another measure."""
    stated = match[0].rstrip()
    return not _OTHER_MEASURE.search(text[: match.start()]) and bool(
        _is_han(stated[-1]) or _GOES_ON.match(text, match.start() + len(stated))
    )


def _is_han(character: str) -> bool:
    return "㐀" <= character <= "鿿" and character not in _DIGITS and character not in _TENS


def _currency(said: str) -> str:
    return next(code for code, pattern in _SIGNS.items() if re.fullmatch(pattern, said))


def _value(number: str) -> Decimal:
    """1,200 · 1.5k · 3千 · 三百五 · 一百二十."""
    if not number[0].isdigit():
        return Decimal(_han_value(number))
    digits, suffix = re.fullmatch(r"([\d,.]+)(\D*)", number).groups()  # type: ignore[union-attr] # _ARABIC is this form
    factor = {"k": 1_000, "": 1}.get(suffix) or _TENS[suffix]
    return Decimal(digits.replace(",", "")) * factor


def _han_value(number: str) -> int:
    """Chinese numerals; a digit that ends the number after hundreds or more counts tenths of them: 三百五 is 350."""
    total = section = digit = last_ten = 0
    for character in number:
        if character in _TENS:
            last_ten = _TENS[character]
            if last_ten == _TENS["万"]:
                total, section = (total + section + digit) * last_ten, 0
            else:
                section += (digit or 1) * last_ten
            digit = 0
        else:
            digit = _DIGITS[character]
            last_ten = last_ten if character not in "零〇" else 0
    return total + section + (digit * last_ten // 10 if last_ten >= _TENS["百"] else digit)
