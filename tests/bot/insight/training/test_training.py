"""Learning from own and public texts: parts that never mix, bad rows that are told, a gate that refuses."""

import numpy as np
import pytest

from bot.insight.evaluation.gate import Verdict
from bot.insight.evaluation.golden import golden_messages
from bot.insight.evaluation.measuring import MoodFigures, calibration_error, macro_f1
from bot.insight.sentiment.feeling import ASPECTS, LABELS
from bot.insight.training.examples import part_of
from bot.insight.training.own_messages import kernels, own_messages
from bot.insight.training.public_sets import public_set
from bot.insight.training.shop_reviews import read_labelled
from knowledge.errors import DataMissing, UnreadableFile


def test_messages_made_of_one_kernel_are_in_one_part_and_no_slot_is_left():
    made = list(own_messages(filled=2, joined=20))
    assert made == list(own_messages(filled=2, joined=20))
    assert {one.label for one in made} == set(LABELS)
    assert not [one.text for one in made if "{" in one.text]
    assert {one.part for one in made} == {"train", "tune", "dev"}


def test_there_are_enough_kernels_of_every_aspect_and_feeling_in_both_languages():
    for language in ("en", "zh"):
        ours = [kernel for kernel in kernels() if kernel.language == language]
        assert len({kernel.text for kernel in ours}) > 400
        found = {(aspect, label) for kernel in ours for aspect, label in kernel.aspects.items()}
        assert found >= {(aspect, label) for aspect in ASPECTS for label in LABELS}


def test_no_golden_message_is_trained_on():
    golden = {one.text for split in ("dev", "test") for one in golden_messages(split)}
    assert len(golden) > 300
    assert not golden & {kernel.text for kernel in kernels()}


def test_a_text_is_always_in_the_same_part():
    parts = [part_of(f"text {number}") for number in range(2000)]
    assert 0.85 < parts.count("train") / 2000 < 0.95
    assert parts == [part_of(f"text {number}") for number in range(2000)]


def test_labelled_reviews_are_read_and_bad_rows_told_with_line_and_column(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("text,label\nnice,positive\nbroken,Negative\nhm,angry\n,neutral\nno label,\n", encoding="utf-8")
    read = read_labelled(path)
    assert [one.label for one in read.examples] == ["positive", "negative"]
    assert [(one.line, one.column) for one in read.failures] == [(4, "label"), (5, "text"), (6, "label")]
    assert "'angry'; expected one of negative, neutral, positive" in read.failures[0].reason


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("mine.csv", "text,mood\nnice,good\n", "no column 'label'"),
        ("mine.csv", "text,label\nnice,great\n", "no row can be learned from; the first: line 2: the label is 'great'"),
        ("mine.csv", "", "the file is empty"),
        ("mine.txt", "nice", "expected one of .csv"),
    ],
)
def test_a_file_that_cannot_be_learned_from_says_why(tmp_path, name, content, sentence):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=sentence):
        read_labelled(tmp_path / name)


def test_a_public_set_that_is_absent_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(DataMissing, match="SHOPCLERK_DATA"):
        public_set("zh_reviews", tmp_path)
    with pytest.raises(DataMissing, match="expected one of zh_reviews, vader_tweets, stc3"):
        public_set("movies", tmp_path)


def figures(f1):
    return MoodFigures("golden", "en", "m", 100, f1, f1, None, 1.0, 1.0)


def test_the_gate_lets_the_same_pass_and_refuses_what_fell():
    assert Verdict((figures(0.80),), (figures(0.80),)).passed
    refused = Verdict((figures(0.80), figures(0.80)), (figures(0.90), figures(0.70)))
    assert (refused.passed, refused.fallen) == (False, ("golden en",))
    assert not Verdict((figures(0.80),), (figures(0.79),)).passed


def test_figures_are_as_worked_out_by_hand():
    assert macro_f1(np.array([0, 0, 2, 2]), np.array([0, 2, 2, 2])) == pytest.approx((2 / 3 + 4 / 5) / 2)
    scores, hits = np.array([0.95, 0.95, 0.55, 0.55]), np.array([True, True, True, False])
    assert calibration_error(scores, hits) == pytest.approx(0.5 * 0.05 + 0.5 * 0.05)
