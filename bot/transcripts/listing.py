"""TranscriptList: conversations found by words and filters, in an order, a page at a time."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation.tables import Conversation, Message
from bot.errors import InvalidInput
from bot.insight.analytics.behind import Figure, ids_behind
from bot.insight.analytics.filters import Filters
from bot.insight.analytics.tables import ConversationProduct
from bot.staff.accounts import StaffAccount
from bot.staff.tables import Account
from bot.transcripts import marks
from bot.transcripts.keeping import AT_ONCE, LineKeeper
from bot.transcripts.tables import Tag, Transcript, TranscriptRead, TranscriptReader
from bot.transcripts.words import places, wanted_words

Order = Literal["latest", "oldest", "longest", "unhappiest"]
ORDERS: tuple[Order, ...] = get_args(Order)
States = Literal["bot", "waiting", "human", "closed"]

PAGE = 50
MOST = 200
_BEFORE, _AROUND = 30, 150  # characters of a snippet before the word that was looked for, and altogether
_COUNTED = 1000

_lines, _conversations = Transcript.__table__, Conversation.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_reads, _tags = TranscriptRead.__table__, Tag.__table__  # type: ignore[attr-defined]  # as above
_readers, _accounts = TranscriptReader.__table__, Account.__table__  # type: ignore[attr-defined]  # as above
_products, _messages = ConversationProduct.__table__, Message.__table__  # type: ignore[attr-defined]  # as above

# Order → the column, and whether its greatest comes first.
_ORDERS: Mapping[str, tuple[ColumnElement[Any], bool]] = {
    "latest": (_lines.c.last_at, True),
    "oldest": (_lines.c.last_at, False),
    "longest": (_lines.c.messages, True),
    "unhappiest": (_lines.c.satisfaction, False),
}


@dataclass(frozen=True)
class Wanted:
    """Which conversations; what is empty or None leaves all in.

    Attributes:
        words: to look for in what was said; all must be there.
        since, before: of the latest message.
        outcome, mood, gear: occurs in it.
        language: the shopper's.
        product: id of one that was shown or spoken of.
        rating: `up` or `down` was given.
        tag: is on it.
        state: who answers now.
        mine: the reader is in charge of it or wrote in it.
        unread: the reader has not seen its latest message.
        figure: counts it: what the figure is counted from, and which part of that.
    """

    shop: str
    words: str = ""
    since: datetime | None = None
    before: datetime | None = None
    outcome: str = ""
    mood: str = ""
    language: str = ""
    product: str = ""
    gear: str = ""
    rating: str = ""
    tag: str = ""
    state: str = ""
    mine: bool = False
    unread: bool = False
    figure: tuple[Filters, Figure] | None = None
    order: Order = "latest"


@dataclass(frozen=True)
class Line:
    """One conversation in the list.

    Attributes:
        snippet: how the first question begins, or where the words looked for stand.
        marks: begin and end of the words looked for in the snippet.
        mood: of the latest shopper's message; empty when none was scored.
        unread: the reader has not seen its latest message.
    """

    number: int
    conversation_id: str
    shop: str
    language: str | None
    began_at: datetime
    last_at: datetime
    messages: int
    state: str
    agent_id: str | None
    agent_name: str | None
    waiting_since: datetime | None
    outcomes: Sequence[str]
    gears: Sequence[str]
    mood: str
    ratings: Sequence[str]
    tags: Sequence[str]
    unread: bool
    snippet: str
    marks: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True)
class Page:
    """Some lines, and where the next ones begin; None at the end."""

    lines: Sequence[Line]
    next: str | None = field(default=None)


class TranscriptList:
    """Reads the list; what changed a moment ago is in it.

    Args:
        engine: the migrated database.
        keeper: brings lines up to date.
        now: the present time.
    """

    def __init__(
        self, engine: Engine, keeper: LineKeeper, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._keeper, self._now = engine, keeper, now

    def page(self, wanted: Wanted, reader: StaffAccount, *, after: str | None = None, limit: int = PAGE) -> Page:
        """The next lines.

        Args:
            wanted: which, and in which order.
            reader: whose marks of what was read count.
            after: the `next` of the page before.
            limit: at most so many.

        Raises:
            InvalidInput: a filter or an order that there is not, or an `after` that was not given by us.
        """
        self._keeper.catch_up(AT_ONCE)
        limit = max(1, min(limit, MOST))
        with self._engine.connect() as connection:
            query = self._query(connection, wanted, reader, after).limit(limit + 1)
            rows = connection.execute(query).all()
            more, rows = len(rows) > limit, rows[:limit]
            lines = _lines_of(connection, rows, wanted.words)
        return Page(lines, _cursor(rows[-1], wanted.order) if more else None)

    def count(self, wanted: Wanted, reader: StaffAccount) -> tuple[int, bool]:
        """How many there are, counted up to a thousand, and whether there are more."""
        with self._engine.connect() as connection:
            inner = self._query(connection, wanted, reader, None).order_by(None).limit(_COUNTED + 1)
            found = connection.execute(select(func.count()).select_from(inner.subquery())).scalar_one()
        return min(found, _COUNTED), found > _COUNTED

    def mark_read(self, conversation_id: str, sequence: int, reader: StaffAccount) -> None:
        """The reader has seen the conversation up to this message."""
        with self._engine.begin() as connection:
            keep = _upsert(connection, TranscriptRead).values(
                account_id=reader.id, conversation_id=conversation_id, sequence=sequence
            )
            connection.execute(
                keep.on_conflict_do_update(
                    index_elements=["account_id", "conversation_id"], set_={"sequence": sequence}
                )
            )

    def mark_unread(self, conversation_id: str, reader: StaffAccount) -> None:
        """Put it back among what the reader has not seen."""
        self.mark_read(conversation_id, -1, reader)

    def mark_all_read(self, reader: StaffAccount) -> None:
        """Nothing said until now counts as unread for them."""
        with self._engine.begin() as connection:
            keep = _upsert(connection, TranscriptReader).values(account_id=reader.id, since=self._now())
            connection.execute(keep.on_conflict_do_update(index_elements=["account_id"], set_={"since": self._now()}))
            connection.execute(_reads.delete().where(_reads.c.account_id == reader.id, _reads.c.sequence < 0))

    def tags(self, shop: str) -> list[str]:
        """All tags in use in a shop, by name."""
        query = (
            select(_tags.c.name)
            .join(_conversations, _conversations.c.id == _tags.c.conversation_id)
            .where(_conversations.c.shop == shop)
            .distinct()
            .order_by(_tags.c.name)
        )
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def _query(self, connection: Connection, wanted: Wanted, reader: StaffAccount, after: str | None) -> Select[Any]:
        unread = _is_unread(reader, _read_since(connection, reader))
        query = (
            select(
                _lines,
                _conversations.c.state,
                _conversations.c.agent_id,
                _conversations.c.agent_name,
                _conversations.c.waiting_since,
                unread.label("unread"),
            )
            .join(_conversations, _conversations.c.id == _lines.c.conversation_id)
            .where(_lines.c.shop == wanted.shop, *_conditions(wanted, reader, connection.dialect.name))
        )
        if wanted.unread:
            query = query.where(unread)
        if wanted.figure is not None:
            query = query.where(_lines.c.conversation_id.in_(ids_behind(*wanted.figure, self._now())))
        column, falling = _order(wanted.order)
        if after is not None:
            key = tuple_(column, _lines.c.number)
            bound = tuple_(*(literal(value) for value in _position(after, wanted.order)))
            query = query.where(key < bound if falling else key > bound)
        return query.order_by(
            column.desc() if falling else column, _lines.c.number.desc() if falling else _lines.c.number
        )


def _conditions(wanted: Wanted, reader: StaffAccount, dialect: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.words.strip():
        found.append(_says(wanted.words, dialect))
    if wanted.since is not None:
        found.append(_lines.c.last_at >= wanted.since)
    if wanted.before is not None:
        found.append(_lines.c.last_at < wanted.before)
    for value, column, names in (
        (wanted.outcome, _lines.c.outcomes, marks.OUTCOMES),
        (wanted.gear, _lines.c.gears, marks.GEARS),
        (wanted.mood, _lines.c.moods, marks.MOODS),
        (wanted.rating, _lines.c.ratings, marks.RATINGS),
    ):
        if value:
            found.append(column.op("&")(marks.bits([_known(value, names)], names)) != 0)
    if wanted.language:
        found.append(_lines.c.language == wanted.language)
    if wanted.product:
        shown = select(_products.c.conversation_id).where(
            _products.c.shop == wanted.shop, _products.c.product_id == wanted.product
        )
        found.append(_lines.c.conversation_id.in_(shown))
    if wanted.tag:
        found.append(_lines.c.conversation_id.in_(select(_tags.c.conversation_id).where(_tags.c.name == wanted.tag)))
    if wanted.state:
        found.append(_among(_conversations.c.state == _known(wanted.state, get_args(States))))
    if wanted.mine:
        found.append(
            or_(
                _among(_conversations.c.agent_id == reader.id),
                _lines.c.agents.contains(f"|{reader.id}|", autoescape=True),
            )
        )
    return found


def _among(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The conversation is one of these; listed apart, for few are in another state than the bot's."""
    found: ColumnElement[bool] = _lines.c.conversation_id.in_(select(_conversations.c.id).where(condition))
    return found


