"""Training examples as files, and the card that says what is in them."""

from dataclasses import replace

import pytest

from bot.errors import InvalidInput
from bot.learning.examples import Example, data_card, read_examples, write_examples

EXAMPLE = Example(
    id="one",
    split="train",
    source="imaginary",
    language="zh",
    kind="answer",
    question="运费多少？",
    passages=("运费：每单 6 元。",),
    answer="运费 6 元。[1]",
    cited=(1,),
    history=("你好", "您好"),
    facts=("6 元",),
    tags=("number",),
)


def test_examples_survive_being_written(tmp_path):
    examples = [EXAMPLE, replace(EXAMPLE, id="two", history=(), tags=())]
    assert write_examples(tmp_path / "e.jsonl", examples) == 2
    assert list(read_examples(tmp_path / "e.jsonl")) == examples


def test_nothing_written_counts_nothing(tmp_path):
    assert write_examples(tmp_path / "e.jsonl", []) == 0
    assert list(read_examples(tmp_path / "e.jsonl")) == []


@pytest.mark.parametrize("broken", ["{", "[]", '{"id": "x"}', '{"unknown": 1}'])
def test_a_broken_line_is_named(tmp_path, broken):
    path = tmp_path / "e.jsonl"
    write_examples(path, [EXAMPLE])
    path.write_text(path.read_text(encoding="utf-8") + broken + "\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"e\.jsonl, line 2"):
        list(read_examples(path))


def test_the_card_counts_and_names_licences():
    public = replace(EXAMPLE, id="two", source="hetpqa", language="en", split="dev", kind="refuse")
    card = data_card([EXAMPLE, EXAMPLE, public])
    assert "3 examples" in card
    assert "| imaginary | 2 | 0 | 0 |" in card
    assert "| refuse | 0 | 1 | 0 |" in card
    assert "| hetpqa | CDLA-Sharing-1.0 |" in card


def test_a_card_of_nothing_says_so():
    assert "no examples" in data_card([])
