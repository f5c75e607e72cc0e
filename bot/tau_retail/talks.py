"""Talks: shoppers of the benchmark's tasks with our assistant, judged by what stands in the database afterwards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.answering.assistant import Assistant
from bot.tau_retail.form import Form, OptionNames, comparable, order_form, user_form
from bot.tau_retail.shop import read_set
from bot.tau_retail.shopper import TURNS, Shopper
from bot.tau_retail.stage import SHOP, Stage, build, copied
from bot.tau_retail.tasks import Task, change_of, read_tasks
from knowledge.orders import Change, ChangeItems, ExchangeItems, ReturnItems

RUNS = 4


@dataclass(frozen=True)
class Talked:
    """One conversation.

    Attributes:
        simple: the task needs one change only.
        reached: the database is as the task expects.
        wrong: what was written that the task does not expect, by order or customer.
        said: the conversation, shopper and bot in turn.
    """

    task: str
    run: int
    simple: bool
    reached: bool
    wrong: tuple[str, ...]
    said: tuple[str, ...]


def talks(
    folder: Path,
    assistant: Callable[[Stage], Assistant],
    *,
    runs: int = RUNS,
    only: Sequence[str] = (),
) -> Iterator[Talked]:
    """Every task, each run on a fresh copy of the shop.

    Args:
        folder: the benchmark's.
        assistant: ours, on the stage's database.
        runs: of each task, each with another way to say things.
        only: ids of tasks; empty: all.
    """
    names = OptionNames(read_set(folder, "products.json"))
    stories = {task["id"]: task for task in read_set(folder, "tasks_train.json")}
    users, orders = read_set(folder, "users.json"), read_set(folder, "orders.json")
    with TemporaryDirectory() as place:
        base = Path(place) / "base.db"
        build(folder, base)
        for task in read_tasks(folder):
            if only and task.id not in only:
                continue
            for run in range(runs):
                stage = copied(base, Path(place) / "talk.db")
                try:
                    shopper = Shopper.of(stories[task.id], seed=1000 * run + int(task.id))
                    said = _talk(stage, assistant(stage), shopper, _wanted(task))
                    yield _judged(task, run, said, _Kept(stage, names, users, orders))
                finally:
                    stage.close()


def _talk(stage: Stage, assistant: Assistant, shopper: Shopper, wanted: Sequence[Change]) -> tuple[str, ...]:
    conversation = stage.history.start(SHOP, language="en").id
    said: list[str] = []
    message: str | None = shopper.opening()
    while message and len(said) < 2 * TURNS:
        reply = list(assistant.reply(conversation, message))[-1].reply
        assert reply is not None
        said += [message, reply.text]
        proposal = stage.changes.open(conversation)
        message = shopper.answer(reply, fits=proposal is not None and _same(proposal.change) in map(_same, wanted))
    return tuple(said)


def _wanted(task: Task) -> list[Change]:
    """The changes that the person of the task would agree to."""
    return [change for action in task.actions if action.ok and (change := change_of(action, ""))]


def _same(change: Change) -> Change:
    """The change as a person would compare it: whose it is goes without saying, and the order of things is nothing."""
    change = replace(change, customer_id="")
    match change:
        case ReturnItems():
            return replace(change, item_ids=tuple(sorted(change.item_ids)))
        case ExchangeItems() | ChangeItems():
            return replace(change, swaps=tuple(sorted(change.swaps)))
    return change


@dataclass(frozen=True)
class _Kept:
    """What stands in the database, in the benchmark's form."""

    stage: Stage
    names: OptionNames
    users: Mapping[str, Any]
    orders: Mapping[str, Any]

    def now(self, key: str) -> Form:
        order = self.stage.orders.order(SHOP, key) if key.startswith("#") else None
        if order is not None:
            return order_form(order, self.names)
        customer = self.stage.orders.customer(SHOP, key)
        assert customer is not None
        return user_form(customer, self.users[key]["orders"])


def _judged(task: Task, run: int, said: tuple[str, ...], kept: _Kept) -> Talked:
    changes = [change for action in task.actions if (change := change_of(action, ""))]
    expected = {**task.changed.get("orders", {}), **task.changed.get("users", {})}
    touched = _touched(kept.stage)
    fitting = {key: comparable(kept.now(key)) == comparable(form) for key, form in expected.items()}
    wrong = tuple(sorted(key for key in touched if not fitting.get(key, False)))
    return Talked(task.id, run, len(changes) == 1, all(fitting.values()) and not wrong, wrong, said)


def _touched(stage: Stage) -> set[str]:
    """Orders and customers that were written to."""
    from sqlalchemy import text

    with stage.engine.connect() as connection:
        rows = connection.execute(text("SELECT change FROM applied_change"))
        found: set[str] = set()
        for (change,) in rows:
            import json

            told = json.loads(change) if isinstance(change, str) else change
            found.add(told.get("order_number") or told["customer_id"])
    return found
