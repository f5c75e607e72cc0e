"""The commands about staff: who may sign in, and whether the record of what they did is whole."""

import json

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot.settings import Settings
from knowledge.database import create_database_engine
from scripts.cli import app
from tests.migrated import write_migrated


@pytest.fixture
def run(tmp_path):
    write_migrated(Settings().home / "shopclerk.db")

    def run(*arguments, code=0, **options):
        result = CliRunner().invoke(app, list(arguments), **options)
        assert result.exit_code == code, result.output
        return result

    return run


def test_an_admin_is_made_with_a_password_shown_once(run):
    result = run("staff", "add", "Ann@shop.example", "--role", "admin", "--json")
    made = json.loads(result.stdout)
    assert (made["email"], made["role"], len(made["password"])) == ("ann@shop.example", "admin", 19)
    assert "password" not in json.loads(run("staff", "list", "--json").stdout)[0]


def test_a_password_can_be_asked_for(run):
    run("staff", "add", "ann@shop.example", "--ask", input="correct horse\ncorrect horse\n")
    assert "ann@shop.example" in run("staff", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "ann"), "is no e-mail address"),
        (("add", "eve@shop.example", "--role", "boss"), "is no role"),
        (("remove", "ann@shop.example"), "last admin"),
        (("role", "ann@shop.example", "viewer"), "last admin"),
        (("reset", "eve@shop.example"), "Nobody signs in as"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(run, arguments, sentence):
    run("staff", "add", "ann@shop.example", "--role", "admin")
    assert sentence in run("staff", *arguments, code=1).stderr


def test_accounts_change_and_go(run):
    run("staff", "add", "ann@shop.example", "--role", "admin")
    run("staff", "add", "ben@shop.example")
    assert "as agent" in run("staff", "role", "ben@shop.example", "agent").stdout
    assert len(json.loads(run("staff", "reset", "ben@shop.example", "--json").stdout)["password"]) == 19
    run("staff", "remove", "ben@shop.example")
    assert [one["email"] for one in json.loads(run("staff", "list", "--json").stdout)] == ["ann@shop.example"]
    actions = [one["action"] for one in json.loads(run("audit", "show", "--json").stdout)]
    assert actions == ["account.removed", "account.reset", "account.role", "account.added", "account.added"]


def test_a_broken_audit_log_is_named_with_exit_code_1(run):
    run("staff", "add", "ann@shop.example", "--role", "admin")
    run("staff", "add", "ben@shop.example")
    anchor = run("audit", "verify").stdout.splitlines()[-1]
    run("audit", "verify", "--anchor", anchor)
    engine = create_database_engine(Settings().sqlalchemy_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        connection.execute(text("UPDATE audit_entry SET actor = 'nobody' WHERE number = 2"))
    engine.dispose()
    found = json.loads(run("audit", "verify", "--json", code=1).stdout)
    assert (found["whole"], found["broken"], found["entries"]) == (False, 2, 1)
    assert "Entry 2 was changed" in run("audit", "verify", code=1).stderr


def test_an_anchor_that_is_none_is_refused(run):
    assert "is not NUMBER:HASH" in run("audit", "verify", "--anchor", "yesterday", code=1).stderr
