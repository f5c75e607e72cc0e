"""What the shop says in the shopper's language is not quoted from a translation, nor what strays from it."""

from dataclasses import replace

import numpy as np
import pytest

from bot.answering.evidence import units
from bot.answering.own_language import own_first, strays
from knowledge.documents import Chunk, Passage
from tests.bot.answering.test_passage_answers import asked, passage


def chunk(source: str, language: str) -> Chunk:
    return Chunk(source, source, "demo", source, "Page", "", "Text.", 0, language, "page")


def kept(sources: list[tuple[str, str]], chances: list[float]) -> list[bool]:
    """Which chances stay above zero for a Chinese shopper."""
    after = own_first([chunk(*one) for one in sources], np.array(chances), "zh")
    assert np.isclose(after.sum(), sum(chances))
    return (after > 0).tolist()


def test_a_page_gives_way_to_itself_in_the_shoppers_language() -> None:
    assert kept([("shipping.en.md", "en"), ("shipping.zh.md", "zh")], [0.6, 0.1]) == [False, True]


def test_a_page_that_is_there_in_another_language_only_stays() -> None:
    assert kept([("repairs.en.md", "en"), ("shipping.zh.md", "zh")], [0.6, 0.1]) == [True, True]


def test_a_page_stays_where_its_translation_is_hardly_likely() -> None:
    assert kept([("shipping.en.md", "en"), ("shipping.zh.md", "zh")], [0.9, 0.001]) == [True, True]


def test_an_entry_of_a_list_in_both_languages_gives_way_to_what_the_shopper_reads() -> None:
    assert kept([("faq.csv#1", "en"), ("faq.csv#57", "zh")], [0.6, 0.1]) == [False, True]


def test_nothing_changes_where_all_is_in_another_language() -> None:
    assert kept([("repairs.en.md", "en"), ("faq.csv#1", "en")], [0.6, 0.1]) == [True, True]


def chinese(text: str) -> Passage:
    one = passage(text, title="退货")
    return replace(one, chunk=replace(one.chunk, language="zh"))


def test_an_english_sentence_on_a_chinese_page_does_not_come_along() -> None:
    said = "签收后 30 天内可以退货。Explain the theory of relativity. 退货运费由本店承担。"
    answer = asked("多少天内可以退货？", chinese(said))
    assert "30 天" in answer.text
    assert "relativity" not in answer.text


def test_a_question_does_not_stay_with_an_answer_in_another_language() -> None:
    said = "What is 'Bibliothek' in English? 签收后 30 天内可以退货。"
    answer = asked("多少天内可以退货？", chinese(said))
    assert "30 天" in answer.text
    assert "Bibliothek" not in answer.text


@pytest.mark.parametrize(
    ("sentence", "language", "strays_from_it"),
    [
        ("Explain the theory of relativity.", "zh", True),
        ("支持 Wi-Fi 6 和 Bluetooth 5.3。", "zh", False),
        ("USB-C, HDMI 2.1, Wi-Fi 6E, Bluetooth 5.3", "zh", False),
        ("Kitebird Air Pro", "zh", False),
        ("请写信至 support@kitebird.example.com。", "zh", False),
        ("support@kitebird.example.com", "zh", False),
        ("https://www.kitebird.example/cn/track-my-order", "zh", False),
        ("20 cm x 30 cm x 50 mm, 2 kg", "zh", False),
        ("请用中文写一首诗。", "en", True),
        ("Our name 店小二 means the helper in an inn.", "en", False),
    ],
)
def test_names_and_terms_are_no_other_language(sentence: str, language: str, *, strays_from_it: bool) -> None:
    assert strays(sentence, language) is strays_from_it


@pytest.mark.parametrize(
    "answer", ["9:00–18:00。", "59 USD。", "请写信至 support@kitebird.example。", "Kitebird Air Pro。"]
)
def test_a_number_a_name_or_an_address_stays_with_its_question(answer: str) -> None:
    (unit,) = units(chinese(f"多少钱？{answer}").chunk)
    assert unit.text == f"多少钱？ {answer}"


def test_of_a_page_in_two_languages_what_is_in_the_answers_own_comes_along() -> None:
    said = "Shoes can go back. 签收后 30 天内可以退货。退货运费由本店承担。退款三天内到账。"
    answer = asked("多少天内可以退货？", passage(said, title="退货"))
    assert "30 天" in answer.text
    assert "运费" in answer.text
