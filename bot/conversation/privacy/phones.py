"""Recognises telephone numbers: Chinese, British and American as they are, others with a + or a word that says so."""

import re
from collections.abc import Iterator

import phonenumbers

from bot.conversation.privacy.labels import names_a_reference

# Not part of a longer code or a decimal: SC-20261104-017, v1.3912, WH-1000.
_FREE_BEFORE = r"(?<![A-Za-z0-9])(?<![A-Za-z0-9][-_./#])(?<![£$€¥]) ?"
_FREE_AFTER = r"(?![A-Za-z0-9])(?![-_./]\d)"
_EXTENSION = r"(?:(?: ?(?:x|ext\.?|extension|转|分机) ?|#)\d{1,6})?"


def _number(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{_FREE_BEFORE}(?P<number>{pattern}{_EXTENSION}){_FREE_AFTER}")


# +86 138-1234-5678, 13812345678, 138 1234 5678 (Ministry of Industry: 13 to 19, eleven digits).
_CHINESE_MOBILE = _number(r"(?:(?:\(?\+|00)?86\)?[ -]?)?1[3-9]\d(?P<gap>[ -]?)\d{4}(?P=gap)\d{4}")
# 010-62551234, (021) 5888 1234, 0755-8888-1234转801: area 10, 2x, or three digits from 3 to 9.
_CHINESE_LANDLINE = _number(r"(?:(?:\+|00)?86[ -]?)?\(?0(?:10|2\d|[3-9]\d{2})\)?[ -]?[2-9]\d{2,3}[ -]?\d{4}")
# 07400 123456, 020 7946 0958, (0161) 496 0000: ten or eleven digits from 0 in up to three groups (Ofcom).
_BRITISH = _number(r"\(?0[1237]\d{1,4}\)?[ -]?\d{3,4}[ -]?\d{3,4}")
# (415) 555-0132, 415-555-0132, 415.555.0132 x12 (North American Numbering Plan: area from 2).
_AMERICAN = _number(r"(?:1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-.])\d{3}[-. ]\d{4}")
# +49 30 901820, 001-420-335-7509x38548.
_INTERNATIONAL = _number(r"(?:\(?\+|00(?=\d{1,3}[-. ]))\d{1,3}\)?(?:[-. /]{0,2}\(?\d{1,5}\)?){2,6}")
# Whatever stands after "call me on" or 电话, or before "office", in groups as a telephone number may.
_GROUPS = r"\(?\+?\d{1,6}\)?(?:[-. ]{1,2}\(?\d{1,6}\)?){1,6}|\+?\d{7,15}"
_NAMED = re.compile(
    r"(?:\bcall(?: me| us| him| her)?|\bring(?: me)?|\btext(?: me)?|\breach me|\bphone|\btel(?:ephone)?|\bmobile"
    r"|\bcell(?:phone)?|\bfax|\bdesk|\boffice|\bwhatsapp|\bcontact|电话|手机|座机|联系方式|联系我|致电|打给我|拨打)"
    r"(?:[ .:：#-]|\bnumber\b|\bno\b|\bnum\b|\bis\b|\bat\b|\bon\b|号码|号|是|为|改成|改为){1,6}"
    rf"(?P<number>(?:{_GROUPS}){_EXTENSION}){_FREE_AFTER}",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    rf"(?m:^) *(?P<number>(?:{_GROUPS}){_EXTENSION}) (?:office|mobile|cell|home|work|fax|tel)\b", re.IGNORECASE
)
_DATE = re.compile(r"\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:\d{4}|\d{2})|\d{4}-\d{4}")
_FEWEST, _MOST = 7, 15  # digits (ITU-T E.164)


def find_phones(text: str) -> Iterator[tuple[int, int]]:
    """Where telephone numbers stand."""
    yield from _by_shape(text)
    yield from _by_name(text)


def _by_shape(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_CHINESE_MOBILE, _CHINESE_LANDLINE, _AMERICAN, _BRITISH, _INTERNATIONAL):
        for match in pattern.finditer(text):
            if names_a_reference(text, match.start("number")):
                continue
            if (pattern is _BRITISH and not _is_british(match["number"])) or (
                pattern is _INTERNATIONAL and not _is_long_enough(match["number"])
            ):
                continue
            yield match.span("number")


def _by_name(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_NAMED, _NAMED_AFTER):
        for match in pattern.finditer(text):
            if _is_long_enough(match["number"]) and not _DATE.fullmatch(match["number"]):
                yield match.span("number")


def _is_long_enough(number: str) -> bool:
    without_extension = str(re.split(r"[x#转分e]", number, maxsplit=1)[0])
    digits = sum(sign.isdigit() for sign in without_extension)
    return _FEWEST <= digits <= _MOST


def _is_british(number: str) -> bool:
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(number, "GB")))
    except phonenumbers.NumberParseException:
        return False
