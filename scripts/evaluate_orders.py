"""`shopclerk evaluate orders`: changes of orders on the tau retail benchmark, allowed ones and forbidden ones."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import ShopclerkError
from bot.settings import Settings
from bot.tau_retail.forbidden import Attempt, forbidden
from bot.tau_retail.replay import Replayed, replay
from bot.tau_retail.shop import retail_folder
from scripts.console import JsonFlag, print_json, print_table

app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class OrderFigures:
    """What was measured.

    Attributes:
        tasks: of the benchmark.
        same_state: of these, that ended in the state that it expects, each action taken or refused as it does.
        slips: of these, where the benchmark's own tool wrote one item's price and options into others too.
        actions: of all tasks.
        same_answer: of these, taken or refused as the benchmark does.
        changes: that were made.
        refused_alike: changes refused for the reason that it gives.
        forbidden: variations that its policy forbids.
        held: of these, refused by the right rule, with every row as before.
        by_kind: how many of each.
        wrong: one sentence about each that is not as it should be.
    """

    tasks: int
    same_state: int
    slips: int
    actions: int
    same_answer: int
    changes: int
    refused_alike: int
    forbidden: int
    held: int
    by_kind: dict[str, int]
    wrong: list[str]


@app.command(epilog="Example: shopclerk evaluate orders --data ../shared/data")
def orders(
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    json: JsonFlag = False,
) -> None:
    """Measure changes of orders: a benchmark's own, replayed, and variations that its policy forbids."""
    figures = measure(Settings().data if data is None else data)
    if json:
        print_json(asdict(figures))
    else:
        _print(figures)
    if figures.wrong:
        raise ShopclerkError(f"{len(figures.wrong)} are not as they should be; the first: {figures.wrong[0]}")


def measure(data: Path) -> OrderFigures:
    """The figures.

    Raises:
        DataMissing: the benchmark is not there.
    """
    folder = retail_folder(data)
    return figures_of(list(replay(folder)), list(forbidden(folder)))


def figures_of(replayed: list[Replayed], attempts: list[Attempt]) -> OrderFigures:
    """The figures of what was replayed and attempted."""
    wrong = [f"task {one.task}: {difference}" for one in replayed for difference in one.differences]
    wrong += [
        f"{one.kind} ({one.change}): expected {one.rule}, got {one.refused_by or 'no refusal'}"
        f"{'' if one.unchanged else ', and rows changed'}"
        for one in attempts
        if not one.held
    ]
    return OrderFigures(
        tasks=len(replayed),
        same_state=sum(not one.differences for one in replayed),
        slips=sum(bool(one.slips) for one in replayed),
        actions=sum(one.actions for one in replayed),
        same_answer=sum(one.same for one in replayed),
        changes=sum(one.changes for one in replayed),
        refused_alike=sum(len(one.refused) for one in replayed),
        forbidden=len(attempts),
        held=sum(one.held for one in attempts),
        by_kind=dict(Counter(one.kind for one in attempts).most_common()),
        wrong=wrong,
    )


def _print(figures: OrderFigures) -> None:
    print_table(
        ("what", "all", "as they should be"),
        [
            ("tasks that end in the expected state", figures.tasks, figures.same_state),
            ("  of these, but for a slip of the benchmark's", figures.same_state, figures.slips),
            ("actions taken or refused as the benchmark does", figures.actions, figures.same_answer),
            ("forbidden variations refused, nothing changed", figures.forbidden, figures.held),
        ],
        title="Orders, on tau retail",
    )
    print_table(("forbidden", "variations"), list(figures.by_kind.items()))
