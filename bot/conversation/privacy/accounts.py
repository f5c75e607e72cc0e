"""Recognises bank accounts (IBAN with a right check number) and messenger accounts that the shopper gives."""

import re
from collections.abc import Iterator

from stdnum import iban

# GB82 WEST 1234 5698 7654 32: country, check number, then up to 30 letters and digits, in fours or in one.
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_SPACE = re.compile(r" |$")
# 我的微信是zhang_wei88, QQ号：12345678. Plain 微信 is a way to pay.
_MESSENGER = re.compile(
    r"(?:微信号|我的微信|我微信|加我微信|加微信|wechat id|weixin id)(?:[ :：]|是|为|号){0,4}"
    r"(?P<wechat>[A-Za-z][A-Za-z0-9_-]{5,19})"
    r"|qq(?:[ :：]|是|为|号码?){0,4}(?P<qq>[1-9]\d{4,10})(?!\d)",
    re.IGNORECASE,
)


def find_accounts(text: str) -> Iterator[tuple[int, int]]:
    """Where account numbers stand."""
    yield from ((match.start(), end) for match in _IBAN.finditer(text) if (end := _end_of_iban(match)))
    yield from (match.span(match.lastgroup or 0) for match in _MESSENGER.finditer(text))


def _end_of_iban(match: re.Match[str]) -> int | None:
    """Where the number ends: capitals after it may have been taken along."""
    ends = [space.start() for space in _SPACE.finditer(match.group())]
    return next((match.start() + end for end in reversed(ends) if iban.is_valid(match.group()[:end])), None)
