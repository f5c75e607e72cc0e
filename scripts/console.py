"""What commands print: one JSON document or a table on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

Tell = Callable[[str, int, int], None]
"""Takes the step, how much of it is done, and of how much; 0 when that is not known."""

PIPED_WIDTH = 140
"""Columns of a table that goes into a file or another program."""

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]
ShopOption = Annotated[str | None, typer.Option("--shop", help="The shop.", show_default="SHOPCLERK_SHOP, or demo")]


def print_json(document: Any) -> None:
    """The one document of a command that was given `--json`."""
    print(json.dumps(document, ensure_ascii=False, indent=2), flush=True)


def note(sentence: str) -> None:
    """Tell the person, not the program that reads stdout."""
    print(sentence, file=sys.stderr, flush=True)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None) -> None:
    """A table on stdout, as wide as it needs; numbers right-aligned."""
    table = Table(title=title, title_justify="left")
    for place, heading in enumerate(headings):
        numeric = all(isinstance(row[place], int | float) for row in rows) and bool(rows)
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(table)


@contextmanager
def progress(label: str) -> Iterator[Tell]:
    """A bar on stderr while a terminal is attached; otherwise one line a step.

    Yields:
        `tell(step, done, total)`; `total` 0 when it is not known.
    """
    if not sys.stderr.isatty():
        yield _lines(label)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(label, total=None)

        def tell(step: str, done: int = 0, total: int = 0) -> None:
            bars.update(task, description=f"{label}: {step}", completed=done, total=total or None)

        yield tell


def _lines(label: str) -> Tell:
    last = ""

    def tell(step: str, _done: int = 0, _total: int = 0) -> None:
        nonlocal last
        if step != last:
            last = step
            note(f"{label}: {step}")

    return tell
