"""What a person meets at the console: help, exit codes, one sentence instead of a traceback, clean JSON."""

import importlib
import json
import subprocess
import sys
import time

import pytest
import typer
from typer.testing import CliRunner

from scripts.cli import Shopclerk, app
from scripts.evaluate import Evaluations
from scripts.train import Trainings

runner = CliRunner()


GROUPED = {
    **Shopclerk.modules,
    **{f"evaluate {name}": entry for name, entry in Evaluations.modules.items()},
    **{f"train {name}": entry for name, entry in Trainings.modules.items()},
}


def _commands() -> list[list[str]]:
    grouped = {"evaluate": Evaluations.modules, "train": Trainings.modules, "models": ("list", "fetch", "verify")}
    return [[name] for name in Shopclerk.modules] + [
        [group, name] for group, names in grouped.items() for name in names
    ]


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_every_command_has_help_with_an_example_and_can_speak_json(words):
    result = runner.invoke(app, [*words, "--help"])
    assert result.exit_code == 0
    assert "Example:" in result.stdout
    assert "--json" in result.stdout or "COMMAND" in result.stdout


@pytest.mark.parametrize("name", GROUPED)
def test_the_summary_in_the_help_is_the_commands_own(name):
    module, summary = GROUPED[name]
    command = typer.main.get_command(importlib.import_module(module).app)
    assert (command.help or "").splitlines()[0].strip() == summary


def test_help_is_there_at_once():
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", "from scripts.cli import main; main()", "--help"], capture_output=True)
    assert done.returncode == 0
    assert b"ingest" in done.stdout
    assert time.monotonic() - began < 30  # a second here; the bound only catches a start that loads models


def test_help_imports_no_heavy_library():
    code = (
        "import sys; from scripts.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('torch', 'transformers', 'gradio', 'chromadb', 'sqlmodel') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_command_is_wrong_use_and_shows_the_help():
    result = runner.invoke(app, [])
    assert result.exit_code == 2
    assert "ingest" in result.output


def test_a_misspelt_command_is_wrong_use_and_is_guessed():
    result = runner.invoke(app, ["modles"])
    assert result.exit_code == 2
    assert "models" in result.stderr


def test_a_wrong_setting_is_named_in_one_sentence(monkeypatch):
    monkeypatch.setenv("SHOPCLERK_PORT", "seven")
    result = runner.invoke(app, ["models", "list"])
    assert result.exit_code == 2
    assert result.stderr.startswith("SHOPCLERK_PORT is 'seven'")
    assert result.stdout == ""


def test_an_error_on_purpose_is_one_sentence_on_stderr():
    result = runner.invoke(app, ["models", "fetch", "no-such-model"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("The model 'no-such-model' is unknown; expected one of")


def test_an_unexpected_error_is_no_traceback():
    code = "import scripts.cli as cli; cli.app = lambda: 1 / 0; cli.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "division by zero" in done.stderr


def test_models_list_speaks_json():
    result = runner.invoke(app, ["models", "list", "--json"])
    assert result.exit_code == 0
    rows = json.loads(result.stdout)
    assert {"name", "purpose", "languages", "licence", "default", "installed", "size_mb"} <= set(rows[0])
    assert not any(row["installed"] for row in rows)


def test_versions_of_a_shop_without_knowledge_says_how_to_publish():
    result = runner.invoke(app, ["versions", "--shop", "new"])
    assert result.exit_code == 0
    assert "shopclerk ingest PATH --shop new" in result.stdout
    assert json.loads(runner.invoke(app, ["versions", "--shop", "new", "--json"]).stdout) == []


def test_rollback_of_a_shop_without_knowledge_fails_with_a_sentence():
    result = runner.invoke(app, ["rollback", "--shop", "new"])
    assert result.exit_code == 1
    assert "'new'" in result.stderr


def test_ingest_of_a_path_that_is_not_there_is_wrong_use():
    result = runner.invoke(app, ["ingest", "no/such/folder"])
    assert result.exit_code == 2


def test_training_on_nothing_is_one_sentence(tmp_path):
    (tmp_path / "empty.jsonl").write_text("")
    result = runner.invoke(app, ["train", "generator", "--examples", "0", "--data", str(tmp_path / "empty.jsonl")])
    assert result.exit_code == 1
    assert "nothing to train on: empty.jsonl" in result.stderr


def test_going_back_from_no_adopted_weights_is_one_sentence():
    result = runner.invoke(app, ["rollback", "--models"])
    assert result.exit_code == 1
    assert "there is none to go back from" in result.stderr
