"""The rows of the people who work in the shop: Account, Session, RecoveryCode, AuditEntry, AuditHead.

These classes do not validate: the stores beside this file check what comes in. Triggers in the database, made by the
migration, refuse to change or delete an AuditEntry.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from bot.conversation.columns import StoredText
from knowledge.columns import UtcDateTime


class Account(SQLModel, table=True):
    """One person who may sign in.

    Attributes:
        email: in lower case; what they sign in with.
        password_hash: argon2id; None for those who sign in elsewhere (OpenID Connect).
        must_change: the password was chosen by another and opens nothing but its change.
        totp_secret: of the second factor, encrypted; None where there is none.
        totp_pending: a secret that was offered and not yet confirmed, encrypted.
        totp_step: the last 30-second step whose code was used, so that no code opens twice.
        removed_at: since when they may not sign in any more; the row stays, because others point at it.
    """

    __tablename__ = "staff_account"
    __table_args__ = (CheckConstraint("role IN ('viewer', 'agent', 'admin')", name="staff_account_role"),)

    id: str = Field(primary_key=True, max_length=32)
    email: str = Field(unique=True, max_length=320)
    name: str = Field(sa_type=StoredText)
    role: str = Field(max_length=10)
    password_hash: str | None = Field(default=None, max_length=200)
    must_change: bool = False
    totp_secret: str | None = Field(default=None, max_length=200)
    totp_pending: str | None = Field(default=None, max_length=200)
    totp_step: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Session(SQLModel, table=True):
    """One browser that is signed in.

    Attributes:
        token_hash: SHA-256 of what the browser holds, so that who reads the database cannot sign in with it.
        seen_at: when it was last used, to the minute.
        expires_at: when it ends however much it is used.
    """

    __tablename__ = "staff_session"

    id: str = Field(primary_key=True, max_length=32)
    account_id: str = Field(foreign_key="staff_account.id", ondelete="CASCADE", index=True, max_length=32)
    token_hash: str = Field(unique=True, max_length=64)
    address: str = Field(default="", max_length=100)
    browser: str = Field(default="", sa_type=StoredText)
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    seen_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    expires_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class RecoveryCode(SQLModel, table=True):
    """A code for the day when the second factor is lost; it opens once."""

    __tablename__ = "staff_recovery_code"

    account_id: str = Field(primary_key=True, foreign_key="staff_account.id", ondelete="CASCADE", max_length=32)
    code_hash: str = Field(primary_key=True, max_length=64)


class AuditEntry(SQLModel, table=True):
    """Something that was done, chained to what was done before it.

    Attributes:
        number: 1, 2, 3 … without gaps.
        actor: e-mail address of who did it, or `shopclerk` for a command on this machine.
        action: what, in the words of `bot/staff/audit.py`.
        target: to what, e.g. a conversation's id.
        details: JSON with sorted keys.
        previous: the hash of the entry before it.
        hash: SHA-256 over all of the above.
    """

    __tablename__ = "audit_entry"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime, nullable=False, index=True)
    actor: str = Field(sa_type=StoredText, index=True)
    action: str = Field(max_length=60, index=True)
    target: str = Field(default="", sa_type=StoredText)
    details: str = Field(default="{}", sa_type=StoredText)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditHead(SQLModel, table=True):
    """The end of the chain, in one row; counting it up takes the lock that keeps writers in line."""

    __tablename__ = "audit_head"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int = 0
    hash: str = Field(default="", max_length=64)
