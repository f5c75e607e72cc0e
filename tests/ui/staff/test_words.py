"""The staff's pages speak both languages fully, and say nothing that has no words."""

import re
from pathlib import Path

import pytest

from ui.texts import load_staff_texts

STATIC = Path(__file__).parents[3] / "ui" / "static" / "staff"


def test_both_languages_have_the_same_words_and_places():
    english, chinese = load_staff_texts("en").by_key, load_staff_texts("zh").by_key
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese[key])), key


@pytest.mark.parametrize("script", sorted(STATIC.rglob("*.js")), ids=lambda path: path.relative_to(STATIC).as_posix())
def test_every_word_that_a_script_says_is_there(script):
    known = load_staff_texts("en").by_key
    said = set(re.findall(r'"(staff\.[\w.]+\w)"', script.read_text(encoding="utf-8")))
    assert sorted(said - set(known)) == []
