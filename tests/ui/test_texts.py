"""The screen speaks both languages fully."""

import re

import pytest

from ui.texts import load_texts, preferred_language


def test_both_languages_have_the_same_words_and_places() -> None:
    english, chinese = load_texts("en").by_key, load_texts("zh").by_key
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese[key])), key


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB;q=0.3, zh-Hant;q=0.7", "zh"),
        ("fr,de;q=0.9", "en"),
        ("fr, zh;q=0.4, en;q=0", "zh"),
        ("zh;q=nonsense, en", "en"),
        ("zh", "zh"),
    ],
)
def test_the_best_liked_of_our_languages_is_taken(header: str | None, language: str) -> None:
    assert preferred_language(header) == language
