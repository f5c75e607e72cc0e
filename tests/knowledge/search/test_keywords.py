"""Words, model numbers and misspellings in both languages."""

import logging

import numpy as np
import pytest

from knowledge.keywords import KeywordIndex, content_share, tokenize

TEXTS = [
    "Noise cancelling headphones WH-1000XM4",
    "Waterproof running shoes for men",
    "防水登山鞋 男款",
    "Shipping takes three to five days",
]


def index_of(texts):
    return KeywordIndex([tokenize(text) for text in texts])


def best(question):
    return TEXTS[int(index_of(TEXTS).scores(question).argmax())]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("wh1000xm4", TEXTS[0]),
        ("ＷＨ－１０００ＸＭ４", TEXTS[0]),
        ("1000xm4", TEXTS[0]),
        ("headpones", TEXTS[0]),
        ("run shoe", TEXTS[1]),
        ("登山鞋防水吗", TEXTS[2]),
        ("how long does shiping take", TEXTS[3]),
    ],
)
def test_question_finds_its_text(question, found):
    assert best(question) == found


def test_model_number_stays_whole_and_gives_its_parts():
    assert tokenize("WH-1000XM4") == ["wh1000xm4", "wh", "1000xm4"]


def test_chinese_is_cut_into_words_and_parts_of_compounds():
    assert {"登山", "登山鞋"} <= set(tokenize("登山鞋"))


def test_short_words_numbers_and_chinese_are_never_guessed():
    index = index_of(["size 42 red", "耳机"])
    for question in ("43", "rad", "耳饰"):
        assert not index.scores(question).any()


def test_scores_are_shares_of_the_question():
    index = index_of(TEXTS)
    scores = index.scores("waterproof running shoes")
    assert ((scores >= 0) & (scores <= 1)).all()
    assert index.scores("waterproof running shoes xylophonequartz")[1] < scores[1]


@pytest.mark.parametrize("question", ["", "   ", "的 了 吗", "?!", "zzzzqqqq"])
def test_nothing_known_scores_zero(question):
    assert np.array_equal(index_of(TEXTS).scores(question), np.zeros(len(TEXTS), dtype=np.float32))


def test_no_texts_give_no_scores():
    assert KeywordIndex([]).scores("anything").shape == (0,)


def test_names_are_all_content_and_sentences_are_not():
    assert content_share("Sony WH-1000XM4 headphones") == 1.0
    assert content_share("how do I wash my shoes") < 0.5
    assert content_share("") == 0.0


def test_building_an_index_says_nothing_in_the_log(caplog):
    with caplog.at_level(logging.DEBUG):
        index_of(TEXTS)
    assert not caplog.records
