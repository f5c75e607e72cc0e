"""SignIn: from an e-mail address, a password and perhaps a code to the account that they open."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.errors import NotAllowed
from bot.staff import passwords, tables
from bot.staff.accounts import StaffAccount, view
from bot.staff.audit import AuditLog
from bot.staff.totp import SecondFactor


class CodeNeeded(NotAllowed):
    """The password is right, and the account wants a code, too."""


@dataclass(frozen=True)
class Opened:
    """The account, and how it was opened, in the words of the audit log."""

    account: StaffAccount
    how: str


class SignIn:
    """Checks who somebody is; says the same, and takes as long, whatever of the two was wrong."""

    def __init__(self, engine: Engine, second_factor: SecondFactor, audit: AuditLog) -> None:
        self._engine, self._second_factor, self._audit = engine, second_factor, audit

    def check(self, email: str, password: str, code: str = "", *, address: str = "") -> Opened:
        """The account that these open.

        Args:
            email: as typed.
            password: as typed.
            code: of the second factor, or a recovery code; empty: none yet.
            address: where they are, for the audit log.

        Raises:
            CodeNeeded: all is right so far.
            NotAllowed: they open none.
        """
        row = self._row(email)
        if not passwords.fits(password, row.password_hash if row else None) or row is None:
            self._refused(email, address, "password")
            raise NotAllowed("The e-mail address or the password is not right.")
        if passwords.ages(row.password_hash or ""):
            self._hash_again(row.id, password)
        if row.totp_secret is None:
            return Opened(view(row), "password")
        if not code.strip():
            raise CodeNeeded("Give the code that your device shows.")
        try:
            return Opened(view(row), f"password and {self._second_factor.check(row.id, code)}")
        except NotAllowed:
            self._refused(email, address, "code")
            raise

    def _row(self, email: str) -> tables.Account | None:
        with Session(self._engine, expire_on_commit=False) as session:
            return session.exec(
                select(tables.Account).where(
                    tables.Account.email == email.strip().lower(), col(tables.Account.removed_at).is_(None)
                )
            ).one_or_none()

    def _hash_again(self, account_id: str, password: str) -> None:
        with Session(self._engine) as session:
            row = session.get_one(tables.Account, account_id)
            row.password_hash = passwords.hashed(password)
            session.add(row)
            session.commit()

    def _refused(self, email: str, address: str, what: str) -> None:
        # What was typed as an address may be a password typed into the wrong field: only accounts are named.
        known = self._row(email)
        details = {"wrong": what, "address": address}
        self._audit.record(known.email if known else "unknown", "signin.refused", "", details)
