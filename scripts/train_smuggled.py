"""`shopclerk train smuggled`: fits what tells sentences that were put into a page to command the bot."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.smuggled import WEIGHTS
from bot.answering.text_vectors import RememberingEmbedder
from bot.learning.smuggled_fitting import SmuggledFigures, fit, measured, page_sentences, sentences, write
from bot.settings import Settings
from knowledge.embedding import load_embedder
from knowledge.weights import ModelStore
from scripts.console import JsonFlag, note, print_json, print_table

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk train smuggled --out smuggled.json")
def smuggled(
    pages: Annotated[int, typer.Option(min=1, help="Examples from imaginary shops whose pages are the shop's own.")] = (
        3_000
    ),
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    out: Annotated[Path, typer.Option(help="Where the weights go.", show_default="where the bot reads them")] = WEIGHTS,
    json: JsonFlag = False,
) -> None:
    """Fit what tells commands that a stranger put into a page from the shop's own sentences."""
    settings = Settings()
    store = ModelStore(settings.home / "models")
    embedder = RememberingEmbedder(load_embedder(settings.embedder, store=store, device=settings.device))
    sets: Path | None = data or settings.data
    if sets and not sets.is_dir():
        note(f"There are no public sets in {str(sets)!r}: more of what customers write will be taken for smuggled.")
        sets = None
    known, dev = sentences(pages, data=sets), list(page_sentences(pages // 4, "dev", data=sets))
    found = measured(known, dev, embedder.embed_passages, embedder=embedder.name)
    write(fit(known, embedder.embed_passages, embedder=embedder.name), found, out)
    note(f"The weights are in {out}.")
    if json:
        print_json([vars(one) for one in found])
    else:
        _print(found)


def _print(found: Sequence[SmuggledFigures]) -> None:
    rows: list[tuple[object, ...]] = [
        (
            f"from {one.chance}",
            f"{one.found}/{one.smuggled}",
            f"{one.shop_lost}/{one.shop}",
            f"{one.pages_lost}/{one.pages}",
        )
        for one in found
    ]
    headings = ["chance", "smuggled found", "look alikes of shops lost", "sentences of pages lost"]
    print_table(headings, rows, title="On left-out sentences")
