"""What has become of a conversation by now: its standing and the time that has passed, as one expression in SQL."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, case

from bot.insight.analytics.filters import summaries
from bot.insight.analytics.standing import SILENCE

Resolution = Literal[
    "confirmed_thumb",
    "confirmed_said",
    "confirmed_silence",
    "assumed",
    "refused",
    "handed_off",
    "abandoned",
    "under_way",
    "chat",
]

CONFIRMED: tuple[Resolution, ...] = ("confirmed_thumb", "confirmed_said", "confirmed_silence")
COUNTED: tuple[Resolution, ...] = (*CONFIRMED, "assumed", "refused", "handed_off", "abandoned")
"""What a scoreboard shares out; talks under way and mere courtesies are told beside it."""

PATIENCE = timedelta(minutes=30)
"""How long a message may wait for its reply before its shopper counts as gone."""


def resolution(now: datetime) -> ColumnElement[str]:
    """The Resolution of each row of `conversation_summary` at a time."""
    standing, last_at = summaries.c.standing, summaries.c.last_at
    return case(
        (standing == "thumb_up", "confirmed_thumb"),
        (standing == "said_solved", "confirmed_said"),
        (and_(standing == "cited", last_at <= now - SILENCE), "confirmed_silence"),
        (standing.in_(("cited", "answered")), "assumed"),
        (standing == "refused", "refused"),
        (standing == "handed_off", "handed_off"),
        (standing == "given_up", "abandoned"),
        (and_(standing == "waiting", last_at <= now - PATIENCE), "abandoned"),
        (standing == "waiting", "under_way"),
        else_="chat",
    )
