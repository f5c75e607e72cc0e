"""An SQLite database with the whole schema, made once and copied: to migrate takes longer than most tests."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.conversation.database import migrate
from knowledge.database import create_database_engine


def write_migrated(path: Path) -> None:
    """Put an empty database with the schema there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        engine = create_database_engine(f"sqlite:///{path}")
        migrate(engine)
        with engine.connect() as connection:  # everything in the one file that is copied
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return path.read_bytes()
