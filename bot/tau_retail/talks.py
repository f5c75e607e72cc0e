"""Talks: shoppers of the benchmark's tasks with our assistant, judged by what stands in the database afterwards."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from bot.answering.assistant import Assistant
from bot.answering.stopwatch import Stopwatch
from bot.answering.tools.orders.desk import OrderDesk
from bot.answering.tools.orders.store import OrderTalks
from bot.answering.turn import Answer, Turn
from bot.conversation.handoff import Handoffs
from bot.reply import ReplyChunk
from bot.tau_retail.form import Form, OptionNames, comparable, order_form, user_form, with_slip
from bot.tau_retail.shop import read_set
from bot.tau_retail.shopper import TURNS, Shopper
from bot.tau_retail.stage import SHOP, Stage, build, copied
from bot.tau_retail.tasks import Task, change_of, read_tasks
from knowledge.orders import Change, ChangeCustomerAddress, ChangeItems, ExchangeItems, ReturnItems
from knowledge.orders.wire import from_json
from knowledge.profile import Profiles
from knowledge.tables import AppliedChange

RUNS = 4


@dataclass(frozen=True)
class Talked:
    """One conversation.

    Attributes:
        simple: the task needs one change only.
        reached: the database is as the task expects.
        wrong: orders and customers to which a change was written that is none of the task's.
        unconfirmed: changes that were written and that the shopper had not said yes to.
        said: the conversation, shopper and bot in turn.
    """

    task: str
    run: int
    simple: bool
    reached: bool
    wrong: tuple[str, ...]
    unconfirmed: int
    said: tuple[str, ...]


def talks(folder: Path, *, runs: int = RUNS, only: Sequence[str] = ()) -> Iterator[Talked]:
    """Every task, each run on a fresh copy of the shop.

    Args:
        folder: the benchmark's.
        runs: of each task, each with another way to say things.
        only: ids of tasks; empty: all.
    """
    names = OptionNames(read_set(folder, "products.json"))
    stories = {task["id"]: task for task in read_set(folder, "tasks_train.json")}
    users = read_set(folder, "users.json")
    with TemporaryDirectory() as place:
        base = Path(place) / "base.db"
        build(folder, base)
        for task in (task for task in read_tasks(folder) if not only or task.id in only):
            for run in range(runs):
                stage = copied(base, Path(place) / "talk.db")
                try:
                    shopper = Shopper.of(stories[task.id], seed=1000 * run + int(task.id))
                    yield _Talk(stage, task, shopper, names, users).held(run)
                finally:
                    stage.close()


class _Talk:
    def __init__(
        self, stage: Stage, task: Task, shopper: Shopper, names: OptionNames, users: Mapping[str, Any]
    ) -> None:
        self._stage, self._task, self._shopper = stage, task, shopper
        self._names, self._users = names, users
        self._assistant = _assistant(stage)
        self._agreed: list[Change] = []

    def held(self, run: int) -> Talked:
        said = self._talk()
        changes = [change for action in self._task.actions if (change := change_of(action, ""))]
        expected = {**self._task.changed.get("orders", {}), **self._task.changed.get("users", {})}
        fitting = {key: self._fits(key, form) for key, form in expected.items()}
        applied = self._applied()
        wanted = [_plain(change) for change in self._wanted()]
        wrong = tuple(sorted({_concerned(change) for change in applied if _plain(change) not in wanted}))
        unconfirmed = sum(_plain(change) not in map(_plain, self._agreed) for change in applied)
        reached = all(fitting.values()) and {_concerned(change) for change in applied} <= {*expected}
        return Talked(self._task.id, run, len(changes) == 1, reached, wrong, unconfirmed, said)

    def _talk(self) -> tuple[str, ...]:
        conversation = self._stage.history.start(SHOP, language="en").id
        said: list[str] = []
        message: str | None = self._shopper.opening()
        while message and len(said) < 2 * TURNS:
            reply = list(self._assistant.reply(conversation, message))[-1].reply
            assert reply is not None
            said += [message, reply.text]
            proposal = self._stage.changes.open(conversation)
            fits = proposal is not None and _plain(proposal.change) in map(_plain, self._wanted())
            message = self._shopper.answer(reply, fits=fits)
            if fits and proposal and self._shopper.agreed:
                self._agreed.append(proposal.change)
        return tuple(said)

    def _wanted(self) -> list[Change]:
        """The changes that the person of the task would agree to."""
        return [change for action in self._task.actions if action.ok and (change := change_of(action, ""))]

    def _applied(self) -> list[Change]:
        with Session(self._stage.engine) as session:
            return [from_json(Change, row) for row in session.scalars(select(AppliedChange.change))]  # type: ignore[call-overload,arg-type]  # a column of a table class; an annotated union is no class

    def _fits(self, key: str, expected: Form) -> bool:
        """Whether it is as expected, the benchmark's own slip apart."""
        form = self._form(key)
        if comparable(form) == comparable(expected):
            return True
        news = (
            action.arguments.get("new_item_ids")
            for action in self._task.actions
            if action.arguments.get("order_id") == key
        )
        kept = {item["item_id"] for item in form.get("items", ())}
        return any(
            new and set(new) <= kept and comparable(with_slip(form, new)) == comparable(expected) for new in news
        )

    def _form(self, key: str) -> Form:
        order = self._stage.orders.order(SHOP, key) if key.startswith("#") else None
        if order is not None:
            return order_form(order, self._names)
        customer = self._stage.orders.customer(SHOP, key)
        assert customer is not None
        return user_form(customer, self._users[key]["orders"])


class _NothingElse:
    """Stands where the shop's pages would answer: the benchmark's shop has none."""

    def curated(self, _turn: Turn) -> None:
        return None

    def versions(self, _shop: str) -> Mapping[str, str]:
        return {}

    def answer(self, turn: Turn, _watch: Stopwatch) -> Generator[ReplyChunk, None, Answer]:
        yield from ()
        return Answer(turn.words.say("refused", shop=turn.shop_name), "refused", "none", "no_pages")


def _assistant(stage: Stage) -> Assistant:
    desk = OrderDesk(
        stage.orders,
        changes=stage.changes,
        identification=stage.identification,
        history=stage.history,
        talks=OrderTalks(stage.engine),
        today=date.today,
    )
    return Assistant(
        history=stage.history,
        handoffs=Handoffs(stage.engine),
        profiles=Profiles(stage.engine),
        orders=desk,
        answerer=_NothingElse(),  # type: ignore[arg-type]  # of an Answerer only what an assistant asks of it
    )


def _plain(change: Change) -> Change:
    """The change as a person would compare it: whose it is goes without saying, and the order of things is nothing."""
    change = replace(change, customer_id="")
    match change:
        case ReturnItems():
            return replace(change, item_ids=tuple(sorted(change.item_ids)))
        case ExchangeItems() | ChangeItems():
            return replace(change, swaps=tuple(sorted(change.swaps)))
    return change


def _concerned(change: Change) -> str:
    return change.customer_id if isinstance(change, ChangeCustomerAddress) else change.order_number
