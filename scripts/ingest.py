"""`shopclerk ingest`: a shop's files become published knowledge."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.settings import Settings
from scripts.clerk import open_clerk
from scripts.console import JsonFlag, ShopOption, note, print_json, progress

SHOWN_DUPLICATES = 10

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk ingest my_shop/ --shop mine --prune")
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", exists=True, help="Files and folders.")],
    shop: ShopOption = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove what is no longer among the paths.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change and change nothing.")] = False,
    json: JsonFlag = False,
) -> None:
    """Read a shop's files and publish what they say.

    Only what changed since the last time is read and embedded again. What cannot be read is reported with file, line
    and reason; the rest goes in, and the exit code is 1.
    """
    settings = Settings()
    with open_clerk(settings) as clerk, progress("Ingesting") as tell:
        report = clerk.ingest(paths, shop=shop or settings.shop, prune=prune, dry_run=dry_run, tell=tell)
    failed = report["documents"]["failed"]
    for one in failed:
        note(_where(one))
    for one in report["duplicates"][:SHOWN_DUPLICATES]:
        note(_repetition(one))
    if len(report["duplicates"]) > SHOWN_DUPLICATES:
        note(f"… and {len(report['duplicates']) - SHOWN_DUPLICATES} more; --json lists them all")
    if json:
        print_json(report)
    else:
        print(_summary(report, dry_run=dry_run))
    if failed:
        raise typer.Exit(1)


def _where(failed: dict[str, Any]) -> str:
    line = f", line {failed['line']}" if failed.get("line") else ""
    column = f", column {failed['column']!r}" if failed.get("column") else ""
    return f"{failed['path']}{line}{column}: {failed['reason']}"


def _repetition(duplicate: dict[str, Any]) -> str:
    how = "the same" if duplicate["similarity"] == 1 else "nearly the same"
    how = "the same in other words" if duplicate["reworded"] else how
    differ = ", with other numbers; is one of them out of date?" if duplicate["numbers_differ"] else ""
    return f"{duplicate['source']} says {how} as {duplicate['other']}{differ}"


def _summary(report: dict[str, Any], *, dry_run: bool) -> str:
    documents = report["documents"]
    counts = ", ".join(f"{documents[what]} {what}" for what in ("added", "changed", "unchanged", "removed"))
    if documents["failed"]:
        counts += f", {len(documents['failed'])} could not be read"
    rows = ", ".join(f"{report[what]} {what}" for what in ("orders", "customers") if report[what])
    return (
        f"{_outcome(report, dry_run=dry_run)} Documents: {counts}."
        + (f" Brought up to date: {rows}." if rows else "")
        + f" {report['chunks']} passages; {report['seconds']:.1f} s."
    )


def _outcome(report: dict[str, Any], *, dry_run: bool) -> str:
    if dry_run:
        return "Nothing was changed; this is what would be."
    if report["version"] is None:
        return "Nothing could be published."
    return f"Version {report['version']} {'answers now' if report['published'] else 'answers as before'}."
