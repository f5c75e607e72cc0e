"""An empty database of either kind, with talk told into it and counted."""

import pytest

from bot.insight.analytics.keeping import SummaryKeeper
from tests.bot.conversation.conftest import database_url, engine, migrated_postgresql  # noqa: F401 - fixtures
from tests.bot.insight.told import NOW, FixedProfiles, Told
from tests.postgres import postgresql_url  # noqa: F401 - a fixture


@pytest.fixture
def told(engine) -> Told:  # noqa: F811 - the fixture
    return Told(engine)


@pytest.fixture
def keeper(engine) -> SummaryKeeper:  # noqa: F811 - the fixture
    return SummaryKeeper(engine, FixedProfiles(), now=lambda: NOW)
