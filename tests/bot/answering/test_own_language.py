"""What the shop says in the shopper's language is not quoted from a translation."""

import numpy as np

from bot.answering.own_language import own_first
from knowledge.documents import Chunk


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
