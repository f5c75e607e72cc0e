"""The screen's own words in each language, read from `locales/`."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from starlette.requests import Request

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Texts:
    """All words of the screen in one language."""

    language: str
    by_key: dict[str, str]

    def say(self, key: str, **values: object) -> str:
        """The words for `key` with `{name}` places filled."""
        return self.by_key[key].format(**values)


@cache
def load_texts(language: str) -> Texts:
    """The words in `language`, or in English for a language we do not have."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    return Texts(known, _read(f"{known}.json"))


@cache
def load_staff_texts(language: str) -> Texts:
    """The words of the staff's pages, and all others, in `language`, or in English for one we do not have."""
    texts = load_texts(language)
    return Texts(texts.language, texts.by_key | _read(f"staff.{texts.language}.json"))


def staff_texts_for(request: Request) -> Texts:
    """The words for staff in the language that the request prefers."""
    return load_staff_texts(preferred_language(request.headers.get("accept-language")))


def preferred_language(accept_language: str | None) -> str:
    """Of our languages the one that an `Accept-Language` header likes best."""
    wishes: list[tuple[float, int, str]] = []
    for place, wish in enumerate((accept_language or "").split(",")):
        tag, _, parameter = wish.strip().partition(";")
        weight = parameter.strip().removeprefix("q=") if parameter.strip().startswith("q=") else "1"
        try:
            wishes.append((-float(weight), place, tag.lower().split("-")[0]))
        except ValueError:
            continue
    return next((language for weight, _, language in sorted(wishes) if language in LANGUAGES and weight < 0), "en")


def _read(name: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((resources.files("ui") / "locales" / name).read_text(encoding="utf-8"))
    return texts
