"""Brings a database's schema to what this program needs, however many processes start at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from bot.conversation import change_marks
from bot.errors import DatabaseError

# Any number will do that nothing else locks in the same PostgreSQL database.
_POSTGRESQL_LOCK = int.from_bytes(b"shopclk", "big")
# Alembic's `context`, which the revisions use, is one for the process.
_ONE_IN_THIS_PROCESS = Lock()


def migrate(engine: Engine) -> None:
    """Make the schema, or bring an older one up to date; does nothing when it already is.

    All or nothing, in one transaction that is also the lock: of several processes that start together one migrates
    and the others wait for it.

    Raises:
        DatabaseError: the database cannot be reached or written, or a newer Shopclerk or another program made it.
    """
    where = engine.url.render_as_string(hide_password=True)
    try:
        with _ONE_IN_THIS_PROCESS, engine.connect() as connection:
            _upgrade(connection, where)
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        raise DatabaseError(
            f"The database {where} cannot be used: {reason}. Check that it runs and may be written, or set "
            "SHOPCLERK_DATABASE_URL to another."
        ) from error


def alembic_config(connection: Connection) -> Config:
    """How Alembic finds our revisions, also in an installed package, and the connection it works on."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "bot:migrations")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    return config


def declared(_object: object, name: str | None, *_: object) -> bool:
    """Whether something in the database should be among our tables' classes, for Alembic's comparing.

    The search index is not: SQLAlchemy has no words for it, and each database makes it in its own way.
    """
    return not (name or "").startswith("transcript_search")


def _upgrade(connection: Connection, where: str) -> None:
    config = alembic_config(connection)
    revisions = ScriptDirectory.from_config(config)
    if _revision(connection) == revisions.get_current_head():
        return
    connection.rollback()
    with _tables_may_be_rebuilt(connection):
        _upgrade_alone(connection, config, revisions, where)


def _upgrade_alone(connection: Connection, config: Config, revisions: ScriptDirectory, where: str) -> None:
    _lock(connection)
    revision = _revision(connection)  # again: another process may have been first
    if revision not in {None, *(known.revision for known in revisions.walk_revisions())}:
        raise DatabaseError(
            f"The database {where} was made by a newer Shopclerk (schema {revision!r} is not known here); "
            "install that version, or set SHOPCLERK_DATABASE_URL to another database."
        )
    change_marks.remove(connection)
    command.upgrade(config, "head")
    change_marks.install(connection)
    connection.commit()


@contextmanager
def _tables_may_be_rebuilt(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by dropping it, which would delete all rows that point at it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()  # the switch has no effect inside a transaction
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _POSTGRESQL_LOCK})
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # or Python's driver would run DDL outside any transaction
