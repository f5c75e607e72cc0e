"""The schema: migrations make what the tables say, on both databases, however they are started."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, create_engine, inspect, text
from sqlmodel import SQLModel

import bot.answering.tools.orders.tables
import bot.conversation.tables
import bot.conversation.verdicts
import bot.identity.tables
import bot.insight.alerts.tables
import bot.insight.analytics.tables
import bot.insight.tables
import bot.ordering.tables
import bot.staff.tables
import bot.teaching.tables
import bot.transcripts.tables  # noqa: F401 - fills SQLModel.metadata
import knowledge.tables  # noqa: F401 - fills SQLModel.metadata
from bot.conversation import change_marks
from bot.conversation.database import alembic_config, declared, migrate
from bot.errors import DatabaseError
from knowledge.database import create_database_engine

STARTS = 4


@pytest.fixture
def empty_engine(empty_database_url):
    engine = create_database_engine(empty_database_url)
    yield engine
    engine.dispose()


def _declared(names: list[str]) -> set[str]:
    return {name for name in names if declared(None, name)}


def test_migrated_schema_is_what_the_tables_say(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_server_default": True, "include_object": declared}
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_check_constraints_are_migrated_too(engine):
    inspector = inspect(engine)
    for table in SQLModel.metadata.sorted_tables:
        expected = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {c["name"] for c in inspector.get_check_constraints(table.name)} == expected


def test_migrating_again_changes_nothing(empty_engine):
    migrate(empty_engine)
    before = inspect(empty_engine).get_table_names()
    migrate(empty_engine)
    assert inspect(empty_engine).get_table_names() == before
    assert _declared(before) == {*SQLModel.metadata.tables, "alembic_version"}


def test_a_database_of_any_earlier_schema_is_brought_up_to_date(tmp_path: Path):
    engine = create_database_engine(f"sqlite:///{tmp_path / 'newest.db'}")
    with engine.connect() as connection:
        revisions = ScriptDirectory.from_config(alembic_config(connection))
        earlier = [revision.revision for revision in revisions.walk_revisions()][1:]
    engine.dispose()
    for revision in earlier:
        engine = create_database_engine(f"sqlite:///{tmp_path / revision}.db")
        with engine.connect() as connection:
            command.upgrade(alembic_config(connection), revision)
            change_marks.install(connection)
            connection.commit()
        migrate(engine)
        assert "orders" in {column["name"] for column in inspect(engine).get_columns("message")}
        engine.dispose()


def test_threads_that_start_together_migrate_once(empty_engine):
    with ThreadPoolExecutor(STARTS) as pool:
        list(pool.map(lambda _: migrate(empty_engine), range(STARTS)))
    assert _declared(inspect(empty_engine).get_table_names()) == {*SQLModel.metadata.tables, "alembic_version"}


@pytest.mark.full
def test_processes_that_start_together_migrate_once(empty_database_url):
    program = (
        "import sys; from knowledge.database import create_database_engine as engine;"
        "from bot.conversation.database import migrate; migrate(engine(sys.argv[1]))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, empty_database_url], stderr=subprocess.PIPE, text=True)
        for _ in range(STARTS)
    ]
    assert [(process.communicate()[1], process.returncode) for process in started] == [("", 0)] * STARTS


def test_migrating_says_nothing(empty_engine, capfd, caplog):
    caplog.set_level("WARNING")
    migrate(empty_engine)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_a_failed_migration_leaves_nothing_behind(empty_engine):
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE message (id INTEGER)"))  # of another program
    with pytest.raises(DatabaseError, match="already exists"):
        migrate(empty_engine)
    assert inspect(empty_engine).get_table_names() == ["message"]


def test_a_database_of_a_newer_program_is_refused_with_the_way_out(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
    with pytest.raises(DatabaseError, match=r"newer Shopclerk \(schema 'from_tomorrow'.*SHOPCLERK_DATABASE_URL"):
        migrate(engine)


def test_a_file_that_is_no_database_gives_one_sentence(tmp_path: Path):
    path = tmp_path / "notes.db"
    path.write_text("these are my notes, not a database\n" * 100)
    with pytest.raises(DatabaseError, match=r"cannot be used: file is not a database"):
        migrate(create_database_engine(f"sqlite:///{path}"))


def test_an_unreachable_server_gives_one_sentence_without_the_password(tmp_path: Path):
    engine = create_engine(f"postgresql+psycopg://clerk:secret@/shop?host={tmp_path}")
    with pytest.raises(DatabaseError, match="cannot be used: ") as caught:
        migrate(engine)
    assert "secret" not in str(caught.value)
