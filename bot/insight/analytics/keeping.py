"""SummaryKeeper: keeps the rows of figures up to date with what is said, rated, felt and passed to people."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Engine,
    FromClause,
    Select,
    case,
    delete,
    exists,
    insert,
    or_,
    select,
    text,
    union,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from bot.conversation.tables import Conversation, Feedback, Handoff, Message
from bot.insight.analytics.digest import Digest, digest
from bot.insight.analytics.kin import kin_of
from bot.insight.analytics.standing import RULES
from bot.insight.analytics.tables import ConversationAspect, ConversationProduct, ConversationSummary, TurnSummary
from bot.insight.analytics.talks import read_talks
from bot.insight.tables import ConversationMood, MessageMood
from knowledge.profile import Profiles

log = logging.getLogger(__name__)

BATCH = 200
"""Conversations that are read, and then written in one short transaction."""

MARGIN = timedelta(minutes=1)
"""How long a row may take from its time stamp to its commit, and how far clocks of several machines may differ."""

MANY = 1_000
"""After so many conversations the database looks at its tables anew, or it would plan queries for empty ones."""

OVERLAP = timedelta(minutes=10)
"""How far before the last round's begin a round looks for what was rated or felt since."""

_conversations, _messages = Conversation.__table__, Message.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_thumbs, _handoffs = Feedback.__table__, Handoff.__table__  # type: ignore[attr-defined]  # as above
_moods, _courses = MessageMood.__table__, ConversationMood.__table__  # type: ignore[attr-defined]  # as above
_summaries = ConversationSummary.__table__  # type: ignore[attr-defined]  # as above


class SummaryKeeper:
    """Finds conversations whose rows are missing or old and makes them anew; doing it twice changes nothing.

    What is old is told by the rows themselves, so that a process that was killed, or was down while others wrote,
    misses nothing; several processes may keep the same database.

    Args:
        engine: the migrated database.
        profiles: tell each shop's time zone.
        now: the present time.
    """

    def __init__(
        self, engine: Engine, profiles: Profiles, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._profiles, self._now = engine, profiles, now
        self._last_began: datetime | None = None
        self._since_analysed = 0

    def catch_up(
        self, *, on_progress: Callable[[int, int], None] | None = None, stop: Callable[[], bool] = lambda: False
    ) -> int:
        """Bring every row up to date.

        Args:
            on_progress: told how many conversations of how many are done.
            stop: asked between batches; what is done by then stays.

        Returns:
            How many conversations were made anew.
        """
        began = self._now()
        since = None if self._last_began is None else self._last_began - OVERLAP
        with self._engine.connect() as connection:
            zones = self._zones(connection)
            stale = sorted(connection.execute(_stale(zones, since)).scalars()) if zones else []
        for start in range(0, len(stale), BATCH):
            if stop():
                return start
            self._renew(stale[start : start + BATCH], zones, began - MARGIN)
            if on_progress:
                on_progress(min(start + BATCH, len(stale)), len(stale))
        self._last_began = began
        self._since_analysed += len(stale)
        if self._since_analysed >= MANY:
            self._analyse()
        return len(stale)

    def _analyse(self) -> None:
        self._since_analysed = 0
        with self._engine.begin() as connection:
            for table in (ConversationSummary, TurnSummary, ConversationProduct, ConversationAspect):
                connection.execute(text(f"ANALYZE {table.__tablename__}"))

    def _zones(self, connection: Connection) -> dict[str, ZoneInfo]:
        shops = connection.execute(select(_conversations.c.shop).distinct()).scalars()
        return {shop: ZoneInfo(self._profiles.get(shop).timezone) for shop in shops}

    def _renew(self, ids: Sequence[str], zones: dict[str, ZoneInfo], seen_until: datetime) -> None:
        with self._engine.connect() as connection:
            talks = read_talks(connection, ids)
        digests = [digest(talk, zone=zones[talk.shop], seen_until=seen_until) for talk in talks if talk.shop in zones]
        if digests:
            with self._engine.begin() as connection:
                _write(connection, digests)


def _stale(zones: dict[str, ZoneInfo], since: datetime | None) -> CompoundSelect[str]:
    """Ids of conversations whose rows are missing or older than what they are made of."""
    zone = case({shop: zone.key for shop, zone in zones.items()}, value=_conversations.c.shop, else_="")
    asked = exists().where(_messages.c.conversation_id == _conversations.c.id, _messages.c.role == "user")
    changed = (
        select(_conversations.c.id)
        .select_from(
            _conversations.outerjoin(_summaries, _summaries.c.conversation_id == _conversations.c.id),
        )
        .where(
            _conversations.c.last_sequence > 0,
            or_(
                _summaries.c.conversation_id.is_(None) & asked,
                _summaries.c.last_sequence != _conversations.c.last_sequence,
                _summaries.c.rules != RULES,
                _summaries.c.time_zone != zone,
            ),
        )
    )
    # Messages are counted by their conversation, in the same transaction; the rest only bears a time.
    rated = _newer(
        _messages.c.conversation_id,
        _thumbs.join(_messages, _messages.c.id == _thumbs.c.message_id),
        _thumbs.c.updated_at,
        since,
    )
    passed_on = _newer(_handoffs.c.conversation_id, _handoffs, _handoffs.c.created_at, since)
    felt = _newer(_moods.c.conversation_id, _moods, _moods.c.scored_at, since)
    judged = _newer(_courses.c.conversation_id, _courses, _courses.c.scored_at, since)
    identified = _newer(_conversations.c.id, _conversations, _conversations.c.identified_at, since)
    found = union(changed, rated, passed_on, felt, judged, identified).cte("found")
    # Who was heard in one conversation may have come back to another.
    return union(select(found.c[0]), select(kin_of(found).subquery().c.other))


def _newer(
    conversation_id: ColumnElement[str], source: FromClause, at: ColumnElement[datetime], since: datetime | None
) -> Select[str]:
    query = (
        select(conversation_id)
        .select_from(source.join(_summaries, _summaries.c.conversation_id == conversation_id))
        .where(at >= _summaries.c.seen_until)
    )
    return query if since is None else query.where(at >= since)


def _write(connection: Connection, digests: Sequence[Digest]) -> None:
    """Replace the rows of these conversations; the summaries first, in order, so that two writers wait in turn."""
    ids = [one.summary.conversation_id for one in digests]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    upsert = dialect.insert(ConversationSummary)
    fresh = {column.name: upsert.excluded[column.name] for column in _summaries.c if not column.primary_key}
    connection.execute(
        upsert.on_conflict_do_update(index_elements=["conversation_id"], set_=fresh),
        _values(one.summary for one in sorted(digests, key=lambda one: one.summary.conversation_id)),
    )
    _replace(connection, TurnSummary, ids, [row for one in digests for row in one.turns])
    _replace(connection, ConversationProduct, ids, [row for one in digests for row in one.products])
    _replace(connection, ConversationAspect, ids, [row for one in digests for row in one.aspects])


def _replace(connection: Connection, table: type[SQLModel], ids: Sequence[str], rows: Sequence[SQLModel]) -> None:
    columns = table.__table__  # type: ignore[attr-defined]  # SQLModel adds it
    connection.execute(delete(columns).where(columns.c.conversation_id.in_(ids)))
    if rows:
        connection.execute(insert(columns), _values(rows))


def _values(rows: Iterable[SQLModel]) -> list[dict[str, object]]:
    return [row.model_dump() for row in rows]
