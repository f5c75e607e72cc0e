"""`shopclerk ask`: one question to the shop bot, answered as a shopper would see it."""

import sys
from typing import Annotated, Any

import typer

from bot.settings import Settings
from scripts.clerk import open_clerk
from scripts.console import JsonFlag, ShopOption, note, print_json
from scripts.errors import ServerUnreachable

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk ask 'And in blue?' --conversation 5f0c…")
def ask(
    question: Annotated[str, typer.Argument(help="What a shopper would say.")],
    conversation: Annotated[
        str | None, typer.Option(help="Go on with this conversation.", show_default="a new one")
    ] = None,
    shop: ShopOption = None,
    json: JsonFlag = False,
) -> None:
    """Ask the shop bot one question and print its answer with citations."""
    settings = Settings()
    reply: dict[str, Any] | None = None
    with open_clerk(settings) as clerk:
        for line in clerk.ask(question, shop=shop or settings.shop, conversation_id=conversation):
            if line["kind"] == "status" and line["position"] > 1:
                note(f"Waiting, number {line['position']} in line …")
            elif line["kind"] == "token" and not json:
                sys.stdout.write(line["text"])
                sys.stdout.flush()
            elif line["kind"] == "done":
                reply = line["reply"]
    if reply is None:
        raise ServerUnreachable("The answer broke off; ask again with the same --conversation to go on.")
    if json:
        print_json(reply)
        return
    print()
    _print_supports(reply)


def _print_supports(reply: dict[str, Any]) -> None:
    for product in reply["products"]:
        price = f"  {product['currency']} {product['price']}" if product["price"] is not None else ""
        stock = f"  {product['stock']} in stock" if product["stock"] is not None else ""
        print(f"  · {product['title']}{price}{stock}")
    for citation in reply["citations"]:
        print(f"  [{citation['index']}] {citation['title']} ({citation['source']}): “{citation['quote']}”")
    note(
        f"{reply['outcome']} ({reply['gear']}), {reply['timings_ms'].get('total', 0):.0f} ms; go on with: "
        f"shopclerk ask --conversation {reply['conversation_id']} '…'"
    )
