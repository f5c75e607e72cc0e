"""Bare topics: what a message wants that only names a subject, such as "returns?", from `bare_topics.yaml`."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from rapidfuzz.distance import OSA

SLIP_FROM = 6  # letters, from which one may be wrong or missing


@dataclass(frozen=True)
class _Topics:
    around: re.Pattern[str]
    asks: Mapping[str, Mapping[str, str]]
    of_what: Mapping[str, str]


def spelled_out(message: str, language: str) -> str:
    """The question that is meant where a message only names a subject; else the message as it is."""
    topics = _topics()
    asks = topics.asks.get(_subject(message, tuple(topics.asks)))
    return asks.get(language, message) if asks else message


def lacks_what(message: str) -> str:
    """What is asked, `price`, `size` or `stock`, where a message does not say of what; else empty."""
    topics = _topics()
    return topics.of_what.get(_subject(message, tuple(topics.of_what)), "")


def _subject(message: str, known: tuple[str, ...]) -> str:
    """The one of the known subjects that the message names and nothing else; empty where it names none."""
    bare = _bare(message)
    if bare in known or len(bare) < SLIP_FROM or not bare.isascii():
        return bare
    return next((name for name in known if len(name) >= SLIP_FROM and OSA.distance(bare, name) == 1), "")


def _bare(message: str) -> str:
    plain = unicodedata.normalize("NFKC", message).casefold()
    bare = " ".join(re.sub(r"[^\w\s'-]+", " ", plain).split())
    while (shorter := _topics().around.sub("", bare).strip()) not in {bare, ""}:
        bare = shorter
    return bare


def _names(topic: Mapping[str, Any]) -> Iterator[str]:
    yield from topic.get("exactly", ())
    for name in topic["names"]:
        yield name
        yield from (form.format(name) for form in topic.get("also", ()) if form.isascii() == name.isascii())


@cache
def _topics() -> _Topics:
    read = yaml.safe_load((files("bot.answering") / "bare_topics.yaml").read_text(encoding="utf-8"))
    return _Topics(
        around=re.compile(read["around"].replace("\n", "").replace(" |", "|").strip()),
        asks={name: topic["ask"] for topic in read["topics"] for name in _names(topic)},
        of_what={name: kind for kind, names in read["of_what"].items() for name in names},
    )
