"""One database a test, already migrated: SQLite always, and a real PostgreSQL in the full suite."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from bot.conversation.history import History
from bot.reply import Reply, TurnTraceValues
from bot.staff.accounts import Accounts, StaffAccount
from bot.transcripts.keeping import LineKeeper
from bot.transcripts.listing import TranscriptList
from tests.bot.conversation.conftest import database_url, engine, migrated_postgresql  # noqa: F401 - fixtures
from tests.postgres import postgresql_url  # noqa: F401 - a fixture

Talk = Callable[..., str]


@pytest.fixture
def history(engine: Engine) -> History:  # noqa: F811 - the fixture
    return History(engine)


@pytest.fixture
def ann(engine: Engine) -> StaffAccount:  # noqa: F811 - the fixture
    return Accounts(engine).add("ann@shop.example", by="test", role="admin", password="correct horse")


@pytest.fixture
def ben(engine: Engine) -> StaffAccount:  # noqa: F811 - the fixture
    return Accounts(engine).add("ben@shop.example", by="test", role="agent", password="correct horse")


@pytest.fixture
def listing(engine: Engine) -> TranscriptList:  # noqa: F811 - the fixture
    return TranscriptList(engine, LineKeeper(engine))


@pytest.fixture
def talk(history: History) -> Talk:
    """Starts a conversation, or goes on with one: a question and its answer."""

    def talk(
        question: str,
        answer: str = "Here is what our pages say.",
        *,
        conversation_id: str = "",
        language: str = "en",
        shop: str = "demo",
        outcome: str = "answered",
        gear: str = "generated",
    ) -> str:
        conversation_id = conversation_id or history.start(shop, language=language).id
        asked = history.add_shopper_message(conversation_id, question, language=language)
        reply = Reply(
            text=answer,
            language=language,
            outcome=outcome,
            gear=gear,
            citations=(),
            products=(),
            conversation_id=conversation_id,
            message_id=uuid4().hex,
            timings_ms={},
        )
        history.add_reply(reply, reply_to=asked.id, trace=TurnTraceValues(gear=gear, reason="test"))
        return conversation_id

    return talk
