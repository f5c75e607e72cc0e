"""The rows of alerts: what was found, when it was told, and when it had passed."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from knowledge.columns import UtcDateTime


class Alert(SQLModel, table=True):
    """One thing that has become clearly worse than usual.

    Attributes:
        kind: name of its rule.
        subject: the product, where the rule is about one; else empty.
        slot: number of its cool-down period; two processes that find the same thing at once make one row.
        recent_count of recent_total, usual_count of usual_total: the two shares that were compared.
        p_value: chance of such a difference if nothing had changed.
        ended_at: when the share was no longer clearly above the usual.
        delivered_at: when the webhook took it; `attempts` counts the tries before.
    """

    __table_args__ = (UniqueConstraint("shop", "kind", "subject", "slot", name="alert_once"),)

    id: str = Field(primary_key=True, max_length=32)
    shop: str = Field(index=True)
    kind: str = Field(max_length=30)
    subject: str = Field(default="", max_length=200)
    slot: int
    raised_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recent_count: int
    recent_total: int
    usual_count: int
    usual_total: int
    p_value: float
    attempts: int = 0
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
