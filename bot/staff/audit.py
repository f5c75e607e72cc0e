"""AuditLog: what was done by whom, in a chain of hashes that shows every change made to it afterwards."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from bot.staff.tables import AuditEntry, AuditHead

FIRST = "0" * 64
_ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class Audited:
    """One entry as others see it."""

    number: int
    at: datetime
    actor: str
    action: str
    target: str
    details: Mapping[str, Any]
    hash: str


@dataclass(frozen=True)
class AuditCheck:
    """What `verify` found.

    Attributes:
        entries: how many were found whole, from the first on.
        hash: of the last of them; who keeps number and hash elsewhere can prove later that nothing before it changed.
        broken: number of the first entry that is not as it was written; None when all are.
        reason: one sentence about it.
    """

    entries: int
    hash: str
    broken: int | None = None
    reason: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, removed or put in."""
        return self.broken is None


class AuditLog:
    """Append-only; the database refuses to change or delete an entry, and the chain shows it if somebody managed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, actor: str, action: str, target: str = "", details: Mapping[str, Any] | None = None) -> None:
        """Write one entry; it is committed when this returns.

        Args:
            actor: e-mail address of who did it.
            action: one word or two with a dot between, e.g. `transcript.read`.
            target: to what.
            details: what else is worth knowing; never a password, a token or a shopper's personal data.
        """
        with Session(self._engine) as session:
            self.append(session, actor, action, target, details)
            session.commit()

    @staticmethod
    def append(
        session: Session, actor: str, action: str, target: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        """Write one entry in the caller's transaction, so that it is there exactly if the deed is.

        It takes a lock that ends with the transaction: do it last, and end soon.
        """
        # As a write it takes the lock (the row's in PostgreSQL, the database's in SQLite): the chain has one end.
        number = session.exec(
            update(AuditHead)
            .where(col(AuditHead.id) == 1)
            .values(number=AuditHead.number + 1)
            .returning(col(AuditHead.number))
            .execution_options(synchronize_session=False)
        ).scalar_one()
        previous = session.exec(select(AuditHead.hash).where(AuditHead.id == 1)).one() or FIRST
        entry = AuditEntry(
            number=number,
            at=datetime.now(UTC),
            actor=_storable(actor),
            action=action,
            target=_storable(target),
            details=json.dumps(dict(details or {}), ensure_ascii=True, sort_keys=True, default=str),
            previous=previous,
            hash="",
        )
        entry.hash = _hash_of(entry)
        session.add(entry)
        session.exec(
            update(AuditHead)
            .where(col(AuditHead.id) == 1)
            .values(hash=entry.hash)
            .execution_options(synchronize_session=False)
        )
        session.flush()

    def entries(
        self,
        *,
        before: int | None = None,
        actor: str = "",
        action: str = "",
        target: str = "",
        limit: int = 100,
    ) -> list[Audited]:
        """The latest entries first.

        Args:
            before: only those with a lower number, for the next page.
            actor: only by them.
            action: only this, or with a dot at its end all that begin so.
            target: only to this.
            limit: at most so many.
        """
        query = select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(limit)
        if before is not None:
            query = query.where(AuditEntry.number < before)
        if actor:
            query = query.where(AuditEntry.actor == actor)
        if action.endswith("."):
            query = query.where(col(AuditEntry.action).startswith(action, autoescape=True))
        elif action:
            query = query.where(AuditEntry.action == action)
        if target:
            query = query.where(AuditEntry.target == target)
        with Session(self._engine) as session:
            return [_view(row) for row in session.exec(query)]

    def verify(self, anchor: tuple[int, str] | None = None) -> AuditCheck:
        """Walk the whole chain.

        Args:
            anchor: number and hash of an entry as an earlier check gave them.
        """
        # Read first: entries written while we walk make the chain longer, not shorter.
        known = dict([self._head(), *([anchor] if anchor else [])])
        previous, whole = FIRST, 0
        for row in self._from_the_first():
            reason = _what_is_wrong(row, whole + 1, previous, known)
            if reason:
                return AuditCheck(whole, previous, broken=whole + 1, reason=reason)
            previous, whole = row.hash, whole + 1
        if whole < max(known):
            reason = f"Entry {whole + 1} is missing: there were {max(known)}, and the last ones are gone."
            return AuditCheck(whole, previous, broken=whole + 1, reason=reason)
        return AuditCheck(whole, previous)

    def _head(self) -> tuple[int, str]:
        with Session(self._engine) as session:
            head = session.exec(select(AuditHead).where(AuditHead.id == 1)).one()
            return head.number, head.hash

    def _from_the_first(self) -> Iterator[AuditEntry]:
        last = 0
        while True:
            with Session(self._engine) as session:
                rows: Sequence[AuditEntry] = session.exec(
                    select(AuditEntry)
                    .where(AuditEntry.number > last)
                    .order_by(col(AuditEntry.number))
                    .limit(_ROWS_AT_ONCE)
                ).all()
            if not rows:
                return
            yield from rows
            last = rows[-1].number


def _what_is_wrong(row: AuditEntry, number: int, previous: str, known: Mapping[int, str]) -> str:
    """One sentence about an entry that is not as it was written; empty when it is."""
    if row.number != number:
        return f"Entry {number} is missing: after {number - 1} comes {row.number}."
    if row.previous != previous:
        return f"Entry {number} does not follow the one before it: one of the two was replaced."
    if row.hash != _hash_of(row):
        return f"Entry {number} was changed after it was written."
    if known.get(number, row.hash) != row.hash:
        return f"Entry {number} is not the one that stood there: the chain was written anew."
    return ""


def _hash_of(entry: AuditEntry) -> str:
    parts = (
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.action,
        entry.target,
        entry.details,
        entry.previous,
    )
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def _view(row: AuditEntry) -> Audited:
    return Audited(row.number, row.at, row.actor, row.action, row.target, json.loads(row.details), row.hash)


def _storable(words: str) -> str:
    """The words as the database gives them back; see StoredText."""
    return words.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
