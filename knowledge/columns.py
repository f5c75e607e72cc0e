"""Column types that SQLite and PostgreSQL keep alike: exact money and times in UTC."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator


class DecimalText(TypeDecorator[Decimal]):
    """A Decimal kept as its digits: SQLite has no exact numbers, and a price must never change by a cent."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - signature of SQLAlchemy
        """Digits, as written."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - signature of SQLAlchemy
        """The same Decimal."""
        return None if value is None else Decimal(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC; kept without zone, because SQLite has none, and given back with it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature of SQLAlchemy
        """The time in UTC, without its zone.

        Raises:
            ValueError: for a time without zone, which could mean any.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time needs its zone, and {value!r} has none; use datetime.now(UTC)")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature of SQLAlchemy
        """The time with its zone."""
        return None if value is None else value.replace(tzinfo=UTC)
