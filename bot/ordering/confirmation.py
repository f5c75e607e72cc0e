"""Confirmation: whether a shopper's words say yes in so many words, and nothing but yes."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

LONGEST = 400
"""Characters of a confirmation; whoever says more wants something more."""

_LONGEST_PHRASE = 5  # words
_TOKEN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+(?:'[a-z]+)?")
_GLAD = frozenset("👍👌✅🙏😊🙂😀😄")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class _Vocabulary:
    yes: frozenset[str]
    beside: frozenset[str]
    never: frozenset[str]
    kinds: Mapping[str, str]
    methods: Mapping[str, str]


def says_yes(words: str, *, kind: str = "", about: str = "", reason: str = "") -> bool:
    """Whether every word belongs to a yes, to a courtesy or to what was proposed, and a yes is among them.

    So nothing can be confirmed with a condition, a doubt, a question or a further wish: their words are neither.

    Args:
        words: what the shopper wrote.
        kind: of the change that was proposed.
        about: titles, options, methods and addresses of the proposal, which the shopper may repeat.
        reason: given with it; may be repeated as a whole, though it may hold a no.
    """
    text = _normal(words)
    if len(text) > LONGEST or "?" in text or any(_is_other_sign(sign) for sign in text):
        return False
    known = _vocabulary()
    spoken = _Spoken(known, set(_tokens(f"{about} {known.kinds.get(kind, '')}".casefold())) - known.never)
    if reason:
        text = text.replace(_normal(reason), " ")
    return spoken.is_yes(_TOKEN.findall(text))


def method_words(kind: str) -> str:
    """The words for a kind of payment method, as shoppers say them."""
    return _vocabulary().methods.get(kind, "")


class _Spoken:
    def __init__(self, known: _Vocabulary, repeated: Collection[str]) -> None:
        self._known = known
        self._words = {token for token in repeated if not _HAN.search(token)}
        self._runs = [token for token in repeated if _HAN.search(token)]

    def is_yes(self, tokens: list[str]) -> bool:
        yes, at = False, 0
        while at < len(tokens):
            taken, affirms = self._han(tokens[at]) if _HAN.search(tokens[at]) else self._latin(tokens, at)
            if not taken:
                return False
            yes, at = yes or affirms, at + taken
        return yes

    def _latin(self, tokens: list[str], at: int) -> tuple[int, bool]:
        """How many tokens the longest known phrase there takes, and whether it is a yes; 0: none is known."""
        for length in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
            phrase = " ".join(tokens[at : at + length])
            if phrase in self._known.yes or phrase in self._known.beside:
                return length, phrase in self._known.yes
        return int(tokens[at] in self._words), False

    def _han(self, run: str) -> tuple[int, bool]:
        """The same of a run of Chinese characters, which is one token: 1 when all of it is known."""
        yes, at = False, 0
        while at < len(run):
            phrase = next((run[at:end] for end in range(len(run), at, -1) if self._knows(run[at:end])), None)
            if phrase is None:
                return 0, False
            yes, at = yes or phrase in self._known.yes, at + len(phrase)
        return 1, yes

    def _knows(self, phrase: str) -> bool:
        if phrase in self._known.yes or phrase in self._known.beside:
            return True
        return not set(phrase) & self._known.never and any(phrase in run for run in self._runs)


def _is_other_sign(sign: str) -> bool:
    """Whether it is a picture that might mean anything."""
    return unicodedata.category(sign) == "So" and sign not in _GLAD


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_normal(text))


def _normal(text: str) -> str:
    """Without differences of width, case and apostrophes."""
    return unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")


@cache
def _vocabulary() -> _Vocabulary:
    text = files("bot.ordering").joinpath("yes_words.yaml").read_text(encoding="utf-8")
    words = yaml.safe_load(text)
    return _Vocabulary(
        yes=frozenset((*words["en"]["affirming"], *words["zh"]["affirming"])),
        beside=frozenset((*words["en"]["beside"], *words["zh"]["beside"])),
        never=frozenset(words["never"]),
        kinds=words["kinds"],
        methods=words["methods"],
    )
