"""Triggers that note which conversation changed, whoever changed it, so that what is derived from it can be renewed.

They are taken away before a migration and made again after it: SQLite changes a table by making it anew, which drops
its own triggers and is refused while those of other tables name it.
"""

from sqlalchemy import Connection, inspect, text

_CONVERSATION_OF = {
    "message": "NEW.conversation_id",
    "feedback": "(SELECT conversation_id FROM message WHERE id = NEW.message_id)",
    "message_mood": "NEW.conversation_id",
    "conversation_mood": "NEW.conversation_id",
}
"""Table → how to tell the conversation of one of its rows."""

_DEEDS = ("INSERT", "UPDATE")


def install(connection: Connection) -> None:
    """Make the triggers; those that are there are replaced."""
    make = _for_postgresql if connection.dialect.name == "postgresql" else _for_sqlite
    for table, conversation in _CONVERSATION_OF.items():
        if inspect(connection).has_table(table):
            note = f"INSERT INTO transcript_change (conversation_id) VALUES ({conversation})"  # noqa: S608 - of above
            for statement in make(table, note):
                connection.execute(text(statement))


def remove(connection: Connection) -> None:
    """Take the triggers away where they would be in a migration's way; `install` makes them again."""
    if connection.dialect.name == "sqlite":
        for table in _CONVERSATION_OF:
            for deed in _DEEDS:
                connection.execute(text(f"DROP TRIGGER IF EXISTS {_name(table, deed)}"))


def _for_sqlite(table: str, note: str) -> list[str]:
    statements = []
    for deed in _DEEDS:
        name = _name(table, deed)
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} AFTER {deed} ON {table} BEGIN {note}; END",
        ]
    return statements


def _name(table: str, deed: str) -> str:
    return f"{table}_changed_by_{deed.lower()}"


def _for_postgresql(table: str, note: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table}_changed() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {note}; RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS {table}_changed ON {table}",
        f"CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_changed()",
    ]
