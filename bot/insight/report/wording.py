"""A report's words in one language."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.insight.analytics.intervals import Share


@dataclass(frozen=True)
class Words:
    """The words by key; some keys hold words by name."""

    by_key: dict[str, Any]

    def say(self, key: str, **values: object) -> str:
        """The words for `key` with `{name}` places filled."""
        return str(self.by_key[key]).format(**values)

    def name(self, kind: str, name: str) -> str:
        """What something of a kind is called; its own name where we have none."""
        return str(self.by_key[kind].get(name, name or self.by_key["unknown"]))


@cache
def words(language: str) -> Words:
    """The words in `en` or `zh`."""
    read = yaml.safe_load((files("bot.insight.report") / "words.yaml").read_text(encoding="utf-8"))
    return Words(read[language])


def percent(value: float | None) -> str:
    """A share in percent, one digit where it is small; a dash for none."""
    return "–" if value is None else f"{value:.1%}" if value < 0.1 else f"{value:.0%}"


def interval(share: Share) -> str:
    """The ends of its interval in percent."""
    return " – ".join(percent(end) for end in share.interval) if share.interval else "–"


def seconds(ms: int) -> str:
    """A time as it is read in both languages."""
    return f"{ms} ms" if ms < 1000 else f"{ms / 1000:.1f} s"
