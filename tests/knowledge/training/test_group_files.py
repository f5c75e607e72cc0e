"""Files of questions with texts: read as written, and a broken line is named."""

import json
from dataclasses import asdict

import pytest

from knowledge.errors import UnreadableFile
from knowledge.training.group_files import read_groups
from knowledge.training.ranked_groups import RankedGroup

GROUP = RankedGroup("shop", "kettle", "is it red?", ("Red.", "2 kg, 多色"), (True, False))
GOOD = '{"question": "is it red?", "texts": ["Red.", "2 kg"], "answers": [true, false]}'


def test_groups_are_read_as_they_stand(tmp_path):
    line = json.dumps(asdict(GROUP), ensure_ascii=False)
    (tmp_path / "g.jsonl").write_text(f"{line}\n{line}\n", "utf-8")
    assert list(read_groups(tmp_path / "g.jsonl")) == [GROUP, GROUP]


def test_source_and_subject_may_be_left_out(tmp_path):
    (tmp_path / "own.jsonl").write_text(GOOD + "\n\n")
    (group,) = read_groups(tmp_path / "own.jsonl")
    assert (group.source, group.subject, group.answers) == ("own.jsonl", "is it red?", (True, False))


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"question": "q"}',
        '{"question": "q", "texts": ["a"], "answers": [true, false]}',
        '{"question": "q", "texts": ["a"], "answers": ["yes"]}',
        '{"question": "q", "texts": ["a"], "answers": [false]}',
        '{"question": "", "texts": ["a"], "answers": [true]}',
        '{"question": "q", "texts": [7], "answers": [true]}',
    ],
)
def test_a_broken_line_is_said_with_its_number(tmp_path, line):
    (tmp_path / "g.jsonl").write_text(f"{GOOD}\n{line}\n")
    with pytest.raises(UnreadableFile, match=r"g\.jsonl, line 2: .* mend or delete the line"):
        list(read_groups(tmp_path / "g.jsonl"))


def test_an_absent_file_is_said(tmp_path):
    with pytest.raises(UnreadableFile, match=r"absent\.jsonl: cannot be read"):
        list(read_groups(tmp_path / "absent.jsonl"))
