"""`shopclerk search`: the passages that an answer would rest on."""

from typing import Annotated, Literal

import typer

from bot.settings import Settings
from scripts.clerk import open_clerk
from scripts.console import JsonFlag, ShopOption, print_json, print_table

app = typer.Typer(add_completion=False)

SHOWN_CHARACTERS = 160


@app.command(epilog="Example: shopclerk search 'worn shoes return' -k 5")
def search(
    question: Annotated[str, typer.Argument(help="What a shopper would ask.")],
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages.")] = 10,
    lang: Annotated[
        Literal["en", "zh"] | None, typer.Option(help="The shopper's language.", show_default="the question's")
    ] = None,
    shop: ShopOption = None,
    json: JsonFlag = False,
) -> None:
    """Show the passages found for a question."""
    settings = Settings()
    with open_clerk(settings) as clerk:
        found = clerk.search(question, shop=shop or settings.shop, k=k, language=lang)
    if json:
        print_json(found)
        return
    if not found:
        print(f"Nothing was found in shop {shop or settings.shop!r}; what it knows is listed by: shopclerk versions")
        return
    rows = [
        (
            one["rank"],
            f"{one['score']:.3f}",
            one["source"],
            one["title"],
            _short(one["text"]),
            " ".join(one["found_by"]),
        )
        for one in found
    ]
    print_table(("", "score", "source", "title", "text", "found by"), rows)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"
