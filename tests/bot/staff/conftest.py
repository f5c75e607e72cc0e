"""One database a test, already migrated: SQLite always, and a real PostgreSQL in the full suite."""

import pytest
from sqlalchemy import Engine

from bot.staff.desk import StaffDesk
from bot.staff.sealing import Seal
from tests.bot.conversation.conftest import database_url, engine, migrated_postgresql  # noqa: F401 - fixtures
from tests.postgres import postgresql_url  # noqa: F401 - a fixture


@pytest.fixture
def desk(engine: Engine, tmp_path) -> StaffDesk:  # noqa: F811 - the fixture
    return StaffDesk.of(engine, Seal(tmp_path / "staff.key"))