def _says(words: str, dialect: str) -> ColumnElement[bool]:
    """Everything that is looked for occurs somewhere in the conversation."""
    whole, beginnings = wanted_words(words)
    if not whole and not beginnings:
        return literal(value=False)
    if dialect == "postgresql":
        query = " & ".join([*(f"'{word}'" for word in whole), *(f"'{word}':*" for word in beginnings)])
        inner = text(
            "SELECT number FROM transcript_words WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :q)"
        )
    else:
        query = " AND ".join([*(f'"{word}"' for word in whole), *(f'"{word}" *' for word in beginnings)])
        inner = text("SELECT rowid FROM transcript_search WHERE transcript_search MATCH :q")
    found: ColumnElement[bool] = _lines.c.number.in_(inner.bindparams(q=query).columns(_lines.c.number))
    return found


def _is_unread(reader: StaffAccount, since: datetime | None) -> ColumnElement[bool]:
    theirs = _reads.c.account_id == reader.id
    seen = exists().where(
        theirs, _reads.c.conversation_id == _lines.c.conversation_id, _reads.c.sequence >= _lines.c.messages
    )
    if since is None:
        return not_(seen)
    # What was put back by hand is unread however old it is.
    put_back = select(_reads.c.conversation_id).where(theirs, _reads.c.sequence < 0)
    return and_(or_(_lines.c.last_at > since, _lines.c.conversation_id.in_(put_back)), not_(seen))


