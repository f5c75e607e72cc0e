"""StaffDesk: the parts of the staff's side, made of one database."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine

from bot.staff.accounts import Accounts
from bot.staff.audit import AuditLog
from bot.staff.sealing import Seal
from bot.staff.sessions import Sessions
from bot.staff.sign_in import SignIn
from bot.staff.totp import SecondFactor


@dataclass(frozen=True)
class StaffDesk:
    """Who may do what, and what was done."""

    accounts: Accounts
    sessions: Sessions
    second_factor: SecondFactor
    sign_in: SignIn
    audit: AuditLog

    @classmethod
    def of(cls, engine: Engine, seal: Seal) -> Self:
        """All of it.

        Args:
            engine: the database, migrated.
            seal: encrypts what must not be read by who steals the database.
        """
        audit = AuditLog(engine)
        second_factor = SecondFactor(engine, seal)
        return cls(
            accounts=Accounts(engine),
            sessions=Sessions(engine),
            second_factor=second_factor,
            sign_in=SignIn(engine, second_factor, audit),
            audit=audit,
        )
