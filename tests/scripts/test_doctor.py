"""The doctor names every part, says what is wrong and the command that mends it."""

import json

import pytest
from typer.testing import CliRunner

from knowledge.tuned_embedder import DESCRIPTION, WEIGHTS
from knowledge.weights import CATALOGUE, MANIFEST
from scripts.cli import app

runner = CliRunner()


@pytest.fixture
def home_with_hollow_models(tmp_path):
    """Models that look whole by size; enough for a doctor who does not load them."""
    home = tmp_path / "home"
    for name in CATALOGUE:
        (home / "models" / name).mkdir(parents=True)
        (home / "models" / name / MANIFEST).write_text("{}")
    return home


def _examined(*words: str):
    result = runner.invoke(app, ["doctor", "--json", *words])
    document = json.loads(result.stdout)
    assert result.exit_code == (0 if document["ready"] else 1)
    return document["ready"], {one["part"]: one for one in document["findings"]}


def test_missing_models_fail_with_the_command_that_fetches_them():
    ready, findings = _examined()
    assert not ready
    assert findings["model"]["state"] == "problem"
    assert findings["model"]["mend"].startswith("shopclerk models fetch ")


def test_a_whole_home_is_ready_and_every_part_says_what_it_runs_on(home_with_hollow_models):
    ready, findings = _examined()
    assert ready
    assert {"software", "home", "model", "embedder", "generator", "database", "index", "server"} <= set(findings)
    assert "use-minilm-pair on c" in findings["embedder"]["what"]
    assert "gemma-3-270m on c" in findings["generator"]["what"]
    assert findings["server"]["what"] == "not running"


def test_an_embedder_by_which_smuggled_sentences_are_not_told_is_noted(home_with_hollow_models, monkeypatch):
    monkeypatch.setenv("SHOPCLERK_EMBEDDER", "all-minilm-l6-v2")
    _, findings = _examined()
    assert findings["embedder"]["state"] == "note"
    assert "not told" in findings["embedder"]["what"]
    assert findings["embedder"]["mend"] == "shopclerk train smuggled"


def test_an_embedder_tuned_from_the_built_in_one_is_as_good(home_with_hollow_models, monkeypatch, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(b"")
    (folder / DESCRIPTION).write_text(json.dumps({"base": "use-multilingual-v3", "digest": "abc", "scale": 1.0}))
    monkeypatch.setenv("SHOPCLERK_EMBEDDER", str(folder))
    _, findings = _examined()
    assert findings["embedder"]["state"] == "ok"

    (folder / DESCRIPTION).write_text("{")
    _, findings = _examined()
    assert findings["embedder"]["state"] == "problem"


def test_looking_makes_nothing(home_with_hollow_models):
    _examined()
    assert [path.name for path in home_with_hollow_models.iterdir()] == ["models"]


def test_without_a_generator_answers_are_said_to_be_quoted(home_with_hollow_models, monkeypatch):
    monkeypatch.setenv("SHOPCLERK_GENERATOR", "none")
    ready, findings = _examined()
    assert ready
    assert "quoted" in findings["generator"]["what"]


@pytest.mark.parametrize(
    ("setting", "value", "part"),
    [
        ("SHOPCLERK_GENERATOR_URL", "http://127.0.0.1:9/v1", "generator"),
        ("SHOPCLERK_CHROMA_URL", "http://127.0.0.1:9", "index"),
        ("SHOPCLERK_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:9/shop", "database"),
    ],
)
def test_an_engine_that_does_not_answer_is_a_problem(home_with_hollow_models, monkeypatch, setting, value, part):
    monkeypatch.setenv(setting, value)
    ready, findings = _examined()
    assert not ready
    assert findings[part]["state"] == "problem"
    assert "does not answer" in findings[part]["what"]
    assert setting in findings[part]["mend"]


@pytest.mark.full
def test_deep_loads_the_models_and_sees_something_come_out(home_with_models):
    ready, findings = _examined("--deep")
    assert ready
    assert findings["generator"]["what"] == "wrote a token"
