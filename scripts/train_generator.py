"""`shopclerk train generator`: tunes the generator on examples."""

import json as json_format
import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.llm.weights import generator_weights
from bot.learning.training.generator import FIGURES, Base, train_generator
from bot.learning.training.mixture import Language, mixture
from bot.learning.training.recipe import Recipe
from bot.settings import Settings
from knowledge.database import create_database_engine
from knowledge.errors import UnknownShop
from knowledge.versions import KnowledgeVersions
from knowledge.weights import ModelStore
from scripts.console import JsonFlag, note, print_json, progress

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk train generator --minutes 45 --examples 6000")
def generator(
    base: Annotated[
        str, typer.Option(help="Packaged model, folder or Hugging Face id to tune.", show_default="gemma-3-270m")
    ] = "gemma-3-270m",
    examples: Annotated[int, typer.Option(min=0, help="Examples to make, beside those of --data.")] = 6000,
    minutes: Annotated[
        float, typer.Option(min=0.01, help="How long to train; the rate falls to its end in them.")
    ] = 45,
    out: Annotated[
        Path | None, typer.Option(help="Folder for checkpoints and results.", show_default="HOME/training/BASE")
    ] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Further examples, JSON lines; may be repeated.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint in the folder.")] = False,
    seed: Annotated[int, typer.Option(help="Of examples, order and first weights.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    full: Annotated[bool, typer.Option("--full", help="Tune all weights and not an adapter beside them.")] = False,
    pages: Annotated[
        str | None, typer.Option(metavar="SHOP", help="Read this shop's published pages first.", show_default="none")
    ] = None,
    english_only: Annotated[bool, typer.Option("--english-only", help="For bases that know no Chinese.")] = False,
    json: JsonFlag = False,
) -> None:
    """Tune the generator to answer from passages, to cite them, and to say when they do not hold the answer."""
    settings = Settings()
    languages: tuple[Language, ...] = ("en",) if english_only else ("en", "zh")
    chosen = mixture(examples, files=data or (), data=settings.data, languages=languages, seed=seed)
    note(f"{len(chosen.train)} examples to train on, {len(chosen.dev)} to look with.")
    where, workers = _where(device)
    weights = Path(generator_weights(base, ModelStore(settings.home / "models")))
    with progress("train generator") as tell:
        made = train_generator(
            Base(base, weights),
            chosen,
            replace(Recipe(), minutes=minutes, seed=seed, full=full),
            out or settings.home / "training" / Path(base).name,
            device=where,
            workers=workers,
            pages=_pages(pages, settings) if pages else (),
            resume=resume,
            tell=tell,
        )
    note(f"The adapter lies in {made}")
    if json:
        print_json(json_format.loads((made / FIGURES).read_text()))


def _where(device: str) -> tuple[str, int]:
    """The device, and how many threads compute at once: one a core, each core with a part of the batch."""
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return device, 1 if device != "cpu" else len(os.sched_getaffinity(0))


def _pages(shop: str, settings: Settings) -> list[str]:
    """Everything the shop has published."""
    versions = KnowledgeVersions(create_database_engine(settings.sqlalchemy_url))
    version = versions.active(shop)
    if version is None:
        raise UnknownShop(f"The shop {shop!r} has no published pages; run: shopclerk ingest PATH --shop {shop}")
    return [f"{chunk.title}\n{chunk.text}" for chunk in versions.chunks(shop, version)]
