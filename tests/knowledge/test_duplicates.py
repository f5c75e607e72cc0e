"""Two texts that mean the same in other words are found by their vectors, in one language and kind."""

import numpy as np

from knowledge.documents import Chunk, Kind
from knowledge.duplicates import Duplicate, find_reworded

ONE, LIKE_ONE, OTHER = (1.0, 0.0), (0.8, 0.6), (0.0, 1.0)


def chunk(source: str, text: str = "Text.", kind: Kind = "faq", language: str = "en") -> Chunk:
    return Chunk(f"{source} {text}", source, "demo", source, "Title", "", text, 0, language, kind)


def found(*chunks: tuple[Chunk, tuple[float, float]], new: set[str]) -> list[Duplicate]:
    return find_reworded([one for one, _ in chunks], np.array([vector for _, vector in chunks]), new=new)


def test_the_new_one_is_told_beside_what_it_repeats() -> None:
    pairs = found((chunk("a", "30 days"), ONE), (chunk("b", "14 days"), LIKE_ONE), (chunk("c"), OTHER), new={"b"})
    assert pairs == [Duplicate("b", "a", 0.8, True, reworded=True)]


def test_two_new_ones_are_told_once() -> None:
    assert [(one.source, one.other) for one in found((chunk("a"), ONE), (chunk("b"), ONE), new={"a", "b"})] == [
        ("b", "a")
    ]


def test_what_is_not_new_is_not_told_again() -> None:
    assert found((chunk("a"), ONE), (chunk("b"), ONE), new=set()) == []


def test_another_language_or_kind_repeats_nothing() -> None:
    others = (chunk("b", language="zh"), ONE), (chunk("c", kind="page"), ONE), (chunk("d", kind="product"), ONE)
    assert found((chunk("a"), ONE), *others, new={"a", "b", "c", "d"}) == []


def test_pieces_of_one_page_repeat_only_other_pages() -> None:
    pieces = (chunk("a", "One.", "page"), ONE), (chunk("a", "Two.", "page"), ONE)
    assert found(*pieces, new={"a"}) == []
    assert len(found(*pieces, (chunk("b", kind="page"), LIKE_ONE), new={"b"})) == 1
