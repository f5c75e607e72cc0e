"""Triggers that note which conversation changed, whoever changed it, so that what is derived from it can be renewed.

They are made again after every migration: SQLite changes a table by making it anew, which drops its triggers.
"""

from sqlalchemy import Connection, inspect, text

_CONVERSATION_OF = {
    "message": "NEW.conversation_id",
    "feedback": "(SELECT conversation_id FROM message WHERE id = NEW.message_id)",
    "message_mood": "NEW.conversation_id",
    "conversation_mood": "NEW.conversation_id",
}
"""Table → how to tell the conversation of one of its rows."""


def install(connection: Connection) -> None:
    """Make the triggers; those that are there are replaced."""
    make = _for_postgresql if connection.dialect.name == "postgresql" else _for_sqlite
    for table, conversation in _CONVERSATION_OF.items():
        if inspect(connection).has_table(table):
            note = f"INSERT INTO transcript_change (conversation_id) VALUES ({conversation})"  # noqa: S608 - of above
            for statement in make(table, note):
                connection.execute(text(statement))


def _for_sqlite(table: str, note: str) -> list[str]:
    statements = []
    for deed in ("INSERT", "UPDATE"):
        name = f"{table}_changed_by_{deed.lower()}"
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} AFTER {deed} ON {table} BEGIN {note}; END",
        ]
    return statements


def _for_postgresql(table: str, note: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table}_changed() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {note}; RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS {table}_changed ON {table}",
        f"CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_changed()",
    ]
