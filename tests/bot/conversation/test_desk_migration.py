"""A database from before the desk: who was handed off waits, and nothing that was said is lost."""

from alembic import command
from sqlalchemy import text

from bot.conversation.database import alembic_config, migrate
from bot.conversation.handoff import Agent, Handoffs
from bot.conversation.history import History
from knowledge.database import create_database_engine

BEFORE_THE_DESK = "343da18541f4"


def test_old_conversations_keep_their_words_and_their_place(empty_database_url):
    engine = create_database_engine(empty_database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), BEFORE_THE_DESK)
    with engine.begin() as connection:
        for name, state in (("calm", "open"), ("asked", "handed_off"), ("orphan", "handed_off")):
            connection.execute(
                text(
                    "INSERT INTO conversation (id, shop, state, last_sequence, created_at) "
                    f"VALUES ('{name}', 'demo', '{state}', 1, '2026-11-01 10:00:00')"
                )
            )
            connection.execute(
                text(
                    "INSERT INTO message (id, conversation_id, sequence, role, text, products, suggestions, created_at)"
                    f" VALUES ('m-{name}', '{name}', 1, 'user', 'hello', '[]', '[]', '2026-11-01 10:00:00')"
                )
            )
        connection.execute(
            text(
                "INSERT INTO handoff (id, conversation_id, reason, summary, state, created_at) "
                "VALUES ('h', 'asked', 'angry', 'broken cup', 'open', '2026-11-02 09:00:00')"
            )
        )
    migrate(engine)

    history, handoffs = History(engine), Handoffs(engine)
    states = {name: history.conversation(name).state for name in ("calm", "asked", "orphan")}
    assert states == {"calm": "bot", "asked": "waiting", "orphan": "waiting"}
    assert history.conversation("asked").waiting_since.isoformat() == "2026-11-02T09:00:00+00:00"
    assert [history.messages(name)[0].text for name in states] == ["hello"] * 3
    assert handoffs.request("asked", reason="again") == "h"
    handoffs.take("orphan", Agent("a", "Mia"))
    assert history.add_agent_message("orphan", Agent("a", "Mia"), "Hello!").sequence == 2
    engine.dispose()
