"""Quantities: every number in a text with its unit, the same in either language and however it is written."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

_TO_TWENTY = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_TENS = ("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_NUMBERS = {word: value for value, word in enumerate(_TO_TWENTY)}
_EN_NUMBERS |= {word: value * 10 for value, word in enumerate(_TENS, start=3)} | {"dozen": 12}
_EN_LARGE = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_ZH_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "〇": 0}
_ZH_LARGE = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

# Unit as written (regular expression, after the number) → its name and how many of the named unit it is.
_UNITS: tuple[tuple[str, str, Fraction], ...] = (
    (r"(?:business|working|work) ?-?days?|个?工作日|工作天", "workday", Fraction(1)),
    (r"days?|天|日(?!元|圆)", "day", Fraction(1)),
    (r"weeks?|wks?|个?(?:星期|礼拜|周)(?![一二三四五六日末])", "day", Fraction(7)),
    (r"months?|个?月(?!\d)", "month", Fraction(1)),
    (r"years?|yrs?|年", "month", Fraction(12)),
    (r"hours?|hrs?|h\b|个?(?:小时|钟头)", "minute", Fraction(60)),
    (r"minutes?|mins?|分钟", "minute", Fraction(1)),
    (r"seconds?|secs?|秒", "second", Fraction(1)),
    (r"percent|per cent|%|％", "percent", Fraction(1)),
    (r"kilograms?|kilos?|kgs?|公斤|千克", "gram", Fraction(1000)),
    (r"grams?|g\b|克", "gram", Fraction(1)),
    (r"pounds?|lbs?|磅", "pound", Fraction(1)),
    (r"fl\.? ?oz|fluid ounces?|液量盎司", "litre", Fraction(295735, 10_000_000)),
    (r"ounces?|oz|盎司", "ounce", Fraction(1)),
    (r"斤", "gram", Fraction(500)),
    (r"kilomet(?:er|re)s?|km|公里|千米", "metre", Fraction(1000)),
    (r"centimet(?:er|re)s?|cm|厘米|公分", "metre", Fraction(1, 100)),
    (r"millimet(?:er|re)s?|mm|毫米", "metre", Fraction(1, 1000)),
    (r"met(?:er|re)s?|m\b|米", "metre", Fraction(1)),
    (r"inch(?:es)?|in\b(?=[.,;)]|$)|\"|英寸|寸", "inch", Fraction(1)),
    (r"feet|foot|ft|英尺", "foot", Fraction(1)),
    (r"millilit(?:er|re)s?|ml|毫升", "litre", Fraction(1, 1000)),
    (r"lit(?:er|re)s?|l\b|升", "litre", Fraction(1)),
    (r"gallons?|加仑", "litre", Fraction(3_785_412, 1_000_000)),
    (r"mah|毫安时?", "mah", Fraction(1)),
    (r"kwh|度电", "watt-hour", Fraction(1000)),
    (r"wh\b|瓦时", "watt-hour", Fraction(1)),
    (r"watts?|w\b|瓦", "watt", Fraction(1)),
    (r"volts?|v\b|伏", "volt", Fraction(1)),
    (r"lumens?|流明", "lumen", Fraction(1)),
    (r"gb|tb|mb|db|hz|khz|ghz|分贝|赫兹", "", Fraction(1)),
    (r"°\s?c|℃|degrees? celsius|摄氏度|度", "celsius", Fraction(1)),
    (r"°\s?f|℉|degrees? fahrenheit|华氏度", "fahrenheit", Fraction(1)),
    (r"us\$|usd|us dollars?|dollars?|bucks?|美元|美金|刀", "USD", Fraction(1)),
    (r"cents?|美分", "USD", Fraction(1, 100)),
    (r"cny|rmb|yuan|人民币|元|块钱?", "CNY", Fraction(1)),
    (r"eur|euros?|€|欧元", "EUR", Fraction(1)),
    (r"gbp|pounds? sterling|£|英镑", "GBP", Fraction(1)),
    (r"jpy|yen|日元|日圆", "JPY", Fraction(1)),
    (r"cad|加元|加币", "CAD", Fraction(1)),
    (r"aud|澳元|澳币", "AUD", Fraction(1)),
    (r"nok|norwegian kroner|挪威克朗", "NOK", Fraction(1)),
    (r"sek|swedish kronor|瑞典克朗", "SEK", Fraction(1)),
    (r"chf|swiss francs|瑞士法郎", "CHF", Fraction(1)),
    (r"hkd|港币|港元", "HKD", Fraction(1)),
    (r"points?|积分|分(?!钟|贝|期|店|享|别|类)", "point", Fraction(1)),
    (r"times?|次", "time", Fraction(1)),
    (r"persons?|people|guests?|players?|个?人", "person", Fraction(1)),
)
_UNIT = re.compile(
    # A unit in letters is a whole word, so that of "eur" and "euros" the right one is taken.
    "|".join(rf"(?P<u{place}>(?:{pattern})(?!(?<=[a-z])[a-z]))" for place, (pattern, _, _) in enumerate(_UNITS))
)
_SIGNS = {
    "us$": "USD",
    "$": "USD",
    "c$": "CAD",
    "ca$": "CAD",
    "hk$": "HKD",
    "a$": "AUD",
    "au$": "AUD",
    "€": "EUR",
    "£": "GBP",
    "¥": "CNY",
    "￥": "CNY",
    "rmb": "CNY",
    "usd": "USD",
    "cny": "CNY",
    "eur": "EUR",
    "cad": "CAD",
    "aud": "AUD",
    "gbp": "GBP",
}
_SIGN = r"(?P<sign>us\$|ca?\$|hk\$|au?\$|[$€£¥￥]|(?:usd|rmb|cny|eur|cad|aud|gbp)(?=\s?\d))?"
_DIGITS = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORDS = "|".join(sorted((*_EN_NUMBERS, *_EN_LARGE), key=len, reverse=True))
_NUMBER = re.compile(
    rf"{_SIGN}\s?(?P<digits>{_DIGITS})(?P<scale>\s?(?:k(?![a-z])|thousand|million|万|千|百))?"
    rf"|(?P<words>\b(?:(?:{_WORDS})\b(?:[\s-]+(?:and\s+)?(?={_WORDS}))?)+)"
    r"|(?P<han>[零〇一二三四五六七八九十百千万两俩]+)"
    r"|(?P<half>\bhalf (?:an? |the )?(?=\w)|半(?=个|年|天|小时|价|斤|数))"
)
_DATE = re.compile(
    r"(?P<y1>\d{4})[-/.年]\s?(?P<m1>\d{1,2})[-/.月]\s?(?P<d1>\d{1,2})日?"
    r"|(?P<m2>\d{1,2})\s?月\s?(?P<d2>\d{1,2})\s?[日号]"
    r"|(?P<d3>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<n3>{M})\.?(?:,?\s+(?P<y3>\d{4}))?"
    r"|(?P<n4>{M})\.?\s+(?P<d4>\d{1,2})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<y4>\d{4}))?".replace(
        "{M}", r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b"
    )
)
_MONTHS = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
_CLOCK = re.compile(
    r"(?P<part>上午|早上|早晨|中午|下午|晚上|晚间)?\s?(?<!\d)(?P<h>\d{1,2})\s?(?:[:：]\s?(?P<m>\d{2})(?!\d)|[点时](?!间)\s?(?P<m2>\d{2})?分?)\s?(?P<ap>[ap]\.?\s?m\b\.?)?"
    r"|(?P<h2>\d{1,2})\s?(?P<ap2>[ap]\.?\s?m\b\.?)"
)
_DISCOUNT = re.compile(r"(?P<zh>[\d.]+|[一二三四五六七八九]{1,2})\s?折")
_OFF = re.compile(
    rf"(?P<n>{_DIGITS})\s?(?:%|percent|per cent)\s?(?:off|discount|cheaper|reduction)"
    rf"|(?:减|优惠|便宜|折扣)\s?(?P<n2>{_DIGITS})\s?%"
)
_RANGE_END = re.compile(r"\s?(?:-|–|—|~|～|to|or|and|至|到|或|、)\s?")
_ONE_IS_NO_NUMBER = re.compile(r"(?:one|一)$")


CURRENCIES = frozenset({*_SIGNS.values(), "JPY", "NOK", "SEK", "CHF"})
POUNDS = {"pound", "GBP"}  # "153 pounds" may be either, and no shop sells by both


@dataclass(frozen=True)
class Quantity:
    """A number with its unit; `unit` is empty for a bare number.

    Attributes:
        value: in the base unit: 2 weeks are 14 of `day`, 2 hours are 120 of `minute`.
        start, end: where it stands in the normalised text.
    """

    value: Fraction
    unit: str
    start: int = 0
    end: int = 0

    def same(self, other: "Quantity") -> bool:
        """Whether both say the same, wherever they stand."""
        return self.value == other.value and (self.unit == other.unit or {self.unit, other.unit} == POUNDS)

    def meant(self, other: "Quantity") -> bool:
        """Whether a shopper may have meant the other: by its sum alone, or in another dollar."""
        loose = not self.unit or not other.unit or {self.unit, other.unit} <= CURRENCIES
        return self.same(other) or (self.value == other.value and loose)


def normalised(text: str) -> str:
    """The text as quantities are read in it: half-width, lower case."""
    text = unicodedata.normalize("NFKC", text).lower()
    return text.replace("–", "-").replace("—", "-").replace("−", "-")


def quantities(text: str) -> list[Quantity]:
    """Every quantity in the text, in order.

    Dates become `date` (month × 100 + day; a year beside it is `year`), times of day `clock` in minutes after
    midnight, `九折` and `10% off` both 10 of `off`. The first number of a range takes the unit of the second.
    """
    text = normalised(text)
    found: list[Quantity] = []
    covered = [False] * (len(text) + 1)
    for reader in (_dates, _discounts, _clocks, _numbers):
        for quantity in reader(text):
            if not any(covered[quantity.start : quantity.end]):
                covered[quantity.start : quantity.end] = [True] * (quantity.end - quantity.start)
                found.append(quantity)
    return _with_range_units(sorted(found, key=lambda quantity: quantity.start), text)


def _dates(text: str) -> Iterator[Quantity]:
    for match in _DATE.finditer(text):
        named = match.group("n3") or match.group("n4")
        month = _MONTHS[named[:3]] if named else int(match.group("m1") or match.group("m2"))
        day = int(next(match.group(name) for name in ("d1", "d2", "d3", "d4") if match.group(name)))
        yield Quantity(Fraction(month * 100 + day), "date", match.start(), match.end())


def _discounts(text: str) -> Iterator[Quantity]:
    for match in _DISCOUNT.finditer(text):
        written = match["zh"]
        tenths = Fraction(_han_digits(written)) if not written[0].isdigit() else Fraction(written)
        kept = tenths * 10 if tenths < 10 else tenths
        yield Quantity(100 - kept, "off", match.start(), match.end())
    for match in _OFF.finditer(text):
        yield Quantity(Fraction((match["n"] or match["n2"]).replace(",", "")), "off", match.start(), match.end())


def _han_digits(written: str) -> str:
    return "".join(str(_ZH_DIGITS[digit]) for digit in written)


def _clocks(text: str) -> Iterator[Quantity]:
    for match in _CLOCK.finditer(text):
        hour, minute = int(match["h"] or match["h2"]), int(match["m"] or match["m2"] or 0)
        if hour > 24:
            continue
        half = (match["ap"] or match["ap2"] or "").replace(".", "").replace(" ", "")
        afternoon = half == "pm" or match["part"] in {"下午", "晚上", "晚间"}
        if afternoon and hour < 12:
            hour += 12
        if half == "am" and hour == 12:
            hour = 0
        yield Quantity(Fraction(hour * 60 + minute), "clock", match.start(), match.end())


def _numbers(text: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(text):
        value = _value(match)
        if value is None:
            continue
        rest = text[match.end() :]
        gap = len(rest) - len(rest.lstrip(" -"))
        unit = _UNIT.match(rest, gap) if gap <= 1 else None
        if (
            unit
            and unit.group()[-1].isascii()
            and unit.group()[-1].isalpha()
            and rest[unit.end() : unit.end() + 1].isalpha()
            and rest[unit.end() : unit.end() + 1].isascii()
        ):
            unit = None
        if unit and unit.group() in _SIGNS and rest[unit.end() : unit.end() + 1].isdigit():
            unit = None  # the sign of the next number: "a frozen one €16"
        if match["sign"]:
            yield Quantity(value, _SIGNS[match["sign"]], match.start(), match.end())
        elif unit and _UNITS[int(str(unit.lastgroup)[1:])][1]:
            _, name, scale = _UNITS[int(str(unit.lastgroup)[1:])]
            yield Quantity(value * scale, name, match.start(), match.end() + unit.end())
        elif unit:
            yield Quantity(value, unit.group(), match.start(), match.end() + unit.end())
        elif match["half"] is None and not _ONE_IS_NO_NUMBER.fullmatch(match.group().strip()) and not _in_a_word(match):
            yield Quantity(value, "", match.start(), match.end())


def _in_a_word(match: re.Match[str]) -> bool:
    """Han numerals that are part of a word (一些, 万一, 千万) say no number."""
    return bool(match["han"]) and (
        len(match["han"]) == 1 or match["han"] in {"万一", "千万", "十万", "一一", "一千", "百万"}
    )


def _value(match: re.Match[str]) -> Fraction | None:
    if match["half"]:
        return Fraction(1, 2)
    if match["digits"]:
        try:
            value = Fraction(Decimal(match["digits"].replace(",", "")))
        except InvalidOperation:
            return None
        scale = (match["scale"] or "").strip()
        return value * {"": 1, "k": 1000, "thousand": 1000, "million": 10**6, "万": 10**4, "千": 1000, "百": 100}[scale]
    if match["words"]:
        return _english(re.split(r"[\s-]+", match["words"].strip()))
    return _chinese(match["han"])


def _english(words: list[str]) -> Fraction | None:
    total = current = 0
    for word in words:
        if word in _EN_NUMBERS:
            current += _EN_NUMBERS[word]
        elif word in _EN_LARGE:
            current = (current or 1) * _EN_LARGE[word]
            if _EN_LARGE[word] > 100:
                total, current = total + current, 0
    return Fraction(total + current)


def _chinese(digits: str) -> Fraction | None:
    if all(digit in _ZH_DIGITS for digit in digits):
        return Fraction(int(_han_digits(digits)))
    total = section = number = 0
    for digit in digits:
        if digit in _ZH_DIGITS:
            number = _ZH_DIGITS[digit]
        elif _ZH_LARGE[digit] >= 10_000:
            total, section, number = (total + section + number) * _ZH_LARGE[digit], 0, 0
        else:
            section, number = section + (number or 1) * _ZH_LARGE[digit], 0
    return Fraction(total + section + number)


def _with_range_units(found: list[Quantity], text: str) -> list[Quantity]:
    """`3-5 days`: the 3 are days too; `$3-5`: the 5 are dollars too."""
    result = list(found)
    for place in range(len(result) - 2, -1, -1):
        left, right = result[place], result[place + 1]
        if not _RANGE_END.fullmatch(text[left.end : right.start]):
            continue
        if not left.unit and right.unit not in {"", "date", "clock", "off"}:
            scale = _scale_of(text, right)
            result[place] = Quantity(left.value * scale, right.unit, left.start, left.end)
        elif not right.unit and left.unit in set(_SIGNS.values()):
            result[place + 1] = Quantity(right.value, left.unit, right.start, right.end)
    return result


def _scale_of(text: str, quantity: Quantity) -> Fraction:
    written = text[quantity.start : quantity.end]
    unit = next((match for match in _UNIT.finditer(written) if match.end() == len(written)), None)
    return _UNITS[int(str(unit.lastgroup)[1:])][2] if unit else Fraction(1)
