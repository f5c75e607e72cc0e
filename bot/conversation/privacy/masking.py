"""Runs the recognisers over a text until none finds more, and writes the placeholders."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.conversation.privacy.accounts import find_accounts
from bot.conversation.privacy.cards import find_cards
from bot.conversation.privacy.chinese_addresses import find_chinese_addresses
from bot.conversation.privacy.emails import find_emails
from bot.conversation.privacy.identities import find_identities
from bot.conversation.privacy.names import find_names
from bot.conversation.privacy.phones import find_phones
from bot.conversation.privacy.western_addresses import find_western_addresses

Span = tuple[int, int]
_FEWEST_CHARACTERS = 3  # no kind is shorter: 张先生

# In this order: what has a check digit before what has only a shape.
_RECOGNISERS: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
    ("email", find_emails),
    ("id", find_identities),
    ("account", find_accounts),
    ("card", find_cards),
    ("phone", find_phones),
    ("address", find_chinese_addresses),
    ("address", find_western_addresses),
    ("name", find_names),
)
_PLACEHOLDER = re.compile(r"\[(?:" + "|".join(sorted({kind.upper() for kind, _ in _RECOGNISERS})) + r")\]")

# Full-width letters, digits and signs, and the many dashes and spaces, as the one ASCII character they stand for: one
# to one, so that places stay the same. Full-width commas stay: they end a Chinese clause.
_FULL_WIDTH = {0xFEE0 + ord(sign): sign for sign in map(chr, range(33, 127)) if sign.isalnum() or sign in "@.+-_()#:/"}
_ALIKE = dict.fromkeys(map(ord, "‐‑‒–—−﹣"), "-") | dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u202f\u3000"), " ")
_PLAIN = str.maketrans({chr(code): sign for code, sign in (_FULL_WIDTH | _ALIKE).items()})


@dataclass(frozen=True)
class Finding:
    """One piece of personal data: its kind and where it stood in the text as typed, end exclusive."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Masked:
    """A text with placeholders for the personal data found in it, in order."""

    text: str
    findings: tuple[Finding, ...]


def mask(text: str) -> Masked:
    """Put `[EMAIL]`, `[ID]`, `[ACCOUNT]`, `[CARD]`, `[PHONE]`, `[ADDRESS]` or `[NAME]` in the place of personal data.

    Masking a masked text changes nothing. Time grows in proportion to the length.
    """
    findings = sorted(_find(text.translate(_PLAIN)), key=lambda finding: finding.start)
    pieces, written = [], 0
    for finding in findings:
        pieces += [text[written : finding.start], f"[{finding.kind.upper()}]"]
        written = finding.end
    return Masked("".join([*pieces, text[written:]]), tuple(findings))


def _find(text: str) -> list[Finding]:
    """Findings in any order; none overlaps another or a placeholder.

    What was found parts the text, and nothing is found across a part's end: so a masked text, parted by the same
    placeholders, gives nothing new.
    """
    parts = _apart(0, len(text), [found.span() for found in _PLACEHOLDER.finditer(text)])
    findings: list[Finding] = []
    found_some = True
    while found_some:
        found_some = False
        for kind, recognise in _RECOGNISERS:
            remaining: list[Span] = []
            for start, end in parts:
                spans = [(start + left, start + right) for left, right in _longest(recognise(text[start:end]))]
                findings += [Finding(kind, left, right) for left, right in spans]
                remaining += _apart(start, end, spans)
                found_some = found_some or bool(spans)
            parts = remaining
    return findings


def _longest(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans in order; of those that overlap the first, and of those that start together the longest."""
    last_end = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last_end:
            yield start, end
            last_end = end


def _apart(start: int, end: int, spans: list[Span]) -> list[Span]:
    """What is left of start … end without the spans, which are in order, where it is long enough to hold anything."""
    edges = [start, *(edge for span in spans for edge in span), end]
    return [
        (left, right) for left, right in zip(edges[::2], edges[1::2], strict=True) if right - left >= _FEWEST_CHARACTERS
    ]
