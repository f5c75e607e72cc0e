"""Sessions: browsers that are signed in, until they are idle, old, or sent away."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session as DatabaseSession
from sqlmodel import col, delete, select

from bot.errors import NotAllowed, NotFound
from bot.staff import tables
from bot.staff.accounts import StaffAccount, view
from bot.staff.audit import AuditLog

IDLE = timedelta(hours=3)
"""Unused for so long, a session ends: a lunch and a meeting, not a night."""

LONGEST = timedelta(hours=14)
"""However much it is used, it ends: a long day's work."""

_NOTED_EVERY = timedelta(minutes=1)
_BROWSER_CHARACTERS = 300


@dataclass(frozen=True)
class SignedIn:
    """An open session and whose it is."""

    session_id: str
    account: StaffAccount


@dataclass(frozen=True)
class SessionView:
    """One session as its owner and admins see it."""

    id: str
    account_id: str
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class Sessions:
    """The open sessions, in the database, so that a restart signs nobody out.

    Args:
        engine: the database.
        now: the present time.
    """

    def __init__(self, engine: Engine, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now

    def open(self, account: StaffAccount, *, address: str = "", browser: str = "", how: str = "password") -> str:
        """Sign a browser in, and write it into the audit log.

        Args:
            account: whose.
            address: where the browser is.
            browser: how it names itself.
            how: `password`, `password and code`, `recovery code` or `openid`.

        Returns:
            The token that the browser keeps; the database keeps only its hash.
        """
        token = secrets.token_urlsafe(32)
        now = self._now()
        row = tables.Session(
            id=secrets.token_hex(16),
            account_id=account.id,
            token_hash=_hash_of(token),
            address=address[:100],
            browser=browser[:_BROWSER_CHARACTERS],
            created_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
        )
        with DatabaseSession(self._engine) as session:
            session.exec(delete(tables.Session).where(self._over(now)))
            session.add(row)
            AuditLog.append(session, account.email, "signin.opened", "", {"how": how, "address": address})
            session.commit()
        return token

    def signed_in(self, token: str | None) -> SignedIn:
        """Whose browser holds this token.

        Raises:
            NotAllowed: nobody's, or the session has ended.
        """
        now = self._now()
        with DatabaseSession(self._engine, expire_on_commit=False) as session:
            found = self._found(session, token, now)
            if found is None:
                raise NotAllowed("You are not signed in, or your session has ended; sign in at /staff.")
            row, account = found
            if now - row.seen_at > _NOTED_EVERY:
                row.seen_at = now
                session.add(row)
                session.commit()
            return SignedIn(row.id, view(account))

    def is_open(self, token: str | None) -> bool:
        """Whether this token still opens somebody's account; to ask does not count as using it."""
        with DatabaseSession(self._engine) as session:
            return self._found(session, token, self._now()) is not None

    def all_of(self, account_id: str) -> list[SessionView]:
        """Somebody's open sessions, the last used first."""
        with DatabaseSession(self._engine) as session:
            rows = session.exec(
                select(tables.Session)
                .where(tables.Session.account_id == account_id, ~self._over(self._now()))
                .order_by(col(tables.Session.seen_at).desc())
            )
            return [_view(row) for row in rows]

    def end(self, session_id: str, *, by: StaffAccount) -> None:
        """Sign a browser out; others than their own only admins.

        Raises:
            NotFound: no such session, or somebody else's and they are no admin.
        """
        with DatabaseSession(self._engine) as session:
            row = session.get(tables.Session, session_id)
            if row is None or (row.account_id != by.id and not by.may("admin")):
                raise NotFound(f"There is no session {session_id!r} that you could end.")
            whose = session.get(tables.Account, row.account_id)
            session.delete(row)
            AuditLog.append(session, by.email, "signin.ended", whose.email if whose else "")
            session.commit()

    def _found(
        self, session: DatabaseSession, token: str | None, now: datetime
    ) -> tuple[tables.Session, tables.Account] | None:
        return session.exec(
            select(tables.Session, tables.Account)
            .join(tables.Account, col(tables.Account.id) == tables.Session.account_id)
            .where(tables.Session.token_hash == _hash_of(token or ""), ~self._over(now))
            .where(col(tables.Account.removed_at).is_(None))
        ).first()

    @staticmethod
    def _over(now: datetime):  # type: ignore[no-untyped-def]  # noqa: ANN205 - a condition of SQLAlchemy's
        return (col(tables.Session.expires_at) <= now) | (col(tables.Session.seen_at) <= now - IDLE)


def csrf_token(token: str) -> str:
    """What a page must send along with changes: it takes reading our pages, which a foreign page cannot, to know it."""
    return hmac.new(token.encode(), b"shopclerk-csrf", hashlib.sha256).hexdigest()


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _view(row: tables.Session) -> SessionView:
    return SessionView(
        id=row.id,
        account_id=row.account_id,
        address=row.address,
        browser=row.browser,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )
