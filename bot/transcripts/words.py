"""Words to search by, the same on every database: Latin words whole, Chinese in pairs of characters.

Chinese has no spaces, and the databases' own indexes find no word of two characters: SQLite's trigrams need three, and
PostgreSQL's parser takes a whole sentence for a word. Pairs find any two characters that stand together.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
_RUN = re.compile(f"[{_HAN}]+|[^\\W_{_HAN}]+")
_LONGEST = 40  # characters of a word; what is longer is no word


def plain(text: str) -> str:
    """The text without differences of case and width."""
    return unicodedata.normalize("NFKC", text).casefold()


def indexed_words(texts: Iterable[str]) -> str:
    """The words of texts, each once, with spaces between."""
    words: set[str] = set()
    for text in texts:
        for run in _runs(text):
            words.update(_pairs(run) if _is_han(run) else (run[:_LONGEST],))
    return " ".join(sorted(words))


def wanted_words(query: str) -> tuple[list[str], list[str]]:
    """What to look for: words that must be there whole, and beginnings of words.

    A Latin word finds all that begin so; two or more Chinese characters find where they stand together.
    """
    whole: list[str] = []
    beginnings: list[str] = []
    for run in _runs(query):
        if _is_han(run) and len(run) > 1:
            whole.extend(run[place : place + 2] for place in range(len(run) - 1))
        else:
            beginnings.append(run[:_LONGEST])
    return list(dict.fromkeys(whole)), list(dict.fromkeys(beginnings))


def places(text: str, query: str) -> list[tuple[int, int]]:
    """Where in a text stand the words that a query looks for: begin and end, in order, none over another."""
    runs = list(_runs(query))
    if not runs:
        return []
    # Folding may lengthen a character (… becomes three dots): each folded one remembers where it came from.
    folded = [(one, place) for place, character in enumerate(text) for one in plain(character)]
    parts = (re.escape(run) if _is_han(run) else rf"(?<!\w){re.escape(run)}\w*" for run in runs)
    hits = re.finditer("|".join(parts), "".join(one for one, _ in folded))
    return [(folded[hit.start()][1], folded[hit.end() - 1][1] + 1) for hit in hits]


def _runs(text: str) -> Iterator[str]:
    return (found.group() for found in _RUN.finditer(plain(text)))


def _is_han(run: str) -> bool:
    return re.match(f"[{_HAN}]", run) is not None


def _pairs(run: str) -> Iterator[str]:
    """Each character with the next; the last alone, so that a single character is found as a beginning."""
    return (run[place : place + 2] for place in range(len(run)))