def _read_since(connection: Connection, reader: StaffAccount) -> datetime | None:
    """From when on something counts as unread: since they had read all, or since they came."""
    query = (
        select(func.coalesce(_readers.c.since, _accounts.c.created_at))
        .select_from(_accounts.outerjoin(_readers, _readers.c.account_id == _accounts.c.id))
        .where(_accounts.c.id == reader.id)
    )
    found: datetime | None = connection.execute(query).scalar_one_or_none()
    return found


def _lines_of(connection: Connection, rows: Sequence[Row[Any]], words: str) -> list[Line]:
    ids = [row.conversation_id for row in rows]
    tags: dict[str, list[str]] = {}
    for tag in connection.execute(select(_tags).where(_tags.c.conversation_id.in_(ids)).order_by(_tags.c.name)):
        tags.setdefault(tag.conversation_id, []).append(tag.name)
    found = _snippets(connection, ids, words) if words.strip() else {}
    return [_line(row, tags.get(row.conversation_id, []), found.get(row.conversation_id), words) for row in rows]


def _snippets(connection: Connection, ids: Sequence[str], words: str) -> dict[str, str]:
    """By conversation: the first message that has any of the words, from a little before them."""
    query = (
        select(_messages.c.conversation_id, _messages.c.text)
        .where(_messages.c.conversation_id.in_(ids))
        .order_by(_messages.c.conversation_id, _messages.c.sequence)
    )
    best: dict[str, tuple[int, str]] = {}
    for row in connection.execute(query):
        said = " ".join(row.text.split())
        hits = places(said, words)
        if hits and len(hits) > best.get(row.conversation_id, (0, ""))[0]:
            begin = max(0, hits[0][0] - _BEFORE)
            snippet = ("…" if begin else "") + said[begin : begin + _AROUND]
            best[row.conversation_id] = (len(hits), snippet)
    return {conversation_id: snippet for conversation_id, (_, snippet) in best.items()}


def _line(row: Row[Any], tags: Sequence[str], snippet: str | None, words: str) -> Line:
    shown = row.opening if snippet is None else snippet
    return Line(
        number=row.number,
        conversation_id=row.conversation_id,
        shop=row.shop,
        language=row.language,
        began_at=row.began_at,
        last_at=row.last_at,
        messages=row.messages,
        state=row.state,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        waiting_since=row.waiting_since,
        outcomes=marks.names_of(row.outcomes, marks.OUTCOMES),
        gears=marks.names_of(row.gears, marks.GEARS),
        mood=next(iter(marks.names_of(row.last_mood, marks.MOODS)), ""),
        ratings=marks.names_of(row.ratings, marks.RATINGS),
        tags=tags,
        unread=bool(row.unread),
        snippet=shown,
        marks=places(shown, words) if words else (),
    )


def _order(order: str) -> tuple[ColumnElement[Any], bool]:
    return _ORDERS[_known(order, ORDERS)]


def _known(value: str, names: Sequence[str]) -> str:
    if value not in names:
        raise InvalidInput(f"{value!r} is none of: {', '.join(names)}.")
    return value


def _cursor(row: Row[Any], order: Order) -> str:
    key = getattr(row, _order(order)[0].name)
    place = [key.isoformat() if isinstance(key, datetime) else key, row.number]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _position(after: str, order: Order) -> tuple[Any, int]:
    try:
        key, number = json.loads(base64.urlsafe_b64decode(after.encode()))
        return (datetime.fromisoformat(key) if _order(order)[0] is _lines.c.last_at else float(key)), int(number)
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"{after!r} is no place in the list; give the `next` of the page before.") from error


def _upsert(connection: Connection, table: type[Any]) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
