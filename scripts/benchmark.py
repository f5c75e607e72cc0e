"""`shopclerk benchmark`: the figures of the README, measured on this machine."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from enum import StrEnum
from importlib import import_module
from typing import Annotated

import typer

from bot.settings import Settings
from scripts.console import JsonFlag, note, print_json, print_table
from scripts.measurement import Measurement


class Part(StrEnum):
    """What can be measured by itself; the module is of the same name."""

    START = "start"
    KNOWLEDGE = "knowledge"
    GENERATION = "generation"
    SHOPPERS = "shoppers"
    DASHBOARD = "dashboard"
    TRANSCRIPTS = "transcripts"
    DESK = "desk"
    WIDGET = "widget"
    ADVICE = "advice"


app = typer.Typer(add_completion=False)


def _crowds(text: str) -> tuple[int, ...]:
    """`1,4,16` to its numbers."""
    crowds = tuple(int(one) for one in text.split(",") if one.strip().isdigit())
    if not crowds or min(crowds) < 1 or len(crowds) != text.count(",") + 1:
        raise typer.BadParameter(f"{text!r} is no list of numbers from 1 up; expected one such as 1,4,16,64.")
    return crowds


@app.command(epilog="Example: shopclerk benchmark start shoppers")
def benchmark(
    parts: Annotated[
        list[Part] | None, typer.Argument(metavar="[PART]...", help=f"Which: {', '.join(Part)}; none: all.")
    ] = None,
    conversations: Annotated[
        int, typer.Option(help="How many the dashboard's database is filled with.", min=1_000)
    ] = 100_000,
    concurrent: Annotated[
        str | None,
        typer.Option(
            help="Of generation, measure only so many shoppers at once, such as 1,4,16,64.",
            show_default="all figures; up to 16 on a CPU, 64 on a GPU",
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(help="Where the generator runs: auto, cpu, cuda or mps.", show_default="SHOPCLERK_DEVICE"),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Measure how fast this machine starts, ingests, searches, answers and counts.

    It works in folders of its own, deleted afterwards, and only shares the fetched models.
    """
    settings = Settings()
    if device:
        settings = settings.model_copy(update={"device": device})
    asked = {Part.DASHBOARD: (conversations,), Part.GENERATION: (_crowds(concurrent) if concurrent else (),)}
    measured: dict[str, Sequence[Measurement]] = {}
    for part in parts or list(Part):
        note(f"Measuring: {part} …")
        measure: Callable[..., Sequence[Measurement]] = import_module(f"scripts.benchmark_{part}").measure
        measured[part] = measure(settings, *asked.get(part, ()))
    if json:
        print_json({part: [asdict(one) for one in figures] for part, figures in measured.items()})
        return
    rows = [
        (part, one.what, f"{one.value:,.3g}" if abs(one.value) < 100 else f"{one.value:,.0f}", one.unit, one.goal)
        for part, figures in measured.items()
        for one in figures
    ]
    print_table(("part", "measured", "value", "unit", "goal"), rows)
