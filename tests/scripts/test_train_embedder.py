"""`shopclerk train embedder`: what is adopted, what is refused and why, and what is said when it cannot be done."""

import json

import pytest
from typer.testing import CliRunner

from bot.errors import TrainingError
from knowledge.training.ranked_groups import RankedGroup
from knowledge.training.reranker import Trained
from knowledge.tuned_embedder import read_tuned
from scripts import train_embedder
from scripts.train_embedder import Verdict, imaginary_groups
from tests.fakes import FakeEmbedder

GROUP = RankedGroup("x", "P", "is it red?", ("red", "blue"), (True, False))


def verdict(low, en=(0.90, 0.90), zh=(0.90, 0.90)):
    return Verdict(0.8, 0.8 + low, (low, low + 0.04), {"golden-en-dev": en, "golden-zh-dev": zh})


def test_it_is_adopted_where_more_is_found_beyond_chance_and_nothing_guarded_falls():
    assert verdict(0.01).helps
    assert not verdict(-0.01).helps
    fallen = verdict(0.01, zh=(0.90, 0.89))
    assert not fallen.helps
    assert fallen.fallen == ("golden-zh-dev",)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs the command with everything that needs a model put aside."""

    def write(_change, folder, *, base, scale):
        fresh = folder.with_name(f".{folder.name}.new")
        fresh.mkdir(parents=True)
        (fresh / "model.json").write_text(json.dumps({"base": base, "scale": scale, "digest": "abc"}))
        return fresh

    def run(judged, *options):
        monkeypatch.setenv("SHOPCLERK_HOME", str(tmp_path))
        monkeypatch.setattr(train_embedder, "_examples", lambda *_, **__: (lambda _epoch: [GROUP], [GROUP]))
        monkeypatch.setattr(train_embedder, "load_model", lambda *_, **__: None)
        monkeypatch.setattr(train_embedder, "load_embedder", lambda *_, **__: FakeEmbedder())
        monkeypatch.setattr(train_embedder, "train_embedder", lambda *_, **__: ({}, Trained(3, 1.0, ((0, 0.0, 0.8),))))
        monkeypatch.setattr(train_embedder, "_write", write)
        monkeypatch.setattr(train_embedder, "_judge", lambda *_: judged)
        return CliRunner().invoke(train_embedder.app, list(options))

    return run


def test_what_helps_replaces_what_lay_in_the_folder(run, tmp_path):
    folder = tmp_path / "training/embedder"
    folder.mkdir(parents=True)
    (folder / "old").write_text("")
    done = run(verdict(0.01), "--json")
    assert done.exit_code == 0
    printed = json.loads(done.stdout)
    assert (printed["adopted"], printed["folder"], printed["base"]) == (True, str(folder), "all-minilm-l6-v2")
    assert sorted(one.name for one in folder.iterdir()) == ["figures.json", "model.json"]


def test_what_does_not_is_put_aside_with_the_reason(run, tmp_path):
    done = run(verdict(0.01, en=(0.95, 0.94)))
    assert done.exit_code == 1
    assert "golden-en-dev fell" in done.stderr
    assert "0.950" in done.stdout
    assert not (tmp_path / "training/embedder").exists()
    assert (tmp_path / "training/embedder-refused/figures.json").exists()


def test_a_full_disk_is_one_sentence_and_what_lay_there_stays(run, tmp_path, monkeypatch):
    folder = tmp_path / "training/embedder"
    folder.mkdir(parents=True)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(train_embedder, "json_format", type("Full", (), {"dumps": full}))
    done = run(verdict(0.01))
    assert "No space left on device" in str(done.exception)
    assert "--out" in str(done.exception)
    assert folder.exists()


def test_an_embedder_outside_of_the_pair_is_wrong_use(run):
    done = run(verdict(0.01), "--base", "word2vec")
    assert done.exit_code == 2
    assert "use-multilingual-v3" in done.stderr


def test_imaginary_groups_have_a_text_that_answers_and_one_that_does_not():
    groups = imaginary_groups(20, split="dev", seed=1, languages=("zh", "en"))
    assert len(groups) > 5
    assert all(0 < sum(group.answers) < len(group.answers) for group in groups)
    assert {any("一" <= letter <= "鿿" for letter in group.question) for group in groups} == {True, False}


@pytest.mark.full
def test_what_is_written_can_be_read_and_a_place_that_takes_nothing_is_said(tmp_path):
    import torch

    change = {"a.weight.down": torch.ones(1, 2), "a.weight.up": torch.ones(3, 1)}
    fresh = train_embedder._write(change, tmp_path / "embedder", base="all-minilm-l6-v2", scale=2.0)
    tuned = read_tuned(fresh)
    assert (tuned.base, tuned.scale, len(tuned.digest)) == ("all-minilm-l6-v2", 2.0, 12)
    model = torch.nn.ModuleDict({"a": torch.nn.Linear(2, 3)})
    before = model["a"].weight.detach().clone()
    tuned.add_to(model)
    assert torch.allclose(model["a"].weight, before + 2)

    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="--out"):
        train_embedder._write(change, tmp_path / "file/embedder", base="all-minilm-l6-v2", scale=2.0)
