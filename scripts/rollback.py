"""`shopclerk rollback`: back to an earlier version, from the next question on."""

from dataclasses import asdict
from typing import Annotated

import typer

from bot.settings import Settings
from scripts.console import JsonFlag, ShopOption, print_json
from scripts.versions import open_versions

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk rollback --to 3")
def rollback(
    to: Annotated[int | None, typer.Option(help="Number of the version.", show_default="the one before")] = None,
    shop: ShopOption = None,
    json: JsonFlag = False,
) -> None:
    """Make an earlier version of a shop's knowledge answer again."""
    settings = Settings()
    now = open_versions(settings).rollback(shop or settings.shop, to)
    if json:
        print_json({**asdict(now), "created_at": now.created_at.isoformat()})
    else:
        print(f"Version {now.number} of shop {now.shop!r} answers now ({now.documents} documents).")
