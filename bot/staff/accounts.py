"""Accounts: who may sign in, as what, and how they come, change and go."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast, get_args
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session as DatabaseSession
from sqlmodel import col, select

from bot.errors import InvalidInput, NotAllowed, NotFound
from bot.staff import passwords, tables
from bot.staff.audit import AuditLog

Role = Literal["viewer", "agent", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the one who may least: a viewer reads, an agent also answers and teaches, an admin also manages the team."""

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_NAME_CHARACTERS = 100


@dataclass(frozen=True)
class StaffAccount:
    """A person of the shop, as the rest of the program sees them.

    Attributes:
        second_factor: they sign in with a code from a device of theirs, too.
        must_change: their password was chosen by another; they may do nothing but change it.
        has_password: else they sign in elsewhere.
    """

    id: str
    email: str
    name: str
    role: Role
    second_factor: bool = False
    must_change: bool = False
    has_password: bool = True

    def may(self, role: Role) -> bool:
        """Whether what asks for `role` is open to them."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Accounts:
    """The accounts; every change is written into the audit log in the same transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        email: str,
        *,
        by: str,
        role: str,
        name: str = "",
        password: str | None = None,
        must_change: bool = False,
        only_as_first: bool = False,
    ) -> StaffAccount:
        """Make an account, or bring back one that was removed.

        Args:
            email: what they will sign in with.
            by: who adds them, for the audit log.
            role: `viewer`, `agent` or `admin`.
            name: how colleagues and shoppers see them; empty: the part before the @.
            password: None for somebody who signs in elsewhere.
            must_change: the password opens nothing but its change.
            only_as_first: refuse if there is any account already.

        Raises:
            InvalidInput: no such role, no e-mail address, a password too short, or the address has an account.
            NotAllowed: there is an account already, and this was to be the first.
        """
        email, role = checked_email(email), checked_role(role)
        kept = None if password is None else passwords.hashed(passwords.checked_password(password))
        with DatabaseSession(self._engine, expire_on_commit=False) as session:
            # First of all the log, whose lock lets one writer through: two cannot both be first.
            AuditLog.append(session, by, "account.added", email, {"role": role})
            if only_as_first and session.exec(select(tables.Account).limit(1)).first() is not None:
                raise NotAllowed("The first account has been made; sign in, or ask an admin of yours for an account.")
            row = session.exec(select(tables.Account).where(tables.Account.email == email)).one_or_none()
            if row is None:
                row = tables.Account(id=uuid4().hex, email=email, name="", role=role, created_at=datetime.now(UTC))
            elif row.removed_at is None:
                raise InvalidInput(f"{email} has an account already.")
            row.name, row.role, row.removed_at = checked_name(name) or email.partition("@")[0], role, None
            row.password_hash, row.must_change = kept, must_change
            session.add(row)
            session.commit()
            return view(row)

    def any(self) -> bool:
        """Whether there is any account, so that nobody can make the first one."""
        with DatabaseSession(self._engine) as session:
            return session.exec(select(tables.Account.id).limit(1)).first() is not None

    def all(self) -> list[StaffAccount]:
        """Everybody who may sign in, by e-mail address."""
        with DatabaseSession(self._engine) as session:
            rows = session.exec(
                select(tables.Account).where(col(tables.Account.removed_at).is_(None)).order_by(tables.Account.email)
            )
            return [view(row) for row in rows]

    def get(self, account_id: str) -> StaffAccount:
        """The account with this id.

        Raises:
            NotFound: there is none, or it was removed.
        """
        with DatabaseSession(self._engine) as session:
            return view(existing(session, account_id))

    def by_email(self, email: str) -> StaffAccount | None:
        """The account with this address, if there is one."""
        with DatabaseSession(self._engine) as session:
            row = session.exec(
                select(tables.Account).where(
                    tables.Account.email == email.strip().lower(), col(tables.Account.removed_at).is_(None)
                )
            ).one_or_none()
            return None if row is None else view(row)

    def change_role(self, account_id: str, role: str, *, by: str) -> StaffAccount:
        """Make them something else; an admin stays while there is no other.

        Raises:
            InvalidInput: no such role, or they are the last admin.
            NotFound: no such account.
        """
        role = checked_role(role)
        with DatabaseSession(self._engine, expire_on_commit=False) as session:
            AuditLog.append(session, by, "account.role", _email_of(session, account_id), {"role": role})
            row = existing(session, account_id)
            if role != "admin":
                _keep_an_admin(session, row)
            row.role = role
            session.add(row)
            session.commit()
            return view(row)

    def rename(self, account_id: str, name: str) -> StaffAccount:
        """How colleagues and shoppers see them.

        Raises:
            InvalidInput: no name, or a long one.
            NotFound: no such account.
        """
        if not checked_name(name):
            raise InvalidInput("The name is empty; give one that colleagues know.")
        with DatabaseSession(self._engine, expire_on_commit=False) as session:
            row = existing(session, account_id)
            row.name = checked_name(name)
            session.add(row)
            session.commit()
            return view(row)

    def remove(self, account_id: str, *, by: str) -> None:
        """They may sign in no more, and are signed out everywhere; what they did stays under their address.

        Raises:
            InvalidInput: they are the last admin.
            NotFound: no such account.
        """
        with DatabaseSession(self._engine) as session:
            AuditLog.append(session, by, "account.removed", _email_of(session, account_id))
            row = existing(session, account_id)
            _keep_an_admin(session, row)
            row.removed_at, row.password_hash = datetime.now(UTC), None
            row.totp_secret = row.totp_pending = None
            session.add(row)
            end_sessions(session, account_id)
            forget_recovery_codes(session, account_id)
            session.commit()

    def reset(self, account_id: str, *, by: str) -> str:
        """A new password that they must change at once; without second factor, and signed out everywhere.

        Returns:
            The password, to be told to them; it is kept nowhere.

        Raises:
            NotFound: no such account.
        """
        password = passwords.new_password()
        with DatabaseSession(self._engine) as session:
            AuditLog.append(session, by, "account.reset", _email_of(session, account_id))
            row = existing(session, account_id)
            row.password_hash, row.must_change = passwords.hashed(password), True
            row.totp_secret = row.totp_pending = None
            session.add(row)
            end_sessions(session, account_id)
            forget_recovery_codes(session, account_id)
            session.commit()
        return password

    def change_password(self, account_id: str, *, old: str, new: str, keep_session: str = "") -> None:
        """Their own change; other browsers of theirs are signed out.

        Args:
            account_id: whose.
            old: the password they have.
            new: the one they want.
            keep_session: the session that goes on.

        Raises:
            InvalidInput: the old one is another, or the new one is too short, too long or the old one.
        """
        new_hash = passwords.hashed(passwords.checked_password(new))
        with DatabaseSession(self._engine) as session:
            AuditLog.append(session, _email_of(session, account_id), "account.password")
            row = existing(session, account_id)
            if not passwords.fits(old, row.password_hash):
                raise InvalidInput("That is not your present password.")
            if old == new:
                raise InvalidInput("The new password is the old one; choose another.")
            row.password_hash, row.must_change = new_hash, False
            session.add(row)
            end_sessions(session, account_id, but=keep_session)
            session.commit()


