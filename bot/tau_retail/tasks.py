"""The benchmark's tasks: the actions that solve each, and the state that it should end in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.tau_retail.shop import read_set
from knowledge.orders.changes import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeCustomerAddress,
    ChangeItems,
    ChangePayment,
    ExchangeItems,
    ReturnItems,
)
from knowledge.orders.views import Address


@dataclass(frozen=True)
class Action:
    """One call of a tool of the benchmark's.

    Attributes:
        ok: whether the benchmark's own tool took it.
        error: what it said when it did not.
    """

    name: str
    arguments: Mapping[str, Any]
    ok: bool
    error: str = ""


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        actions: in order.
        changed: orders and users by id, in the benchmark's form, that differ afterwards.
    """

    id: str
    actions: tuple[Action, ...]
    changed: Mapping[str, Mapping[str, Any]]


def read_tasks(folder: Path) -> list[Task]:
    """Every task with its expected state."""
    actions = {task["id"]: task["evaluation_criteria"]["actions"] for task in read_set(folder, "tasks_train.json")}
    lines = (folder / "expected_states.jsonl").read_text(encoding="utf-8").splitlines()
    return [_task(json.loads(line), actions) for line in lines if line.strip()]


def change_of(action: Action, customer_id: str) -> Change | None:
    """The change that an action asks for; None for one that only reads."""
    told = action.arguments
    match action.name:
        case "cancel_pending_order":
            return CancelOrder(customer_id, told["order_id"], told["reason"])
        case "modify_pending_order_address":
            return ChangeAddress(customer_id, told["order_id"], _address(told))
        case "modify_pending_order_payment":
            return ChangePayment(customer_id, told["order_id"], told["payment_method_id"])
        case "modify_pending_order_items":
            return ChangeItems(customer_id, told["order_id"], _swaps(told), told["payment_method_id"])
        case "exchange_delivered_order_items":
            return ExchangeItems(customer_id, told["order_id"], _swaps(told), told["payment_method_id"])
        case "return_delivered_order_items":
            return ReturnItems(customer_id, told["order_id"], tuple(told["item_ids"]), told["payment_method_id"])
        case "modify_user_address":
            return ChangeCustomerAddress(customer_id, _address(told))
    return None


def _task(line: Mapping[str, Any], actions: Mapping[str, Any]) -> Task:
    calls = zip(actions[line["task_id"]], line["actions"], strict=True)
    return Task(
        id=line["task_id"],
        actions=tuple(
            Action(call["name"], call["arguments"], seen["ok"], seen.get("error", "")) for call, seen in calls
        ),
        changed=line["changed"],
    )


def _swaps(told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(zip(told["item_ids"], told["new_item_ids"], strict=True))


def _address(told: Mapping[str, str]) -> Address:
    return Address(told["address1"], told["address2"], told["city"], told["state"], told["zip"], told["country"])
