"""Reports and invented histories at the console."""

import json

import pytest
from typer.testing import CliRunner

from bot.settings import Settings
from knowledge.database import create_database_engine
from scripts.benchmark_dashboard import measure
from scripts.cli import app
from scripts.demo_history import write_history
from tests.bot.insight.told import NOW
from tests.migrated import write_migrated

runner = CliRunner()


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = tmp_path / "home"
    write_migrated(home / "shopclerk.db")
    monkeypatch.setenv("SHOPCLERK_HOME", str(home))
    return home


@pytest.fixture
def lively(home):
    engine = create_database_engine(f"sqlite:///{home / 'shopclerk.db'}")
    write_history(engine, 40, days=10, now=NOW)
    engine.dispose()
    return home


def test_a_report_counts_first_what_no_server_has_counted(lively):
    done = runner.invoke(app, ["report", "--from", "2026-11-01", "--to", "2026-11-20", "--json"])
    assert done.exit_code == 0, done.stderr
    read = json.loads(done.stdout)
    assert (read["from"], read["to"], read["shop"]) == ("2026-11-01", "2026-11-20", "demo")
    assert read["tables"]["results"]


def test_a_report_is_written_to_a_file(lively, tmp_path):
    out = tmp_path / "week.html"
    done = runner.invoke(
        app,
        ["report", "--from", "2026-11-11", "--to", "2026-11-20", "--format", "html", "--lang", "zh", "--out", str(out)],
    )
    assert (done.exit_code, done.stdout) == (0, "")
    assert out.read_text("utf-8").count("<svg") == 2


def test_an_empty_range_is_one_sentence_and_no_error(home):
    done = runner.invoke(app, ["report", "--from", "2020-01-01", "--to", "2020-01-07"])
    assert done.exit_code == 0
    assert "there is nothing to report" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [(["--from", "2026-02-02", "--to", "2026-02-01"], 1, "before it starts"), (["--from", "soon"], 2, "soon"),
     (["--format", "pdf"], 2, "pdf"), (["--private-epsilon", "0"], 1, "above 0")],
)  # fmt: skip
def test_a_wrong_range_format_or_epsilon_is_told(home, arguments, code, word):
    done = runner.invoke(app, ["report", *arguments])
    assert done.exit_code == code
    assert word in done.stderr


def test_invented_talk_is_the_same_each_time_and_keeps_off_a_shop_in_use(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    write_migrated(tmp_path / "a.db")
    arguments = ["demo-history", "--database", url, "--conversations", "20", "--days", "5"]
    assert json.loads(runner.invoke(app, [*arguments, "--json"]).stdout)["counted"] == 20
    again = runner.invoke(app, arguments)
    assert again.exit_code == 1
    assert "already has conversations" in again.stderr
    assert runner.invoke(app, [*arguments, "--into-used", "--seed", "8"]).exit_code == 0


@pytest.mark.full
def test_the_dashboard_is_measured_in_a_database_of_its_own(home):
    figures = {one.what: one for one in measure(Settings(home=home), 1_000)}
    assert figures["whole page, 30 days, 1,000 conversations, 95 of 100 within"].goal == "≤ 1"
    assert all(one.value > 0 for one in figures.values())
    assert [path.name for path in home.iterdir() if path.suffix == ".db"] == ["shopclerk.db"]
