"""A folder is the old one or the new one, whatever happens while it is replaced."""

from pathlib import Path

import pytest

from knowledge.whole_folder import put_folder, restore_folder


def write(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "weights").write_text(text)
    return folder


def test_a_folder_that_was_moved_aside_by_a_killed_run_is_put_back(tmp_path: Path):
    target = tmp_path / "adapter"
    put_folder(write(tmp_path / "fresh", "old"), target)
    target.rename(tmp_path / ".adapter.old")  # killed here

    restore_folder(target)
    assert (target / "weights").read_text() == "old"

    put_folder(write(tmp_path / "fresh", "new"), target)
    assert (target / "weights").read_text() == "new"
    assert [one.name for one in tmp_path.iterdir()] == ["adapter"]


def test_what_cannot_be_put_there_leaves_the_old_one(tmp_path: Path):
    target = tmp_path / "adapter"
    put_folder(write(tmp_path / "fresh", "old"), target)

    with pytest.raises(OSError, match="missing"):
        put_folder(tmp_path / "missing", target)

    assert (target / "weights").read_text() == "old"
