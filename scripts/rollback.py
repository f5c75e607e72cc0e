"""`shopclerk rollback`: back to an earlier version of the knowledge or of the tuned weights."""

from dataclasses import asdict
from typing import Annotated

import typer

from bot.answering.adapter_shelf import AdapterShelf
from bot.answering.adapters import current_adapter
from bot.settings import Settings
from scripts.console import JsonFlag, ShopOption, print_json
from scripts.versions import open_versions

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk rollback --to 3")
def rollback(
    to: Annotated[int | None, typer.Option(help="Number of the version.", show_default="the one before")] = None,
    shop: ShopOption = None,
    models: Annotated[
        bool, typer.Option("--models", help="Go back with the generator's tuned weights, not with the knowledge.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Make an earlier version of a shop's knowledge, or of the generator's tuned weights, answer again."""
    settings = Settings()
    if models:
        _models(settings, json=json)
        return
    now = open_versions(settings).rollback(shop or settings.shop, to)
    if json:
        print_json({**asdict(now), "created_at": now.created_at.isoformat()})
    else:
        print(f"Version {now.number} of shop {now.shop!r} answers now ({now.documents} documents).")


def _models(settings: Settings, *, json: bool) -> None:
    """The tuned weights that were in use before; a running server takes them at its next start."""
    version = AdapterShelf(settings.home, settings.generator).rollback()
    used = current_adapter(settings.generator, settings.home)
    if json:
        print_json({"generator": settings.generator, "version": version, "adapter": str(used) if used else None})
    else:
        named = f"Version {version} of the tuned weights" if version else "The tuned weights that came with the bot"
        print(f"{named if used else 'The base as it is'} will answer for {settings.generator} from the next start on.")
