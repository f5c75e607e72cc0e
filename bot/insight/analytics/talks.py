"""Reads whole conversations for digesting, many at once, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from bot.conversation.tables import Citation, Conversation, Feedback, Handoff, Message, TurnTrace
from bot.insight.analytics.digest import Answered, Feeling, Talk
from bot.insight.analytics.kin import heard_elsewhere
from bot.insight.analytics.standing import Said
from bot.insight.tables import ConversationMood, MessageMood

_conversations, _messages = Conversation.__table__, Message.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_traces, _thumbs = TurnTrace.__table__, Feedback.__table__  # type: ignore[attr-defined]  # as above
_citations, _handoffs = Citation.__table__, Handoff.__table__  # type: ignore[attr-defined]  # as above
_moods, _courses = MessageMood.__table__, ConversationMood.__table__  # type: ignore[attr-defined]  # as above


def read_talks(connection: Connection, ids: Sequence[str]) -> list[Talk]:
    """The conversations with these ids in which a shopper said something."""
    said = _said(connection, ids)
    feelings = _feelings(connection, ids)
    asked = set(_column(connection, select(_handoffs.c.conversation_id).where(_handoffs.c.conversation_id.in_(ids))))
    elsewhere = heard_elsewhere(connection, ids)
    satisfied = _pairs(
        connection,
        select(_courses.c.conversation_id, _courses.c.satisfaction).where(_courses.c.conversation_id.in_(ids)),
    )
    rows = connection.execute(select(_conversations).where(_conversations.c.id.in_(ids))).all()
    return [
        Talk(
            conversation_id=row.id,
            shop=row.shop,
            language=row.language or "",
            last_sequence=row.last_sequence,
            asked_for_person=row.id in asked,
            said=tuple(one for one, _ in said[row.id]),
            answered={one.id: answered for one, answered in said[row.id] if answered is not None},
            feelings=feelings[row.id],
            satisfaction=satisfied.get(row.id),
            elsewhere=elsewhere.get(row.id, ()),
        )
        for row in rows
        if any(one.role == "user" for one, _ in said[row.id])
    ]


def _said(connection: Connection, ids: Sequence[str]) -> Mapping[str, list[tuple[Said, Answered | None]]]:
    """By conversation, in order: each message, and what a reply shows beside its words."""
    found: defaultdict[str, list[tuple[Said, Answered | None]]] = defaultdict(list)
    rows = connection.execute(
        select(_messages, _traces.c.intent, _traces.c.timings_ms, _thumbs.c.rating)
        .select_from(_messages.outerjoin(_traces).outerjoin(_thumbs, _thumbs.c.message_id == _messages.c.id))
        .where(_messages.c.conversation_id.in_(ids))
        .order_by(_messages.c.conversation_id, _messages.c.sequence)
    ).all()
    cites = set(
        _column(
            connection,
            select(_citations.c.message_id)
            .join(_messages, _messages.c.id == _citations.c.message_id)
            .where(_messages.c.conversation_id.in_(ids)),
        )
    )
    for row in rows:
        found[row.conversation_id].append((_message(row, row.id in cites), _answered(row)))
    return found


def _message(row: Row[Any], cites: bool) -> Said:
    return Said(
        id=row.id,
        role=row.role,
        text=row.text,
        at=row.created_at,
        outcome=row.outcome or "",
        intent=row.intent or "",
        reply_to=row.reply_to or "",
        cites=cites,
        rating=row.rating or 0,
    )


def _answered(row: Row[Any]) -> Answered | None:
    if row.role != "assistant" or not row.reply_to:
        return None
    timings = row.timings_ms or {}
    return Answered(
        gear=row.gear or "none",
        products=tuple(str(product["product_id"]) for product in row.products or ()),
        first_token_ms=timings.get("first_token"),
        total_ms=timings.get("total"),
    )


def _feelings(connection: Connection, ids: Sequence[str]) -> Mapping[str, dict[str, Feeling]]:
    found: defaultdict[str, dict[str, Feeling]] = defaultdict(dict)
    for row in connection.execute(select(_moods).where(_moods.c.conversation_id.in_(ids))):
        found[row.conversation_id][row.message_id] = Feeling(row.label, row.product_id or "", row.aspects or {})
    return found


def _column(connection: Connection, query: Select[Any]) -> list[Any]:
    return list(connection.execute(query).scalars())


def _pairs(connection: Connection, query: Select[Any]) -> dict[Any, Any]:
    return {row[0]: row[1] for row in connection.execute(query)}
