"""Replay: each task's own actions through our identification, proposals and confirmations."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.ordering.identification import Claim, Identified
from bot.tau_retail.form import Form, OptionNames, comparable, order_form, user_form, with_slip
from bot.tau_retail.shop import read_set
from bot.tau_retail.stage import SHOP, Stage, build, copied
from bot.tau_retail.tasks import Action, Task, change_of, read_tasks
from knowledge.orders.refusals import Refusal

SAME_REASON = {"Insufficient gift card balance to pay for the price difference": "payment.balance"}
"""What the benchmark says when it refuses a change, and the rule of ours that says the same."""


@dataclass(frozen=True)
class Replayed:
    """One task.

    Attributes:
        actions: how many it has.
        same: how many of these were taken or refused as the benchmark does.
        changes: how many were changes that were made.
        refused: rules that refused a change as expected.
        slips: orders that are as expected but for the benchmark's own slip (`form.with_slip`).
        differences: one sentence about each thing that is not as expected.
    """

    task: str
    actions: int
    same: int
    changes: int
    refused: tuple[str, ...]
    slips: tuple[str, ...]
    differences: tuple[str, ...]


def replay(folder: Path) -> Iterator[Replayed]:
    """Every task, each on a fresh copy of the shop.

    Args:
        folder: the benchmark's.
    """
    names = OptionNames(read_set(folder, "products.json"))
    users = read_set(folder, "users.json")
    with TemporaryDirectory() as place:
        base = Path(place) / "base.db"
        build(folder, base)
        for task in read_tasks(folder):
            stage = copied(base, Path(place) / f"{task.id}.db")
            try:
                yield _Replay(stage, task, names, users).run()
            finally:
                stage.close()


class _Replay:
    def __init__(self, stage: Stage, task: Task, names: OptionNames, users: Any) -> None:
        self._stage, self._task, self._names, self._users = stage, task, names, users
        self._talk, self._customer = "", ""
        self._same, self._made, self._refused = 0, 0, list[str]()
        self._slips, self._differences = list[str](), list[str]()

    def run(self) -> Replayed:
        before = _tables(self._stage)
        self._customer = self._whose()
        self._talk = self._stage.talk(self._customer)
        for action in self._task.actions:
            self._do(action)
        self._differences += self._compare(before, _tables(self._stage))
        return Replayed(
            self._task.id,
            len(self._task.actions),
            self._same,
            self._made,
            tuple(self._refused),
            tuple(self._slips),
            tuple(self._differences),
        )

    def _whose(self) -> str:
        """Whoever the task's orders belong to, told from its first change or from whom it looks up."""
        for action in self._task.actions:
            told = action.arguments
            if "user_id" in told:
                return str(told["user_id"])
            if "order_id" in told and (order := self._stage.orders.order(SHOP, told["order_id"])):
                return order.customer_id
        found = (self._identified(action) for action in self._task.actions)
        return next((customer for customer in found if customer), "")

    def _do(self, action: Action) -> None:
        change = change_of(action, self._customer)
        if change is None:
            ok = self._read(action)
        else:
            answer = self._stage.make(self._talk, self._customer, change)
            ok = not isinstance(answer, Refusal)
            self._made += ok
            if isinstance(answer, Refusal):
                self._refused.append(answer.rule)
                if SAME_REASON.get(action.error) != answer.rule:
                    self._differences.append(f"{action.name} was refused by {answer.rule}, not for {action.error!r}.")
        if ok == action.ok:
            self._same += 1
        else:
            self._differences.append(f"{action.name} was {'taken' if ok else 'refused'}, which the benchmark did not.")

    def _read(self, action: Action) -> bool:
        """Whether what the action reads is there."""
        told, orders = action.arguments, self._stage.orders
        match action.name:
            case "find_user_id_by_email" | "find_user_id_by_name_zip":
                return bool(self._identified(action))
            case "get_user_details":
                return orders.customer(SHOP, told["user_id"]) is not None
            case "get_order_details":
                return orders.order(SHOP, told["order_id"]) is not None
            case "get_product_details":
                return bool(orders.choices(SHOP, told["product_id"]))
            case "get_item_details":
                return any(told["item_id"] in product["variants"] for product in self._names.products.values())
        return True  # arithmetic and a person are always to be had

    def _identified(self, action: Action) -> str:
        told = action.arguments
        match action.name:
            case "find_user_id_by_email":
                claim = Claim(email=told["email"])
            case "find_user_id_by_name_zip":
                claim = Claim(first=told["first_name"], last=told["last_name"], postcode=told["zip"])
            case _:
                return ""
        found = self._stage.identification.identify(SHOP, self._stage.talk(), claim)
        return found.customer.customer_id if isinstance(found, Identified) else ""

    def _compare(self, before: dict[str, Form], after: dict[str, Form]) -> Iterator[str]:
        expected = {**self._task.changed.get("orders", {}), **self._task.changed.get("users", {})}
        for key in sorted(after):
            if key in expected:
                difference = _first_difference(comparable(self._form(key)), comparable(expected[key]))
                if difference and self._slipped(key, expected[key]):
                    self._slips.append(key)
                elif difference:
                    yield f"{key}: {difference}"
            elif before[key] != after[key]:
                yield f"{key} was changed, and the benchmark leaves it as it is."

    def _slipped(self, key: str, expected: Form) -> bool:
        """Whether the order is as expected once the benchmark's slip is made in it too."""
        for action in self._task.actions:
            new_items = action.arguments.get("new_item_ids", ())
            if action.arguments.get("order_id") == key and len(new_items) > 1:
                slipped = with_slip(self._form(key), new_items)
                return not _first_difference(comparable(slipped), comparable(expected))
        return False

    def _form(self, key: str) -> Form:
        order = self._stage.orders.order(SHOP, key) if key.startswith("#") else None
        if order is not None:
            return order_form(order, self._names)
        customer = self._stage.orders.customer(SHOP, key)
        assert customer is not None
        return user_form(customer, self._users[key]["orders"])


def _tables(stage: Stage) -> dict[str, Any]:
    """Every row that belongs to an order or a customer, by its id."""
    rows: dict[str, Any] = {}
    for table, kept in stage.snapshot().items():
        if table == "applied_change":
            continue
        for row in kept:
            rows.setdefault(row[1], []).append((table, row))
    return rows


def _first_difference(ours: Any, theirs: Any, where: str = "") -> str:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted({*ours, *theirs}):
            if difference := _first_difference(ours.get(name), theirs.get(name), f"{where}.{name}"):
                return difference
        return ""
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return next(
            filter(None, (_first_difference(a, b, f"{where}[]") for a, b in zip(ours, theirs, strict=True))), ""
        )
    return "" if ours == theirs else f"{where[1:]} is {ours!r}, expected {theirs!r}"
