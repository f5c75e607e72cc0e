"""`shopclerk evaluate order-talks`: scripted shoppers made from the tau retail tasks talk to the assistant."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import ShopclerkError
from bot.settings import Settings
from bot.tau_retail.shop import retail_folder
from bot.tau_retail.talks import RUNS, Talked, talks
from scripts.console import JsonFlag, print_json, print_table

app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class TalkFigures:
    """How often the database was as the task expects.

    Attributes:
        tasks: how many.
        pass_1: share of all conversations.
        pass_all: share of the tasks that were reached in every run.
        wrong: conversations after which something was written that the task does not expect.
        unconfirmed: changes that were written without a yes to just them.
        not_reached: ids of tasks that were missed at least once.
    """

    tasks: int
    runs: int
    pass_1: float
    pass_all: float
    wrong: int
    unconfirmed: int
    not_reached: list[str]


@app.command(epilog="Example: shopclerk evaluate order-talks --data ../shared/data --runs 1")
def order_talks(
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    runs: Annotated[int, typer.Option(min=1, help="Conversations for each task, each in other words.")] = RUNS,
    show: Annotated[bool, typer.Option("--show", help="Print the conversations that did not get there.")] = False,
    json: JsonFlag = False,
) -> None:
    """Measure orders in the chat: scripted shoppers of a benchmark's tasks, judged by the final database."""
    folder = retail_folder(Settings().data if data is None else data)
    held = list(talks(folder, runs=runs))
    figures = {
        "one change": figures_of([talk for talk in held if talk.simple], runs),
        "none or several": figures_of([talk for talk in held if not talk.simple], runs),
    }
    if json:
        print_json({name: asdict(one) for name, one in figures.items()})
    else:
        _print(figures)
        if show:
            _show([talk for talk in held if not talk.reached])
    unconfirmed = sum(one.unconfirmed for one in figures.values())
    if unconfirmed:
        raise ShopclerkError(f"{unconfirmed} changes were written without a yes to just them; that must never happen.")


def figures_of(held: Sequence[Talked], runs: int) -> TalkFigures:
    """The figures of some conversations."""
    by_task: dict[str, list[bool]] = defaultdict(list)
    for talk in held:
        by_task[talk.task].append(talk.reached)
    return TalkFigures(
        tasks=len(by_task),
        runs=runs,
        pass_1=sum(talk.reached for talk in held) / max(1, len(held)),
        pass_all=sum(map(all, by_task.values())) / max(1, len(by_task)),
        wrong=sum(bool(talk.wrong) for talk in held),
        unconfirmed=sum(talk.unconfirmed for talk in held),
        not_reached=[task for task, reached in by_task.items() if not all(reached)],
    )


def _print(figures: dict[str, TalkFigures]) -> None:
    rows = [
        [name, str(one.tasks), f"{one.pass_1:.3f}", f"{one.pass_all:.3f}", str(one.wrong), str(one.unconfirmed)]
        for name, one in figures.items()
    ]
    runs = next(iter(figures.values())).runs
    print_table(["tasks with", "tasks", "pass^1", f"pass^{runs}", "wrong", "unconfirmed"], rows)


def _show(missed: Sequence[Talked]) -> None:
    for talk in missed:
        typer.echo(f"\nTask {talk.task}, run {talk.run + 1}:")
        for place, words in enumerate(talk.said):
            typer.echo(f"{'  bot:     ' if place % 2 else '  shopper: '}{words}")
