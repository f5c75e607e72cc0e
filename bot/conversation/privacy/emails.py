"""Recognises e-mail addresses."""

import re
from collections.abc import Iterator

_LETTER = r"A-Za-z0-9À-ÖØ-öø-ɏ"
# Latin letters only, so that Chinese words around an address stay: 我的邮箱是ann@example.com谢谢. Starts where a run of
# such letters starts, which keeps the search linear. One space around the sign is a common slip.
_EMAIL = re.compile(
    rf"(?<![{_LETTER}._%+'-])[{_LETTER}._%+'-]+ ?@ ?"
    rf"[{_LETTER}-]+(?:\.[{_LETTER}-]+)*\.[A-Za-zÀ-ÖØ-öø-ɏ]{{2,}}"
)
# ann (at) example (dot) com, ann[at]example.com
_SPELLED = re.compile(
    rf"(?<![{_LETTER}._%+-])[{_LETTER}._%+-]+ ?[(\[] ?at ?[)\]] ?"
    rf"[{_LETTER}-]+(?: ?(?:\.|[(\[] ?dot ?[)\]]) ?[{_LETTER}-]+)*(?:\.| ?[(\[] ?dot ?[)\]] ?)[A-Za-z]{{2,}}",
    re.IGNORECASE,
)


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """Where e-mail addresses stand."""
    for pattern in (_EMAIL, _SPELLED):
        yield from (match.span() for match in pattern.finditer(text))
