"""Money and dates as a reader of each language expects them."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency

_LOCALES = {"en": "en_US", "zh": "zh_CN"}


def money(amount: Decimal, currency: str, language: str) -> str:
    """An amount with its currency: `$1,299.00`, `US$1,299.00` for a Chinese reader, `¥299.00`."""
    return format_currency(amount, currency or "USD", locale=_LOCALES.get(language, "en_US"))


def day(when: date, language: str) -> str:
    """A date: `November 4, 2026`, `2026年11月4日`."""
    return format_date(when, format="long", locale=_LOCALES.get(language, "en_US"))
