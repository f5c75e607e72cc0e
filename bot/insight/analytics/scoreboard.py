"""What has become of conversations, how they were rated and what shoppers felt, day by day and in sum."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from bot.insight.analytics.filters import Filters, summaries
from bot.insight.analytics.intervals import Share
from bot.insight.analytics.resolution import CONFIRMED, COUNTED, Resolution, resolution


@dataclass(frozen=True)
class Mood:
    """Shoppers' messages by mood."""

    negative: int = 0
    neutral: int = 0
    positive: int = 0

    @property
    def total(self) -> int:
        """All that were scored."""
        return self.negative + self.neutral + self.positive

    @property
    def negative_share(self) -> Share:
        """Of all that were scored."""
        return Share(self.negative, self.total)


@dataclass(frozen=True)
class Day:
    """One day's conversations."""

    day: date
    resolutions: Mapping[Resolution, int]
    mood: Mood

    @property
    def conversations(self) -> int:
        """Those that the scoreboard counts."""
        return sum(self.resolutions.get(name, 0) for name in COUNTED)


@dataclass(frozen=True)
class Scoreboard:
    """The conversations of a range.

    Attributes:
        resolutions: how many conversations of each.
        came_back: shoppers who came back within 48 hours, whatever became of it.
        thumbs_up, thumbs_down: all thumbs.
        satisfied: conversations whose last thumb is up, of those with a thumb (CSAT).
        predicted: mean of the predicted satisfaction, -2 to 2; None where nothing is predicted.
        languages: conversations by language; empty: unknown.
        days: every day with a conversation.
    """

    resolutions: Mapping[Resolution, int]
    came_back: int
    thumbs_up: int
    thumbs_down: int
    satisfied: Share
    predicted: float | None
    mood: Mood
    languages: Mapping[str, int]
    days: tuple[Day, ...]

    @property
    def counted(self) -> int:
        """Conversations with a question that are over."""
        return sum(self.resolutions.get(name, 0) for name in COUNTED)

    def share(self, *names: Resolution) -> Share:
        """Conversations with one of these resolutions, of all counted."""
        return Share(sum(self.resolutions.get(name, 0) for name in names), self.counted)

    @property
    def confirmed(self) -> Share:
        """Resolved, with a sign of it."""
        return self.share(*CONFIRMED)

    @property
    def returned(self) -> Share:
        """Came back within 48 hours, of all counted."""
        return Share(self.came_back, self.counted)


def scoreboard(connection: Connection, filters: Filters, now: datetime) -> Scoreboard:
    """Count the conversations that pass the filters, as they stand now, in one pass over their summaries."""
    become = resolution(now).label("become")
    thumbs = summaries.c.last_thumb
    query = (
        select(
            summaries.c.day,
            become,
            summaries.c.language,
            func.count().label("conversations"),
            func.sum(case((summaries.c.came_back, 1), else_=0)).label("came_back"),
            func.sum(summaries.c.thumbs_up).label("thumbs_up"),
            func.sum(summaries.c.thumbs_down).label("thumbs_down"),
            func.sum(case((thumbs > 0, 1), else_=0)).label("satisfied"),
            func.sum(case((thumbs != 0, 1), else_=0)).label("rated"),
            func.sum(summaries.c.negative).label("negative"),
            func.sum(summaries.c.neutral).label("neutral"),
            func.sum(summaries.c.positive).label("positive"),
            func.sum(summaries.c.satisfaction).label("predicted"),
            func.count(summaries.c.satisfaction).label("with_prediction"),
        )
        .where(*filters.on_conversations())
        .group_by(summaries.c.day, become, summaries.c.language)
        .order_by(summaries.c.day)
    )
    return _scoreboard(connection.execute(query).all())


def _scoreboard(rows: Iterable[Row[Any]]) -> Scoreboard:
    by_day: dict[date, list[Row[Any]]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    every = [row for same_day in by_day.values() for row in same_day]
    questions = [row for row in every if row.become in COUNTED]
    predictions = sum(row.with_prediction for row in every)
    return Scoreboard(
        resolutions=_counted(every),
        came_back=sum(row.came_back for row in questions),
        thumbs_up=sum(row.thumbs_up for row in every),
        thumbs_down=sum(row.thumbs_down for row in every),
        satisfied=Share(sum(row.satisfied for row in every), sum(row.rated for row in every)),
        predicted=sum(row.predicted or 0.0 for row in every) / predictions if predictions else None,
        mood=_mood(every),
        languages=_languages(questions),
        days=tuple(Day(day, _counted(same_day), _mood(same_day)) for day, same_day in by_day.items()),
    )


def _counted(rows: Iterable[Row[Any]]) -> Mapping[Resolution, int]:
    counts: Counter[Resolution] = Counter()
    for row in rows:
        counts[row.become] += row.conversations
    return dict(counts)


def _mood(rows: Iterable[Row[Any]]) -> Mood:
    every = list(rows)
    return Mood(
        sum(row.negative for row in every), sum(row.neutral for row in every), sum(row.positive for row in every)
    )


def _languages(rows: Iterable[Row[Any]]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.language] += row.conversations
    return dict(counts.most_common())
