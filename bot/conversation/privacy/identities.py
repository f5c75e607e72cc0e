"""Recognises identity numbers: Chinese resident IDs, US social security, and any that the shopper names as one."""

import re
from collections.abc import Iterator

from stdnum.cn import ric

# 18 characters: place, birthday, number, check digit; sometimes typed in those groups.
_RESIDENT = re.compile(r"(?<![A-Za-z0-9])(?<![A-Za-z0-9][-_])(\d{6})[ -]?(\d{8})[ -]?(\d{3}[\dXx])(?![A-Za-z0-9])")
# 531-21-7351; never 000, 666 or 9xx first, 00 second, 0000 last (ssa.gov/employer/randomization.html).
_SOCIAL_SECURITY = re.compile(
    r"(?<![A-Za-z0-9])(?<![A-Za-z0-9][-_./])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![A-Za-z0-9]|-\d)"
)
# A number right after its name: no check digit is asked for, because people mistype.
_NAMED = re.compile(
    r"(?:\bssn|social security|national insurance|\bnino|passport|driver'?s'? licen[cs]e|driving licen[cs]e"
    r"|(?:identity|id|national id) card|身份证|护照|驾驶证|驾照|港澳通行证|社保)"
    r"(?: (?:number|no|card)\b)?(?:号码|号)?\.?(?: is|是|为|:|：|#| ){0,4}"
    # Six to twenty letters and digits, of which letters lead, end, or stand alone between digits.
    r"(?P<number>[A-Za-z]{0,3}\d(?:[ -]?[A-Za-z0-9]?\d){4,17}[A-Za-z]?)(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def find_identities(text: str) -> Iterator[tuple[int, int]]:
    """Where identity numbers stand."""
    yield from (match.span() for match in _RESIDENT.finditer(text) if ric.is_valid("".join(match.groups())))
    yield from (match.span() for match in _SOCIAL_SECURITY.finditer(text))
    yield from (match.span("number") for match in _NAMED.finditer(text))
