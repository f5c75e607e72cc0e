"""The audit log: only added to, and a chain that shows every change made to it afterwards."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.staff.audit import AuditLog

WRITERS, EACH = 4, 10


@pytest.fixture
def log(engine):
    log = AuditLog(engine)
    for number in range(1, 6):
        log.record("ann@shop.example", "transcript.read", f"c{number}", {"number": number})
    return log


def break_in(engine, *statements: str) -> None:
    """What only somebody with the database's own rights can do: take the triggers away, and change rows."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER audit_entry_stays ON audit_entry"))
        else:
            connection.execute(text("DROP TRIGGER audit_entry_no_update"))
            connection.execute(text("DROP TRIGGER audit_entry_no_delete"))
        for statement in statements:
            connection.execute(text(statement))


def test_entries_come_latest_first_and_are_narrowed(log):
    log.record("ben@shop.example", "signin.opened", "", {"how": "password"})
    assert [entry.number for entry in log.entries(limit=2)] == [6, 5]
    assert [entry.number for entry in log.entries(before=3)] == [2, 1]
    assert [entry.action for entry in log.entries(actor="ben@shop.example")] == ["signin.opened"]
    assert [entry.number for entry in log.entries(action="transcript.", limit=1)] == [5]
    assert [entry.details for entry in log.entries(target="c2")] == [{"number": 2}]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry WHERE number = 2"]
)
def test_the_database_refuses_changes(log, engine, statement):
    with pytest.raises(DBAPIError, match="only added to"), engine.begin() as connection:
        connection.execute(text(statement))
    assert log.verify().whole


def test_a_whole_chain_is_whole(log):
    found = log.verify()
    assert (found.whole, found.entries, len(found.hash)) == (True, 5, 64)


@pytest.mark.parametrize(
    ("statement", "broken", "reason"),
    [
        ("UPDATE audit_entry SET actor = 'eve@shop.example' WHERE number = 3", 3, "was changed"),
        ("UPDATE audit_entry SET details = '{}' WHERE number = 1", 1, "was changed"),
        ("DELETE FROM audit_entry WHERE number = 2", 2, "is missing: after 1 comes 3"),
        ("DELETE FROM audit_entry WHERE number >= 4", 4, "the last ones are gone"),
        ("DELETE FROM audit_entry", 1, "the last ones are gone"),
        ("UPDATE audit_entry SET previous = hash WHERE number = 4", 4, "does not follow"),
    ],
)
def test_the_first_broken_entry_is_named(log, engine, statement, broken, reason):
    break_in(engine, statement)
    found = log.verify()
    assert (found.whole, found.broken, found.entries) == (False, broken, broken - 1)
    assert reason in found.reason


def test_a_chain_written_anew_is_told_by_what_was_kept_elsewhere(log, engine):
    kept = log.verify()
    break_in(engine, "DELETE FROM audit_entry", "UPDATE audit_head SET number = 0, hash = ''")
    for number in range(1, 6):
        log.record("ann@shop.example", "transcript.read", f"other{number}")
    assert log.verify().whole
    found = log.verify((kept.entries, kept.hash))
    assert found.broken == 5
    assert "written anew" in found.reason


def test_strange_characters_keep_the_chain(log):
    log.record("zoë\x00@shop.example", "note.added", "\ud800 … 退货 🧵", {"words": "\x00\udfff"})
    assert log.verify().whole


def test_writers_at_once_keep_the_chain(engine):
    def write(writer: int) -> None:
        log = AuditLog(engine)
        for number in range(EACH):
            log.record(f"agent{writer}@shop.example", "transcript.read", f"c{number}")

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    found = AuditLog(engine).verify()
    assert (found.whole, found.entries) == (True, WRITERS * EACH)


def test_what_is_rolled_back_was_not_done(log, engine):
    with Session(engine) as session:
        AuditLog.append(session, "ann@shop.example", "tags.set", "c1")
        session.rollback()
    assert log.verify().entries == 5
    log.record("ann@shop.example", "tags.set", "c1")
    assert log.verify().entries == 6
