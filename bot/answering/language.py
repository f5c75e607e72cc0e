"""Which language a message is in, and which one its reply takes."""

import re
from functools import cache
from importlib.resources import files
from typing import Literal

from py3langid.langid import MODEL_FILE, LanguageIdentifier

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

# In this order: Japanese uses Han characters too.
_SCRIPTS = {
    re.compile(r"[぀-ヿ]"): "ja",
    re.compile(r"[가-힯]"): "ko",
    re.compile(r"[㐀-䶿一-鿿豈-﫿]"): "zh",
}
_LETTER = re.compile(r"[^\W\d_]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:'[a-z]+)?")
_NOT_WORDS = re.compile(r"\[[A-Z_]+\]|\S*\d\S*|\S+@\S+|https?://\S+")
# The detector is asked among the languages that shoppers may plausibly type in Latin letters or other scripts.
_CONSIDERED = ("en", "es", "fr", "de", "it", "pt", "nl", "ja", "ko", "ru", "ar", "th", "tr", "pl", "vi", "id")
_SURE = 0.9
_ENOUGH_WORDS = 4


def detect(text: str) -> str | None:
    """The language of a text: `en`, `zh`, another ISO 639-1 code, or None when nothing in it tells.

    Script decides first (any Han character without kana is Chinese), then common English words, then the
    statistical detector, which short texts fool: it is believed against English only when it is sure of four words
    or more.
    """
    for script, language in _SCRIPTS.items():
        if script.search(text):
            return language
    text = _NOT_WORDS.sub(" ", text)
    letters = len(_LETTER.findall(text))
    words = _LATIN_WORD.findall(text)
    if sum(map(len, words)) < letters / 2:
        return _classify(text)[0]
    known = sum(word.casefold() in _english_words() for word in words)
    if known * 4 >= len(words) > 0:
        return "en"
    if len(words) < _ENOUGH_WORDS:
        return "en" if known or sum(word.islower() for word in words) > 1 else None
    language, probability = _classify(text)
    return language if probability >= _SURE else "en"


def reply_language(text: str, *, before: str | None) -> Language:
    """The language to reply in: the message's own, else that of the conversation so far, else English.

    Args:
        text: the shopper's message.
        before: the conversation's language, if it has one.
    """
    detected = detect(text)
    if detected in LANGUAGES:
        return "zh" if detected == "zh" else "en"
    return "zh" if before == "zh" and detected is None else "en"


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_CONSIDERED))
    return identifier


def _classify(text: str) -> tuple[str, float]:
    language, probability = _identifier().classify(text)
    return str(language), float(probability)


@cache
def _english_words() -> frozenset[str]:
    """Words so common that one in four of them makes a short text English."""
    return frozenset((files("bot.answering") / "english_words.txt").read_text(encoding="utf-8").split())
