"""Kinds: things of which one excludes another, such as countries, days of the week and means of payment."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

import yaml
from babel import Locale

LANGUAGES = ("en", "zh")
SHORTEST = {"en": 3, "zh": 2}  # letters of a country's name; shorter ones are parts of other words


@lru_cache(maxsize=16384)
def kinds_in(normal: str) -> frozenset[tuple[str, str]]:
    """The things of a known kind that a text names, as (kind, thing), the same thing alike in both languages.

    Args:
        normal: half-width and lower case.
    """
    expression, things = _lexicon()
    return frozenset(things[match.group()] for match in expression.finditer(normal) if match.group() in things)


@cache
def _lexicon() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    things: dict[str, tuple[str, str]] = {}
    for kind, thing, name in [*_listed(), *_of_locales()]:
        things.setdefault(name.lower(), (kind, thing))
    longest_first = sorted(things, key=len, reverse=True)
    latin = "|".join(re.escape(name) for name in longest_first if name.isascii())
    other = "|".join(re.escape(name) for name in longest_first if not name.isascii())
    return re.compile(rf"\b(?:{latin})\b|(?:{other})"), things


def _of_locales() -> Iterator[tuple[str, str, str]]:
    """Countries, days of the week and months, as the Unicode CLDR names them."""
    for language in LANGUAGES:
        locale = Locale(language)
        for code, name in locale.territories.items():
            if len(code) == 2 and len(name) >= SHORTEST[language]:
                yield "country", code, re.sub(r"（.*|\(.*|中国(?=.)|特别行政区", "", name).strip()
        for width in ("wide", "abbreviated") if language == "zh" else ("wide",):
            for day, name in locale.days["format"][width].items():
                yield "day", str(day), name
                yield "day", str(day), f"{name}s"
        if language == "en":  # Chinese months are numbers
            for month, name in locale.months["format"]["wide"].items():
                if name != "May":
                    yield "month", str(month), name


def _listed() -> Iterator[tuple[str, str, str]]:
    read: dict[str, list[str]] = yaml.safe_load((files("bot.answering.grounding") / "kinds.yaml").read_text("utf-8"))
    for kind, lines in read.items():
        for line in lines:
            names = [name.strip() for name in line.split("|")]
            for name in names:
                yield kind, names[0], name
