"""Writes the next revision: `python -m bot.migrations "Add the staff desk"` compares the tables with the last one."""

import sys

from alembic import command

from bot.conversation.database import alembic_config, migrate
from knowledge.database import create_database_engine


def main(subject: str) -> None:
    """Write a revision that turns the schema of the last one into that of the tables as they are now; read it over."""
    engine = create_database_engine("sqlite://")
    migrate(engine)
    with engine.connect() as connection:
        command.revision(alembic_config(connection), subject, autogenerate=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Give the revision one subject: python -m bot.migrations "Add the staff desk"')
    main(sys.argv[1])
