"""DailyBudget: how many messages a shop takes in a day, counted where a restart does not forget it."""

from datetime import date

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from bot.identity.tables import DailyMessages


class DailyBudget:
    """Counts messages by shop and day; exact however many processes count."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def spend(self, shop: str, day: date, most: int) -> bool:
        """Count one message; False, and nothing counted, where the day has had as many as it may.

        Args:
            shop: whose budget.
            day: by the shop's own calendar.
            most: messages a day; at least 1.
        """
        # The two dialects speak the same upsert, but SQLAlchemy has no common word for it.
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        first = dialect.insert(DailyMessages).values(shop=shop, day=day, messages=1)
        counted = first.on_conflict_do_update(
            index_elements=["shop", "day"],
            set_={"messages": DailyMessages.messages + 1},
            where=col(DailyMessages.messages) < most,
        ).returning(col(DailyMessages.messages))
        with Session(self._engine) as session:
            spent = session.exec(counted).scalar_one_or_none() is not None
            session.commit()
        return spent
