"""Analytics: every figure about a shop's conversations, each counted by the database when it is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select

from bot.insight.analytics import feelings, gaps, questions, speed
from bot.insight.analytics.behind import Behind, Figure, behind
from bot.insight.analytics.feelings import Cell, Quote
from bot.insight.analytics.filters import Filters, products, summaries
from bot.insight.analytics.gaps import Gap
from bot.insight.analytics.questions import Asked
from bot.insight.analytics.scoreboard import Scoreboard, scoreboard
from bot.insight.analytics.speed import Speed
from knowledge.profile import Profiles
from knowledge.tables import DocumentRow, Product

MOST_PRODUCTS = 200

_documents, _catalogue = DocumentRow.__table__, Product.__table__  # type: ignore[attr-defined]  # SQLModel adds it


@dataclass(frozen=True)
class Known:
    """What filters can be set to.

    Attributes:
        first_day, last_day: of the shop's conversations; None when there are none.
        time_zone: that days and hours are told in.
        products: titles by id, the most spoken of first.
    """

    first_day: date | None
    last_day: date | None
    time_zone: str
    products: Mapping[str, str]


@dataclass(frozen=True)
class Replies:
    """The replies of a range.

    Attributes:
        by_gear, by_outcome: how many of each, the most frequent first.
        top: the questions asked most.
    """

    by_gear: Mapping[str, int]
    by_outcome: Mapping[str, int]
    top: Sequence[Asked]


@dataclass(frozen=True)
class Waiting:
    """How long shoppers waited for the first words of a reply, and for the whole of it."""

    first_token: Speed
    whole: Speed


class Analytics:
    """Counts from the summaries that SummaryKeeper keeps.

    Args:
        engine: the migrated database.
        profiles: tell each shop's time zone.
        now: as of when conversations are told to be resolved.
    """

    def __init__(
        self, engine: Engine, profiles: Profiles, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._profiles, self._now = engine, profiles, now

    def time_zone(self, shop: str) -> str:
        """The name of the zone that the shop's clock shows."""
        return self._profiles.get(shop).timezone

    def today(self, shop: str) -> date:
        """The present day on the shop's clock."""
        return self._now().astimezone(ZoneInfo(self.time_zone(shop))).date()

    def last_days(self, shop: str, days: int) -> Filters:
        """The last so many days, today counted in."""
        today = self.today(shop)
        return Filters(shop, today - timedelta(days=days - 1), today)

    def known(self, shop: str, language: str = "en") -> Known:
        """What filters can be set to; titles in the language where the catalogue has them."""
        with self._engine.connect() as connection:
            first, last = connection.execute(
                select(func.min(summaries.c.day), func.max(summaries.c.day)).where(summaries.c.shop == shop)
            ).one()
            spoken_of = list(
                connection.execute(
                    select(products.c.product_id)
                    .where(products.c.shop == shop)
                    .group_by(products.c.product_id)
                    .order_by(func.count().desc(), products.c.product_id)
                    .limit(MOST_PRODUCTS)
                ).scalars()
            )
        titles = self.titles(shop, spoken_of, language)
        return Known(first, last, self.time_zone(shop), {one: titles.get(one, one) for one in spoken_of})

    def titles(self, shop: str, product_ids: Sequence[str], language: str = "en") -> Mapping[str, str]:
        """Titles of products by id, where the catalogue has them; in the language if it can be."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(_catalogue.c.product_id, _documents.c.title)
                .join_from(_catalogue, _documents)
                .where(_documents.c.shop == shop, _catalogue.c.product_id.in_(product_ids))
                .order_by(_documents.c.language == language, _documents.c.id)
            )
            return {row.product_id: row.title for row in rows}  # the last one set is in the language

    def scoreboard(self, filters: Filters, *, ago: timedelta = timedelta(0)) -> Scoreboard:
        """What has become of the conversations.

        Args:
            filters: which ones.
            ago: tell it as of so long ago. Silence confirms with time, so an earlier range can only be compared
                with a later one as of when it was as old.
        """
        with self._engine.connect() as connection:
            return scoreboard(connection, filters, self._now() - ago)

    def replies(self, filters: Filters) -> Replies:
        """How the bot replied, and to what."""
        with self._engine.connect() as connection:
            return Replies(
                *questions.gears_and_outcomes(connection, filters), questions.top_questions(connection, filters)
            )

    def waiting(self, filters: Filters) -> Waiting:
        """How long shoppers waited."""
        with self._engine.connect() as connection:
            return Waiting(speed.first_token(connection, filters), speed.whole_reply(connection, filters))

    def week_hours(self, filters: Filters) -> Mapping[int, int]:
        """Conversations by hour of the week, 0 to 167, on the shop's clock."""
        with self._engine.connect() as connection:
            return questions.week_hours(connection, filters)

    def feelings(self, filters: Filters) -> Sequence[Cell]:
        """What is felt about each aspect of each product, in conversations and reviews."""
        with self._engine.connect() as connection:
            return feelings.feelings(connection, filters)

    def quotes(self, filters: Filters, *, label: str = "negative", k: int = 5) -> Sequence[Quote]:
        """Shoppers' own words about aspects, masked as stored."""
        with self._engine.connect() as connection:
            return feelings.quotes(connection, filters, label=label, k=k)

    def gaps(self, filters: Filters, k: int = 10) -> Sequence[Gap]:
        """What shoppers ask and the shop's pages do not answer."""
        with self._engine.connect() as connection:
            return gaps.content_gaps(connection, filters, k)

    def single_open_questions(self, filters: Filters) -> int:
        """Open questions that are in no gap."""
        with self._engine.connect() as connection:
            return gaps.single_open_questions(connection, filters)

    def behind(self, filters: Filters, figure: Figure, *, k: int = 20, skip: int = 0) -> Behind:
        """The conversations that a figure counts, the latest first."""
        with self._engine.connect() as connection:
            return behind(connection, filters, figure, self._now(), k=k, skip=skip)
