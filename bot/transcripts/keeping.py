"""LineKeeper: makes the lines and words of conversations anew that triggers have marked as changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation.tables import Conversation, Feedback, Message
from bot.insight.tables import ConversationMood, MessageMood
from bot.transcripts import marks
from bot.transcripts.tables import Transcript, TranscriptChange, TranscriptWords
from bot.transcripts.words import indexed_words

BATCH = 200
"""Conversations that are read, and then written in one short transaction."""

AT_ONCE = 100
"""Conversations that a reader renews before it reads; more than that is left to the thread."""

_OPENING_CHARACTERS = 160

_changes, _messages = TranscriptChange.__table__, Message.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_lines, _words = Transcript.__table__, TranscriptWords.__table__  # type: ignore[attr-defined]  # as above
_conversations, _thumbs = Conversation.__table__, Feedback.__table__  # type: ignore[attr-defined]  # as above
_moods, _courses = MessageMood.__table__, ConversationMood.__table__  # type: ignore[attr-defined]  # as above


class LineKeeper:
    """Keeps the list of conversations true; doing it twice, or in two processes at once, changes nothing.

    Args:
        engine: the migrated database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def catch_up(self, most: int | None = None, *, stop: Callable[[], bool] = lambda: False) -> int:
        """Renew what has changed.

        Args:
            most: at most so many conversations; None: all.
            stop: asked between batches; what is done by then stays.

        Returns:
            How many were renewed.
        """
        done = 0
        while most is None or done < most:
            renewed = self._renew_some(BATCH if most is None else min(BATCH, most - done))
            done += renewed
            if renewed == 0 or stop():
                break
        return done

    def _renew_some(self, most: int) -> int:
        with self._engine.connect() as connection:
            # What changes while we read gets a new mark with a higher id, which stays.
            marked = connection.execute(
                select(_changes.c.conversation_id, func.max(_changes.c.id))
                .group_by(_changes.c.conversation_id)
                .limit(most)
            ).all()
            if not marked:
                return 0
            drawn = _draw(connection, [row[0] for row in marked])
        with self._engine.begin() as connection:
            _write(connection, drawn)
            connection.execute(
                delete(_changes).where(
                    _changes.c.conversation_id == bindparam("whose"), _changes.c.id <= bindparam("seen")
                ),
                [{"whose": row[0], "seen": row[1]} for row in marked],
            )
        return len(marked)


def _draw(connection: Connection, ids: Sequence[str]) -> list[tuple[dict[str, Any], str]]:
    """The lines of these conversations with their words; in the order of ids, so that two writers wait in turn."""
    said = _by_conversation(
        connection.execute(
            select(_messages, _thumbs.c.rating, _moods.c.label)
            .select_from(
                _messages.outerjoin(_thumbs, _thumbs.c.message_id == _messages.c.id).outerjoin(
                    _moods, _moods.c.message_id == _messages.c.id
                )
            )
            .where(_messages.c.conversation_id.in_(ids))
            .order_by(_messages.c.sequence)
        )
    )
    satisfied = {
        row.conversation_id: row.satisfaction
        for row in connection.execute(select(_courses).where(_courses.c.conversation_id.in_(ids)))
    }
    rows = connection.execute(
        select(_conversations).where(_conversations.c.id.in_(ids)).order_by(_conversations.c.id)
    ).all()
    return [
        (_line(row, said[row.id], satisfied.get(row.id, 0.0)), indexed_words([one.text for one in said[row.id]]))
        for row in rows
        if said.get(row.id)
    ]


def _line(conversation: Row[Any], said: Sequence[Row[Any]], satisfaction: float) -> dict[str, Any]:
    replies = [one for one in said if one.role == "assistant"]
    moods = [one.label for one in said if one.label is not None]
    asked = next((one.text for one in said if one.role == "user"), said[0].text)
    agents = dict.fromkeys(one.author_id for one in said if one.author_id)
    return {
        "conversation_id": conversation.id,
        "shop": conversation.shop,
        "language": conversation.language,
        "began_at": said[0].created_at,
        "last_at": said[-1].created_at,
        "messages": said[-1].sequence,
        "outcomes": marks.bits((one.outcome for one in replies), marks.OUTCOMES),
        "gears": marks.bits((one.gear for one in replies), marks.GEARS),
        "moods": marks.bits(moods, marks.MOODS),
        "last_mood": marks.bits(moods[-1:], marks.MOODS),
        "ratings": marks.bits(("up" if one.rating > 0 else "down" for one in said if one.rating), marks.RATINGS),
        "satisfaction": satisfaction,
        "agents": "".join(f"|{agent}" for agent in agents) + "|" if agents else "",
        "opening": " ".join(asked.split())[:_OPENING_CHARACTERS],
    }


def _write(connection: Connection, drawn: Sequence[tuple[dict[str, Any], str]]) -> None:
    if not drawn:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    lines = [line for line, _ in drawn]
    upsert = dialect.insert(Transcript)
    fresh = {name: upsert.excluded[name] for name in lines[0] if name != "conversation_id"}
    connection.execute(upsert.on_conflict_do_update(index_elements=["conversation_id"], set_=fresh), lines)
    ids = [line["conversation_id"] for line in lines]
    known = connection.execute(
        select(_lines.c.conversation_id, _lines.c.number).where(_lines.c.conversation_id.in_(ids))
    )
    numbers: dict[str, int] = {row.conversation_id: row.number for row in known}
    keep = dialect.insert(TranscriptWords)
    connection.execute(
        keep.on_conflict_do_update(
            index_elements=["number"],
            set_={"words": keep.excluded.words},
            # The index is only touched where a word is new.
            where=_words.c.words != keep.excluded.words,
        ),
        [{"number": numbers[line["conversation_id"]], "words": words} for line, words in drawn],
    )


def _by_conversation(rows: Iterable[Row[Any]]) -> Mapping[str, list[Row[Any]]]:
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.conversation_id].append(row)
    return found
