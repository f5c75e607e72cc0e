"""SecondFactor: six digits from a device of theirs (RFC 6238), and recovery codes for the day it is lost."""

import hashlib
import io
import time
from collections.abc import Callable
from dataclasses import dataclass

import pyotp
import segno
from sqlalchemy import Engine
from sqlmodel import Session, select

from bot.errors import InvalidInput, NotAllowed
from bot.staff import passwords, tables
from bot.staff.accounts import existing, forget_recovery_codes
from bot.staff.audit import AuditLog
from bot.staff.sealing import Seal

RECOVERY_CODES = 8
_STEP_SECONDS = 30
_CODE_CHARACTERS = 12


@dataclass(frozen=True)
class Enrolment:
    """What the device must be told.

    Attributes:
        secret: to type in by hand.
        address: the `otpauth:` address that apps read.
        picture: the same as a QR code, SVG.
    """

    secret: str
    address: str
    picture: str


class SecondFactor:
    """Codes of the accounts' devices.

    Args:
        engine: the database.
        seal: encrypts the secrets.
        now: seconds since 1970.
    """

    def __init__(self, engine: Engine, seal: Seal, *, now: Callable[[], float] = time.time) -> None:
        self._engine, self._seal, self._now = engine, seal, now

    def begin(self, account_id: str, *, shop: str) -> Enrolment:
        """Offer a new secret; nothing changes until `confirm`.

        Args:
            account_id: whose.
            shop: how the device names the entry.
        """
        secret = pyotp.random_base32()
        with Session(self._engine) as session:
            row = existing(session, account_id)
            row.totp_pending = self._seal.close(secret)
            session.add(row)
            address = pyotp.TOTP(secret).provisioning_uri(name=row.email, issuer_name=shop)
            session.commit()
        return Enrolment(secret, address, _picture(address))

    def confirm(self, account_id: str, code: str) -> list[str]:
        """Switch the second factor on, once the device shows the right digits.

        Returns:
            Recovery codes, to be shown once.

        Raises:
            InvalidInput: nothing was begun, or the digits are others.
        """
        with Session(self._engine) as session:
            row = existing(session, account_id)
            AuditLog.append(session, row.email, "account.second_factor_on")
            step = None if row.totp_pending is None else self._step(self._seal.open(row.totp_pending), code, 0)
            if step is None:
                raise InvalidInput("These are not the digits that the device should show now; wait for the next ones.")
            row.totp_secret, row.totp_pending, row.totp_step = row.totp_pending, None, step
            session.add(row)
            forget_recovery_codes(session, account_id)
            session.flush()
            codes = [passwords.grouped(_CODE_CHARACTERS) for _ in range(RECOVERY_CODES)]
            session.add_all(tables.RecoveryCode(account_id=account_id, code_hash=_hash_of(one)) for one in codes)
            session.commit()
        return codes

    def switch_off(self, account_id: str, code: str) -> None:
        """Sign in by password alone again.

        Raises:
            InvalidInput: the code is no code of theirs.
        """
        try:
            self.check(account_id, code)
        except NotAllowed as error:
            raise InvalidInput(str(error)) from error
        with Session(self._engine) as session:
            row = existing(session, account_id)
            AuditLog.append(session, row.email, "account.second_factor_off")
            row.totp_secret = row.totp_pending = None
            session.add(row)
            forget_recovery_codes(session, account_id)
            session.commit()

    def check(self, account_id: str, code: str) -> str:
        """Take a code of the device or a recovery code; neither opens twice.

        Returns:
            `code` or `recovery code`.

        Raises:
            NotAllowed: it is neither.
        """
        with Session(self._engine) as session:
            row = existing(session, account_id)
            used = self._use(session, row, code)
            session.commit()
        if not used:
            raise NotAllowed("That code does not fit, or was used before; wait for the next one.")
        return used

    def _use(self, session: Session, row: tables.Account, code: str) -> str:
        step = None if row.totp_secret is None else self._step(self._seal.open(row.totp_secret), code, row.totp_step)
        if step is not None:
            row.totp_step = step
            session.add(row)
            return "code"
        recovery = session.exec(
            select(tables.RecoveryCode).where(
                tables.RecoveryCode.account_id == row.id, tables.RecoveryCode.code_hash == _hash_of(code)
            )
        ).one_or_none()
        if recovery is None:
            return ""
        session.delete(recovery)
        return "recovery code"

    def _step(self, secret: str, code: str, used: int) -> int | None:
        """The 30-second step whose digits these are, one before or after now allowed; None if none, or used."""
        digits, now = code.replace(" ", ""), int(self._now() // _STEP_SECONDS)
        totp = pyotp.TOTP(secret)
        for step in (now, now - 1, now + 1):
            if step > used and totp.verify(digits, for_time=step * _STEP_SECONDS):
                return step
        return None


def _picture(address: str) -> str:
    written = io.BytesIO()
    segno.make(address, micro=False).save(written, kind="svg", scale=5, border=3, xmldecl=False, nl=False, light="#fff")
    return written.getvalue().decode()


def _hash_of(code: str) -> str:
    """Fit for drawn codes of 59 bits, not for what people choose."""
    plain = code.lower().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode()).hexdigest()
