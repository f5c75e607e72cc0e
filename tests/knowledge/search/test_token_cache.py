"""Words kept between starts are the same words, whatever happens to the file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge.token_cache
from knowledge.keywords import tokenize
from knowledge.token_cache import TokenCache

TEXTS = ["Noise cancelling headphones WH-1000XM4", "防水登山鞋 男款", "", "Shipping takes days", "防水登山鞋 男款"]
WORDS = [tokenize(text) for text in TEXTS]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "words" / "demo.npz"


@pytest.fixture
def cut(monkeypatch):
    """Which texts were cut, in order."""
    seen = []
    monkeypatch.setattr(knowledge.token_cache, "tokenize", lambda text: seen.append(text) or tokenize(text))
    return seen


def test_second_start_cuts_nothing(file, cut):
    assert TokenCache(file).words(TEXTS) == WORDS
    cut.clear()
    assert TokenCache(file).words(TEXTS) == WORDS
    assert cut == []


def test_only_what_changed_is_cut(file, cut):
    TokenCache(file).words(TEXTS)
    cut.clear()
    assert TokenCache(file).words([*TEXTS[1:], "new words"]) == [*WORDS[1:], tokenize("new words")]
    assert cut == ["new words"]


@pytest.mark.parametrize("part", [0, 10, 100, -30])
def test_damaged_file_is_mended(file, part, cut):
    TokenCache(file).words(TEXTS)
    content = file.read_bytes()
    file.write_bytes(content[:part])
    assert TokenCache(file).words(TEXTS) == WORDS
    cut.clear()
    TokenCache(file).words(TEXTS)
    assert cut == []


def test_every_flipped_byte_is_survived(file):
    TokenCache(file).words(TEXTS)
    content = file.read_bytes()
    for place in range(0, len(content), 7):
        file.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        assert TokenCache(file).words(TEXTS) == WORDS


def test_other_rules_of_cutting_make_it_stale(file, cut, monkeypatch):
    TokenCache(file).words(TEXTS)
    cut.clear()
    monkeypatch.setattr(knowledge.token_cache, "tokenizer_version", lambda: "another")
    assert TokenCache(file).words(TEXTS) == WORDS
    assert set(cut) == set(TEXTS)


def test_half_written_file_of_a_killed_process_is_removed(file):
    file.parent.mkdir()
    left_behind = file.with_name(f"{file.name}.1.partial")
    left_behind.write_bytes(b"half")
    TokenCache(file).words(TEXTS)
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_folder_that_cannot_be_written_only_costs_time(file):
    file.parent.write_text("a file where the folder should be")
    assert TokenCache(file).words(TEXTS) == WORDS


@given(before=st.lists(st.text(max_size=12), max_size=6), after=st.lists(st.text(max_size=12), max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_texts_come_back_as_they_are_cut(tmp_path_factory, before, after):
    file = tmp_path_factory.mktemp("words") / "shop.npz"
    for texts in (before, after, before):
        assert TokenCache(file).words(texts) == [tokenize(text) for text in texts]
