"""`shopclerk shop`: what a shop needs to have the widget on its own pages."""

from typing import Annotated

import typer

from bot.identity import ShopSecrets
from bot.settings import Settings
from scripts.console import JsonFlag, note, print_json

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="The shop.", show_default="SHOPCLERK_SHOP, or demo")]

app = typer.Typer(no_args_is_help=True, add_completion=False, epilog="Example: shopclerk shop secret demo")


@app.callback()
def shop() -> None:
    """Show what a shop needs to have the widget on its own pages."""


@app.command(epilog="Example: shopclerk shop secret demo --rotate")
def secret(
    name: Name = None,
    rotate: Annotated[bool, typer.Option("--rotate", help="Make a new one; the old one is void at once.")] = False,
    json: JsonFlag = False,
) -> None:
    """Print the secret that the shop's server signs its customers' tokens with; made when first asked for."""
    settings = Settings()
    name = name or settings.shop
    kept = ShopSecrets(settings.home / "shops")
    value = kept.rotate(name) if rotate else kept.of(name)
    if json:
        print_json({"shop": name, "secret": value})
        return
    note(f"Signs the customers of {name}, HS256; keep it on the shop's server:")
    print(value)
