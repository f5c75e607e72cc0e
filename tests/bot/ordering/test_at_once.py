"""Processes that confirm at once, and processes that are killed: one change, whole, on both databases."""

import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text

from bot.conversation.database import migrate
from knowledge.database import create_database_engine
from knowledge.orders import CancelOrder, ChangePayment
from tests.bot.ordering.conftest import Counter
from tests.migrated import write_migrated
from tests.order_shop import NOW, SHOP, fill
from tests.postgres import postgresql_url  # noqa: F401 - a fixture

pytestmark = pytest.mark.full  # each starts real processes

# Waits for the moment, and confirms.
CONFIRMING = """
import sys, time
from datetime import datetime
from bot.ordering import OrderChanges
from knowledge.database import create_database_engine
from knowledge.orders import Refusal, SqlOrders
url, talk, proposal, message, now = sys.argv[1:6]
clock = lambda: datetime.fromisoformat(now)
engine = create_database_engine(url)
changes = OrderChanges(engine, SqlOrders(engine, now=clock), now=clock)
print("ready", flush=True)
sys.stdin.readline()
answer = changes.confirm(proposal, conversation_id=talk, customer_id="C-1", message_id=message, words="Yes.")
print(answer.rule if isinstance(answer, Refusal) else "applied", flush=True)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        write_migrated(tmp_path / "shop.db")
        yield f"sqlite:///{tmp_path / 'shop.db'}"
        return
    server = request.getfixturevalue("postgresql_url")
    name = f"orders_{uuid4().hex}"
    engine = create_database_engine(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    made = make_url(server).set(database=name).render_as_string(hide_password=False)
    engine = create_database_engine(made)
    migrate(engine)
    engine.dispose()
    yield made


@pytest.fixture
def counter(url: str) -> Iterator[Counter]:
    engine = create_database_engine(url)
    fill(engine)
    yield Counter(engine)
    engine.dispose()


def confirming(url: str, talk: str, proposal: str, message: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CONFIRMING, url, talk, proposal, message, NOW.isoformat()]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def all_at_once(processes: list[subprocess.Popen[str]]) -> list[str]:
    """What they answer when they start together."""
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[0].strip() for process in processes]


def test_two_messages_that_confirm_one_proposal_make_one_change(counter, url):
    proposal = counter.propose(CancelOrder("C-1", "A-1"))
    talk = proposal.conversation_id
    messages = [counter.say(talk, "Yes.") for _ in range(3)]
    answers = all_at_once([confirming(url, talk, proposal.id, message) for message in messages])
    assert sorted(answers) == ["applied", *["proposal.done"] * 2]
    assert counter.orders.customer(SHOP, "C-1").method("GIFT").balance == Decimal("80.00")
    assert counter.audited() == ["order.confirmed", "order.applied"]


def test_one_message_handled_three_times_makes_one_change(counter, url):
    proposal = counter.propose(CancelOrder("C-1", "A-1"))
    talk = proposal.conversation_id
    message = counter.say(talk, "Yes.")
    answers = all_at_once([confirming(url, talk, proposal.id, message) for _ in range(3)])
    assert answers == ["applied"] * 3
    assert counter.orders.order(SHOP, "A-1").revision == "1"
    assert counter.audited() == ["order.confirmed", "order.applied"]


def test_of_two_changes_that_exclude_each_other_one_is_made(counter, url):
    proposals = [counter.propose(CancelOrder("C-1", "A-1")), counter.propose(ChangePayment("C-1", "A-1", "CARD"))]
    said = [(one.conversation_id, one.id, counter.say(one.conversation_id, "Yes.")) for one in proposals]
    answers = all_at_once([confirming(url, *one) for one in said])
    assert answers.count("applied") == 1
    assert counter.orders.order(SHOP, "A-1").revision == "1"
    assert counter.orders.customer(SHOP, "C-1").method("GIFT").balance == Decimal("80.00")
    assert counter.audit.verify().whole


def test_a_process_that_is_killed_leaves_a_change_whole_or_not_there(counter, url):
    for wait_seconds in (0.0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.2, 2.0):
        proposal = counter.propose(ChangePayment("C-1", "A-1", "CARD"))
        talk = proposal.conversation_id
        process = confirming(url, talk, proposal.id, counter.say(talk, "Yes."))
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("\n")
        process.stdin.flush()
        time.sleep(wait_seconds)
        process.kill()
        process.communicate(timeout=60)
        done = counter.orders.applied(SHOP, proposal.id) is not None
        order = counter.orders.order(SHOP, "A-1")
        assert (len(order.payments), order.revision) == ((3, "1") if done else (1, "0"))
        assert counter.orders.customer(SHOP, "C-1").method("GIFT").balance == Decimal(80 if done else 20)
        counter.clock.move(minutes=6)
        counter.changes.settle()
        assert counter.audit.verify().whole
        if done:
            return
    raise AssertionError("the change was never made, not even by a process that had all the time")
