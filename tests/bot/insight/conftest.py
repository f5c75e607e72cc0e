"""The databases of the conversation tests serve the tests of insight as well."""

from tests.bot.conversation.conftest import database_url, engine, migrated_postgresql  # noqa: F401 - fixtures
from tests.postgres import postgresql_url  # noqa: F401 - a fixture
