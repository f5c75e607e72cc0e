"""`shopclerk reviews`: reads product reviews, to be heard beside conversations."""

from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import build
from bot.settings import Settings
from scripts.console import JsonFlag, ShopOption, note, print_json, progress

SHOWN_FAILURES = 20

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk reviews reviews.csv --shop demo")
def reviews(
    paths: Annotated[
        list[Path], typer.Argument(help="CSV, TSV, JSONL or XLSX with product_id, rating, text and date.")
    ],
    shop: ShopOption = None,
    json: JsonFlag = False,
) -> None:
    """Read reviews of a shop's products: each once, personal data masked, with what it feels about each aspect."""
    settings = Settings()
    with build(settings) as shopclerk, progress("reviews") as tell:
        report = shopclerk.reviews.add(paths, shop=shop or settings.shop, tell=tell)
    if json:
        print_json(report.as_json())
    else:
        print(f"{report.added} reviews added, {report.unchanged} were there, {len(report.failed)} rows failed.")
        for one in report.failed[:SHOWN_FAILURES]:
            column = f", column {one.column!r}" if one.column else ""
            note(f"{one.path}, line {one.line}{column}: {one.reason}")
        if len(report.failed) > SHOWN_FAILURES:
            note(f"… and {len(report.failed) - SHOWN_FAILURES} more; --json lists them all.")
    if report.failed and not report.added and not report.unchanged:
        raise typer.Exit(1)
