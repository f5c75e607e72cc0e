"""One database a test, already migrated: SQLite always, and a real PostgreSQL in the full suite."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, make_url, text

from bot.conversation.database import migrate
from knowledge.database import create_database_engine
from tests.migrated import write_migrated
from tests.postgres import postgresql_url  # noqa: F401 - a fixture

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.full))


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_url: str) -> str:  # noqa: F811 - the fixture
    create_database(postgresql_url, "migrated")
    engine = create_database_engine(named(postgresql_url, "migrated"))
    migrate(engine)
    engine.dispose()
    return postgresql_url


@pytest.fixture(params=BOTH)
def database_url(request, tmp_path: Path) -> str:
    if request.param == "sqlite":
        path = tmp_path / "shopclerk.db"
        write_migrated(path)
        return f"sqlite:///{path}"
    url = request.getfixturevalue("migrated_postgresql")
    return create_database(url, f"test_{uuid4().hex}", template="migrated")


@pytest.fixture(params=BOTH)
def empty_database_url(request, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shopclerk.db'}"
    return create_database(request.getfixturevalue("postgresql_url"), f"test_{uuid4().hex}")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_database_engine(database_url)
    yield engine
    engine.dispose()


def create_database(server_url: str, name: str, *, template: str = "template1") -> str:
    engine = create_database_engine(server_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return named(server_url, name)


def named(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)
