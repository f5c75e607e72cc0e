"""OpeningHours: when people of a shop answer, as a machine can read it."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOK_AHEAD_DAYS = 60  # a shop that stays closed longer names no next opening
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_MIDNIGHT = time(0)

Span = tuple[time, time]
"""From and until; until 00:00 means midnight at the end of the day."""


def _spans(value: object) -> object:
    if isinstance(value, str):
        value = [value] if value.strip() and value.strip() != "closed" else []
    if not isinstance(value, list):
        return value
    return tuple(_span(part) if isinstance(part, str) else part for part in value)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
        opens, closes = time(first_hour, first_minute), time(last_hour % 24, last_minute)
        if last_hour > 24 or (closes <= opens and closes != _MIDNIGHT):
            raise ValueError
    except ValueError:
        raise ValueError(f"{text!r} are no opening hours; write them like '08:00-18:00', or 'closed'") from None
    return opens, closes


class OpeningHours(BaseModel):
    """The week, and the days on which it does not count; times in the shop's own time zone.

    Attributes:
        week: spans by day, `mon` to `sun`; a day that is left out is closed. Days may be given together, `mon-fri`.
        closed_on: dates such as public holidays.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    week: Mapping[str, Annotated[tuple[Span, ...], BeforeValidator(_spans)]] = Field(default_factory=dict)
    closed_on: tuple[date, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_by_one(cls, value: object) -> object:
        """`mon-fri: 08:00-18:00` as five days, whether it stands in `week` or directly."""
        if not isinstance(value, Mapping):
            return value
        given = dict(value)
        week = dict(given.pop("week", None) or {})
        for name in [name for name in given if str(name) != "closed_on"]:
            week[str(name)] = given.pop(name)
        return {**given, "week": {day: spans for name, spans in week.items() for day in _days(str(name))}}

    @property
    def known(self) -> bool:
        """Whether any were given."""
        return bool(self.week)

    def open_at(self, moment: datetime, zone: str) -> bool:
        """Whether somebody answers at this moment; True where no hours are known.

        Args:
            moment: any time with its zone.
            zone: the shop's.
        """
        if not self.known:
            return True
        local = moment.astimezone(ZoneInfo(zone))
        return any(opens <= local < closes for opens, closes in self._spans_of(local.date(), ZoneInfo(zone)))

    def next_opening(self, moment: datetime, zone: str) -> datetime | None:
        """When somebody answers next, after this moment; None where that cannot be told."""
        local = moment.astimezone(ZoneInfo(zone))
        for ahead in range(_LOOK_AHEAD_DAYS):
            for opens, _ in self._spans_of(local.date() + timedelta(days=ahead), ZoneInfo(zone)):
                if opens > local:
                    return opens
        return None

    def _spans_of(self, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
        if day in self.closed_on:
            return []
        spans = []
        for opens, closes in sorted(self.week.get(DAYS[day.weekday()], ())):
            last_day = day + timedelta(days=1) if closes == _MIDNIGHT else day
            spans.append((datetime.combine(day, opens, zone), datetime.combine(last_day, closes, zone)))
        return spans


def _days(name: str) -> tuple[str, ...]:
    first, _, last = name.strip().lower().partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise ValueError(f"{name!r} is no day; write one of {', '.join(DAYS)}, or several like 'mon-fri'")
    if not last:
        return (first,)
    places = DAYS.index(first), DAYS.index(last)
    if places[1] < places[0]:
        raise ValueError(f"{name!r} ends before it begins; write the earlier day first")
    return DAYS[places[0] : places[1] + 1]
