"""Finds personal data in what a shopper types and puts a placeholder in its place."""

import re
from dataclasses import dataclass

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")


@dataclass(frozen=True)
class Finding:
    """One piece of personal data: its kind and where it stood in the text as typed, end exclusive."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Masked:
    """A text with placeholders for the personal data found in it."""

    text: str
    findings: tuple[Finding, ...]


def mask(text: str) -> Masked:
    """The text with placeholders such as `[EMAIL]` for personal data."""
    findings = tuple(Finding("email", found.start(), found.end()) for found in _EMAIL.finditer(text))
    return Masked(_EMAIL.sub("[EMAIL]", text), findings)
