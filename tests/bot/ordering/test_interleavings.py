"""Whatever is proposed, confirmed, repeated and cut off in whatever order: written at most once, and never half."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.ordering import OrderChanges, Proposal
from knowledge.database import create_database_engine
from knowledge.orders import Applied, CancelOrder, ChangeItems, ChangePayment
from tests.bot.ordering.conftest import Counter
from tests.migrated import write_migrated
from tests.order_shop import SHOP, fill

CHANGES = (
    CancelOrder("C-1", "A-1"),
    ChangePayment("C-1", "A-1", "CARD"),
    ChangeItems("C-1", "A-1", (("SHIRT-S", "SHIRT-L"),), "GIFT"),
)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("propose"), st.sampled_from(CHANGES)),
        st.tuples(st.just("confirm"), st.integers(0, 3)),
        st.tuples(st.just("repeat"), st.integers(0, 3)),
        st.tuples(st.just("cut off"), st.integers(1, 12)),
        st.tuples(st.just("settle"), st.just(0)),
        st.tuples(st.just("withdraw"), st.just(0)),
    ),
    max_size=12,
)


class CutOff(Exception):
    """The process ends here."""


class Cutting:
    """Ends the process at its nth statement, which the database sees as a connection that went away."""

    def __init__(self, engine: object) -> None:
        self.left: int | None = None
        event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, *_told: object) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise CutOff


class Run:
    def __init__(self, folder: Path) -> None:
        write_migrated(folder / "shop.db")
        self.engine = create_database_engine(f"sqlite:///{folder / 'shop.db'}")
        fill(self.engine)
        self.counter = Counter(self.engine)
        self.cutting = Cutting(self.engine)
        self.talk = self.counter.talk()
        self.proposals: list[Proposal] = []
        self.messages: list[tuple[Proposal, str]] = []
        self.applied: set[str] = set()

    def do(self, step: str, told: object) -> None:
        try:
            getattr(self, f"_{step.replace(' ', '_')}")(told)
        except CutOff:
            self._restart()

    def _propose(self, change: object) -> None:
        proposal = self.counter.changes.propose(self.talk, "C-1", change)
        if isinstance(proposal, Proposal):
            self.proposals.append(proposal)

    def _confirm(self, place: int) -> None:
        if self.proposals:
            proposal = self.proposals[-1 - place % len(self.proposals)]
            cut, self.cutting.left = self.cutting.left, None
            message_id = self.counter.say(self.talk, "Yes.")
            self.cutting.left = cut
            self.messages.append((proposal, message_id))
            self._answer(proposal, message_id)

    def _repeat(self, place: int) -> None:
        if self.messages:
            self._answer(*self.messages[-1 - place % len(self.messages)])

    def _answer(self, proposal: Proposal, message_id: str) -> None:
        answer = self.counter.confirm(proposal, "Yes.", message_id)
        if isinstance(answer, Applied):
            self.applied.add(proposal.id)

    def _cut_off(self, statements: int) -> None:
        self.cutting.left = statements

    def _settle(self, _told: object) -> None:
        self.counter.clock.move(minutes=6)
        self.counter.changes.settle()

    def _withdraw(self, _told: object) -> None:
        self.counter.changes.withdraw(self.talk)

    def _restart(self) -> None:
        self.engine.dispose()
        self.counter.changes = OrderChanges(self.engine, self.counter.orders, now=self.counter.clock)

    def check(self) -> None:
        """What is stored is what some of the changes did, each at most once and whole."""
        self.cutting.left = None
        order, ann = self.counter.orders.order(SHOP, "A-1"), self.counter.orders.customer(SHOP, "C-1")
        written = [proposal for proposal in self.proposals if self.counter.orders.applied(SHOP, proposal.id)]
        assert self.applied <= {proposal.id for proposal in written}
        assert int(order.revision) == len(written)
        spent = sum(
            (payment.amount if payment.kind == "payment" else -payment.amount for payment in order.payments
             if payment.method_id == "GIFT"), Decimal(0))  # fmt: skip
        assert ann.method("GIFT").balance == Decimal("20.00") + Decimal("60.00") - spent
        paid = sum((p.amount if p.kind == "payment" else -p.amount for p in order.payments), Decimal(0))
        assert paid == (0 if order.status == "cancelled" else order.total)
        assert order.items_changed == any(isinstance(one.change, ChangeItems) for one in written)
        assert order.total == sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))
        assert self.counter.audit.verify().whole


@given(STEPS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_at_most_once_and_never_half(steps):
    _run(steps)


@pytest.mark.full
@given(STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_at_most_once_and_never_half_at_length(steps):
    _run(steps)


def _run(steps: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder))
        try:
            for step, told in steps:
                run.do(step, told)
            run.check()
        finally:
            run.engine.dispose()


@pytest.mark.full
def test_each_statement_of_a_change_may_be_the_last(tmp_path):
    for statements in range(100):
        folder = tmp_path / str(statements)
        folder.mkdir()
        run = Run(folder)
        run.do("propose", CHANGES[2])
        run.do("cut off", statements)
        run.do("confirm", 0)
        cut = run.cutting.left is None
        run.cutting.left = None
        run.check()
        run.do("repeat", 0)
        run.check()
        assert run.applied == {run.proposals[0].id}
        run.engine.dispose()
        if not cut:
            return
    raise AssertionError("a change takes fewer statements than that")