def checked_email(email: str) -> str:
    """The address in lower case.

    Raises:
        InvalidInput: it is none.
    """
    trimmed = email.strip().lower()
    if not _EMAIL.fullmatch(trimmed):
        raise InvalidInput(f"{email!r} is no e-mail address; give one like ann@shop.example.")
    return trimmed


def checked_role(role: str) -> Role:
    """The role.

    Raises:
        InvalidInput: there is none of that name.
    """
    if role not in ROLES:
        raise InvalidInput(f"{role!r} is no role; choose one of: {', '.join(ROLES)}.")
    return role


def checked_name(name: str) -> str:
    """The name without outer space.

    Raises:
        InvalidInput: it is too long.
    """
    if len(name.strip()) > _NAME_CHARACTERS:
        raise InvalidInput(f"The name has {len(name.strip())} characters; keep it to {_NAME_CHARACTERS}.")
    return name.strip()


def existing(session: DatabaseSession, account_id: str) -> tables.Account:
    """The row of somebody who may sign in.

    Raises:
        NotFound: there is none.
    """
    row = session.get(tables.Account, account_id)
    if row is None or row.removed_at is not None:
        raise NotFound(f"There is no staff account {account_id!r}.")
    return row


def end_sessions(session: DatabaseSession, account_id: str, *, but: str = "") -> None:
    """Sign somebody out everywhere, or everywhere else."""
    rows = session.exec(select(tables.Session).where(tables.Session.account_id == account_id, tables.Session.id != but))
    for row in rows:
        session.delete(row)


def forget_recovery_codes(session: DatabaseSession, account_id: str) -> None:
    """None of their recovery codes opens any more."""
    for row in session.exec(select(tables.RecoveryCode).where(tables.RecoveryCode.account_id == account_id)):
        session.delete(row)


def view(row: tables.Account) -> StaffAccount:
    """The account that a row keeps."""
    return StaffAccount(
        id=row.id,
        email=row.email,
        name=row.name,
        role=cast(Role, row.role),
        second_factor=row.totp_secret is not None,
        must_change=row.must_change,
        has_password=row.password_hash is not None,
    )


def _email_of(session: DatabaseSession, account_id: str) -> str:
    return existing(session, account_id).email


def _keep_an_admin(session: DatabaseSession, row: tables.Account) -> None:
    """Refuse to lose the last admin.

    Raises:
        InvalidInput: they are.
    """
    if row.role != "admin":
        return
    others = select(tables.Account.id).where(
        tables.Account.role == "admin", tables.Account.id != row.id, col(tables.Account.removed_at).is_(None)
    )
    if session.exec(others.limit(1)).first() is None:
        raise InvalidInput(f"{row.email} is the last admin; make somebody else admin first.")
