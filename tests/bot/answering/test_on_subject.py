"""What speaks of the thing that is asked about goes before what only sounds like the question."""

from dataclasses import replace

import numpy as np
import pytest

from bot.answering.extraction import Extractor, on_subject
from knowledge.documents import Passage
from tests.bot.answering.test_passage_answers import passage
from tests.fake_embedder import FakeEmbedder


def faq(question: str, answer: str) -> Passage:
    one = passage(answer, title=question, kind="faq")
    return replace(one, chunk=replace(one.chunk, language="zh"))


@pytest.mark.parametrize(
    ("question", "are_off"),
    [
        ("包邮要买多少钱", [True, False]),
        ("包装要多少钱", [False, False]),  # no thing of the list: nobody is off it
        ("礼品包装多少钱，包邮吗", [False, False]),
    ],
)
def test_what_says_none_of_the_known_things_is_off_the_subject(question: str, are_off: list[bool]) -> None:
    wrapping, shipping = (
        faq("礼品包装多少钱？", "每件 4.50 美元，附手写贺卡。"),
        faq("满多少包邮？", "标准配送满 59 美元。"),
    )
    weighed = Extractor(FakeEmbedder()).weigh(question, [wrapping, shipping])
    assert weighed
    inquiry, stretches, _ = weighed
    assert [inquiry.off_subject(one) for one in stretches] == are_off


def test_what_is_off_the_subject_gives_its_chance_to_what_is_on_it() -> None:
    after = on_subject(np.array([0.5, 0.3, 0.1]), off=np.array([True, False, False]), own=np.array([True] * 3))
    assert after.argmax() == 1
    assert after.sum() <= 0.9


def test_many_unlikely_ones_make_nothing_sure() -> None:
    before = np.array([0.18] * 5 + [0.03])
    after = on_subject(before, off=np.array([True] * 5 + [False]), own=np.array([True] * 6))
    assert after.argmax() == 5
    assert after.max() <= before.max() + 1e-9


def test_what_hardly_answers_takes_nothing() -> None:
    before = np.array([0.8, 0.02])
    assert (on_subject(before, off=np.array([True, False]), own=np.array([True, True])) == before).all()


def test_what_another_language_says_neither_takes_nor_gives() -> None:
    before = np.array([0.5, 0.4])
    assert (on_subject(before, off=np.array([True, False]), own=np.array([True, False])) == before).all()
    assert (on_subject(before, off=np.array([False, True]), own=np.array([True, False])) == before).all()
