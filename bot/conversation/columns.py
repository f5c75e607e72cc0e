"""The column type for words that people, models and files write: text that SQLite and PostgreSQL both take."""

import re
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

# PostgreSQL refuses NUL, and half of a surrogate pair is no character in UTF-8.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class StoredText(TypeDecorator[str]):
    """Text without NUL and lone surrogates, each of which becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - signature of SQLAlchemy
        """The text as it can be stored."""
        return None if value is None else _UNSTORABLE.sub("\ufffd", str(value))
