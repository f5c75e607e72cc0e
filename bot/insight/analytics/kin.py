"""Conversations of the same shopper: those of one browser, and those of one customer who has said who they are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, FromClause, Select, and_, select, union

from bot.conversation.tables import Conversation, Message

_theirs = Conversation.__table__.alias("theirs")  # type: ignore[attr-defined]  # SQLModel adds it
_conversations, _messages = Conversation.__table__, Message.__table__  # type: ignore[attr-defined]  # as above


def kin_of(ids: Select[Any] | FromClause) -> Select[Any]:
    """Pairs of conversation ids: `mine`, one of these, and `other`, another one of the same shopper with the shop."""
    mine = _conversations.c.id.in_(select(ids.c[0]) if isinstance(ids, FromClause) else ids)
    another = and_(_theirs.c.shop == _conversations.c.shop, _theirs.c.id != _conversations.c.id)
    same = (
        _theirs.c.visitor_id == _conversations.c.visitor_id,  # NULL equals nothing
        _theirs.c.customer_id == _conversations.c.customer_id,
    )
    # Two queries, for no index serves an OR of two columns.
    found = union(
        *(
            select(_conversations.c.id.label("mine"), _theirs.c.id.label("other"))
            .select_from(_conversations.join(_theirs, and_(another, one)))
            .where(mine)
            for one in same
        )
    ).subquery()
    return select(found.c.mine, found.c.other)


def heard_elsewhere(connection: Connection, ids: Sequence[str]) -> Mapping[str, tuple[datetime, ...]]:
    """By conversation: when its shopper wrote in their other conversations with the shop."""
    kin = kin_of(select(_conversations.c.id).where(_conversations.c.id.in_(ids))).subquery()
    rows = connection.execute(
        select(kin.c.mine, _messages.c.created_at)
        .join(_messages, and_(_messages.c.conversation_id == kin.c.other, _messages.c.role == "user"))
        .order_by(_messages.c.created_at)
    )
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        found[row.mine].append(row.created_at)
    return {conversation_id: tuple(times) for conversation_id, times in found.items()}
