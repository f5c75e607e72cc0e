"""One database a test, already migrated: SQLite always, and a real PostgreSQL in the full suite."""

from tests.bot.conversation.conftest import database_url, engine, migrated_postgresql  # noqa: F401 - fixtures
from tests.postgres import postgresql_url  # noqa: F401 - a fixture
