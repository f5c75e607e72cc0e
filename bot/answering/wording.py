"""Wording: the bot's own sentences in the reader's language, from the files in `locales`."""

import string
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


class Wording:
    """The sentences of one language.

    Args:
        language: whose sentences they are.
        sentences: by key, with {names} to fill in.
    """

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        self.language = language
        self._sentences = sentences

    def say(self, key: str, **values: object) -> str:
        """The sentence with its names filled in.

        Raises:
            KeyError: no such sentence, or a name in it was not given.
        """
        return self._sentences[key].format_map(values)

    def join(self, *sentences: str) -> str:
        """Sentences one after the other; empty ones fall out."""
        return self._sentences["sentence_separator"].join(sentence for sentence in sentences if sentence)

    def listed(self, things: "list[str] | tuple[str, ...]") -> str:
        """Things named one after the other."""
        return self._sentences["list_separator"].join(things)

    def names(self) -> Mapping[str, frozenset[str]]:
        """What each sentence wants filled in, by key."""
        return {
            key: frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)
            for key, sentence in self._sentences.items()
        }


@cache
def wording(language: str) -> Wording:
    """The sentences of a language, from all of its files; English where there are none."""
    folder = files("bot.answering") / "locales"
    spoken = language if (folder / f"{language}.yaml").is_file() else "en"
    sentences: dict[str, str] = {}
    for part in ("", "orders."):
        sentences |= yaml.safe_load((folder / f"{part}{spoken}.yaml").read_text(encoding="utf-8"))
    return Wording(language, sentences)
