"""Report: everything that a report tells of a range, counted once, beside the same of the range before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.insight.alerts.watch import AlertView, AlertWatch
from bot.insight.analytics.feelings import Cell, Quote
from bot.insight.analytics.figures import Analytics, Replies, Waiting
from bot.insight.analytics.filters import Filters
from bot.insight.analytics.gaps import Gap
from bot.insight.analytics.scoreboard import Scoreboard

MOST_CELLS = 10
MOST_GAPS = 8


@dataclass(frozen=True)
class Report:
    """A range in figures.

    Attributes:
        before: the scoreboard of as many days just before, as it stood when they were as recent.
        hours: conversations by hour of the week.
        cells: what is felt about which product, the most negative first.
        praise, complaints: shoppers' own words, masked.
        alerts: raised in the range.
        titles: of the products that are named, by id.
        time_zone: that days and hours are told in.
    """

    filters: Filters
    board: Scoreboard
    before: Scoreboard
    replies: Replies
    waiting: Waiting
    hours: Mapping[int, int]
    cells: Sequence[Cell]
    complaints: Sequence[Quote]
    praise: Sequence[Quote]
    gaps: Sequence[Gap]
    alerts: Sequence[AlertView]
    titles: Mapping[str, str]
    time_zone: str

    @property
    def empty(self) -> bool:
        """Nothing was asked and nothing felt."""
        return not self.board.counted and not self.cells

    def title(self, product_id: str) -> str:
        """A product's title, or its id where the catalogue has none."""
        return self.titles.get(product_id, product_id)


def gather(analytics: Analytics, alerts: AlertWatch, filters: Filters, *, language: str) -> Report:
    """Count everything that a report tells; titles in the language where the catalogue has them."""
    cells = sorted(
        (cell for cell in analytics.feelings(filters) if cell.mood.negative),
        key=lambda cell: (-cell.mood.negative, cell.product_id, cell.aspect),
    )[:MOST_CELLS]
    raised = [
        alert
        for alert in alerts.recent(filters.shop, days=_days_since(analytics, filters))
        if filters.start <= alert.raised_at.date() <= filters.end
    ]
    subjects = {cell.product_id for cell in cells} | {alert.subject for alert in raised}
    return Report(
        filters=filters,
        board=analytics.scoreboard(filters),
        before=analytics.scoreboard(filters.before(), ago=timedelta(days=filters.days)),
        replies=analytics.replies(filters),
        waiting=analytics.waiting(filters),
        hours=analytics.week_hours(filters),
        cells=cells,
        complaints=analytics.quotes(filters, label="negative"),
        praise=analytics.quotes(filters, label="positive", k=3),
        gaps=analytics.gaps(filters, MOST_GAPS),
        alerts=raised,
        titles=analytics.titles(filters.shop, sorted(subjects - {""}), language),
        time_zone=analytics.time_zone(filters.shop),
    )


def _days_since(analytics: Analytics, filters: Filters) -> int:
    return max(1, (analytics.today(filters.shop) - filters.start).days + 2)
