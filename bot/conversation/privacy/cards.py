"""Recognises payment card numbers: 13 to 19 digits of a known network with a right check digit."""

import re
from collections.abc import Iterator
from itertools import accumulate

from stdnum import luhn

from bot.conversation.privacy.labels import names_a_reference

# Groups of digits with a space or dash between, not part of a longer code such as SC-2026 or 12.50.
_DIGITS = re.compile(r"(?<![A-Za-z0-9])(?<![A-Za-z0-9][-_./])\d+(?:[ -]\d+)*(?![A-Za-z0-9])")
_GROUP = re.compile(r"\d+")
_SHORTEST, _LONGEST = 13, 19

# First digits and lengths of the networks (ISO/IEC 7812; en.wikipedia.org/wiki/Payment_card_number). Without them
# every tenth parcel number would pass as a card.
_NETWORK = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}(?:\d{2}(?:\d{3})?)?"  # Diners Club
    r"|(?:6011|64[4-9]\d|65\d{2})\d{12}(?:\d{3})?"  # Discover
    r"|62\d{14,17}"  # UnionPay
    r"|35(?:2[89]|[3-8]\d)\d{12}(?:\d{3})?"  # JCB
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}"  # Maestro
    r"|220[0-4]\d{12}"  # Mir
)


def find_cards(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers stand; an expiry date or security code after one is not part of it."""
    for run in _DIGITS.finditer(text):
        if len(run.group()) >= _SHORTEST and not names_a_reference(text, run.start()):
            yield from _in_run(text, run)


def _in_run(text: str, run: re.Match[str]) -> Iterator[tuple[int, int]]:
    groups = [group.span() for group in _GROUP.finditer(text, *run.span())]
    digits = "".join(text[start:end] for start, end in groups)
    places = [0, *accumulate(end - start for start, end in groups)]  # of each group's first digit, and the end
    first = 0
    while first < len(groups):
        last = next(
            (last for last in _lasts(places, first) if _is_card(digits[places[first] : places[last + 1]])), None
        )
        if last is None:
            first += 1
        else:
            yield groups[first][0], groups[last][1]
            first = last + 1


def _lasts(places: list[int], first: int) -> Iterator[int]:
    """The groups with which a number of fitting length that starts at `first` could end, longest first."""
    fitting = []
    for last in range(first, min(first + _LONGEST, len(places) - 1)):
        digits = places[last + 1] - places[first]
        if digits > _LONGEST:
            break
        if digits >= _SHORTEST:
            fitting.append(last)
    return reversed(fitting)


def _is_card(digits: str) -> bool:
    return _NETWORK.fullmatch(digits) is not None and bool(luhn.checksum(digits) == 0)
