"""Cells to typed values: money, pieces, dates. Each parser raises ValueError with a sentence for the reader."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from knowledge.documents import AttributeValue

_CURRENCIES = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY", "元": "CNY", "RMB": "CNY"}
_MONEY = re.compile(r"^(?P<before>[A-Z$€£¥￥]{0,3})\s*(?P<amount>\d[\d.,' ]*)\s*(?P<after>[A-Z$€£¥￥元]{0,3})$")
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?$")
_NUMBER = re.compile(r"^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?$")
_HIGHEST_PRICE = Decimal(10) ** 12


def parse_money(text: str) -> tuple[Decimal, str | None]:
    """An amount, and its currency where a sign or code says it: `1,299.00`, `12,50`, `¥ 89`, `USD 5`."""
    found = _MONEY.match(text.strip().upper())
    if not found:
        raise ValueError(f"{text!r} is not a price; write it like 1299.00")
    sign = found["before"] or found["after"]
    currency = _CURRENCIES.get(sign, sign if len(sign) == 3 else None)
    amount = _amount(found["amount"])
    if amount is None or amount > _HIGHEST_PRICE:
        raise ValueError(f"{text!r} is not a price; write it like 1299.00")
    return amount, currency


def _amount(text: str) -> Decimal | None:
    digits = re.sub(r"[' ]", "", text).rstrip(".,")
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,\d{1,2}", digits):
        digits = digits.replace(",", ".")
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def parse_currency(text: str) -> str:
    """A code of three letters (ISO 4217)."""
    code = _CURRENCIES.get(text.strip().upper(), text.strip().upper())
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError(f"{text!r} is not a currency; write its three letters, such as USD or CNY")
    return code


def parse_count(text: str) -> int:
    """Pieces: a whole number, 0 or more."""
    found = re.fullmatch(r"(\d{1,9})(?:\.0+)?", text.strip().replace(",", ""))
    if not found:
        raise ValueError(f"{text!r} is not a number of pieces; write a whole number, 0 or more")
    return int(found[1])


def parse_date(text: str) -> date:
    """A day: `2026-11-30`, `2026/11/30` or `2026年11月30日`."""
    found = _DATE.match(text.strip())
    try:
        if not found:
            raise ValueError
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write it as YYYY-MM-DD") from None


def parse_attribute(text: str) -> AttributeValue:
    """A number where the cell is plainly one, else the text."""
    if _NUMBER.match(text):
        return float(text) if "." in text else int(text)
    return text


def cell_text(value: object) -> str:
    """What a cell of a spreadsheet or JSON says, as text; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f") if value == value and abs(value) < 1e15 else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
