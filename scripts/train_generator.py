"""`shopclerk train generator`: tunes the generator on examples."""

import json as json_format
import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.adapters import read_adapter, shipped_adapter
from bot.answering.llm.weights import generator_weights
from bot.errors import TrainingError
from bot.learning.own_examples import own_examples
from bot.learning.training.card import FIGURES
from bot.learning.training.gate import Release, base_loader, release
from bot.learning.training.generator import Base, train_generator
from bot.learning.training.mixture import Language, exam_examples, mixture, read_mixture, write_mixture
from bot.learning.training.recipe import recipe_for
from bot.settings import Settings
from knowledge.database import create_database_engine
from knowledge.errors import UnknownShop
from knowledge.versions import KnowledgeVersions
from knowledge.weights import ModelStore
from scripts.console import JsonFlag, note, print_json, print_table, progress
from scripts.figures import INTERVALS, counted, counted_document
from scripts.golden_exam import golden_exam

_AROUND = frozenset({"out", "resume", "exam", "golden", "json"})
"""Options that change nothing in the weights."""

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk train generator --minutes 45 --examples 60000")
def generator(
    context: typer.Context,
    base: Annotated[
        str, typer.Option(help="Packaged model, folder or Hugging Face id to tune.", show_default="gemma-3-270m")
    ] = "gemma-3-270m",
    examples: Annotated[int, typer.Option(min=0, help="Examples to make, beside those of --data.")] = 60_000,
    minutes: Annotated[
        float, typer.Option(min=0.01, help="How long to train; the rate falls to its end in them.")
    ] = 45,
    steps: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Train so many steps, however long they take: makes the same weights again.",
            show_default="none",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for checkpoints and results.", show_default="HOME/training/BASE")
    ] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Further examples, JSON lines; may be repeated.")] = None,
    start: Annotated[
        str, typer.Option("--from", help="`base`, `shipped` or an adapter's folder: the weights to begin with.")
    ] = "base",
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint in the folder.")] = False,
    seed: Annotated[int, typer.Option(help="Of examples, order and first weights.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    full: Annotated[bool, typer.Option("--full", help="Tune all weights and not an adapter beside them.")] = False,
    pages: Annotated[
        str | None, typer.Option(metavar="SHOP", help="Read this shop's published pages first.", show_default="none")
    ] = None,
    own: Annotated[
        str | None, typer.Option(metavar="SHOP", help="Also learn from this shop's liked replies.", show_default="none")
    ] = None,
    exam: Annotated[int, typer.Option(min=20, help="Examples of the release gate, none of them seen before.")] = 100,
    golden: Annotated[
        int, typer.Option(min=0, help="Golden dev questions of the demo shop that the gate asks the whole bot.")
    ] = 150,
    english_only: Annotated[bool, typer.Option("--english-only", help="For bases that know no Chinese.")] = False,
    json: JsonFlag = False,
) -> None:
    """Tune the generator to answer from passages, and adopt it if it is no worse.

    It learns to cite them, to say when they do not hold the answer, and to ask back.
    """
    settings = Settings()
    languages: tuple[Language, ...] = ("en",) if english_only else ("en", "zh")
    folder = out or settings.home / "training" / Path(base).name
    if resume:
        chosen = read_mixture(folder)
    else:
        chosen = mixture(
            examples,
            files=data or (),
            own=own_examples(create_database_engine(settings.sqlalchemy_url), own) if own else (),
            data=settings.data,
            languages=languages,
            seed=seed,
        )
        write_mixture(chosen, folder)
    note(f"{len(chosen.train)} examples to train on, {len(chosen.dev)} to look with.")
    where, workers = _where(device)
    begun = _start(start, base)
    recipe = replace(
        recipe_for(where, onward=begun is not None), minutes=minutes, steps=steps or 0, seed=seed, full=full
    )
    weights = Path(generator_weights(base, ModelStore(settings.home / "models")))
    with progress("train generator") as tell:
        made = train_generator(
            Base(base, weights),
            chosen,
            recipe,
            folder,
            device=where,
            workers=workers,
            start=begun,
            pages=_pages(pages, settings) if pages else (),
            resume=resume,
            command=_command(context),
            tell=tell,
        )
        released = None
        if not full:
            sat = tuple(exam_examples(exam, languages=languages, seed=seed))
            loader = base_loader(weights, name=base, device=where)
            asked = golden_exam(settings.model_copy(update={"generator": base}), golden, tell)
            released = release(made, sat, base=base, home=settings.home, load=loader, golden=asked, tell=tell)
    _show(made, released, json=json)
    if released and released.fallen:
        raise typer.Exit(1)


def _show(made: Path, released: Release | None, *, json: bool) -> None:
    """What came of it: the figures and the gate's table."""
    note(f"The new weights lie in {made}")
    figures = json_format.loads((made / FIGURES).read_text(encoding="utf-8"))
    if read := figures["pages"]:
        kept = "kept" if read["kept"] else "undone, as it did not help"
        note(
            f"Read {read['pages']} texts of the shop; the perplexity of {read['held_out']} pieces held out went from "
            f"{read['before']:g} to {read['after']:g} ({kept})"
        )
    if json:
        gate = None
        if released:
            gate = {
                "in_use": {name: counted_document(share) for name, share in released.old.items()},
                "new": {name: counted_document(share) for name, share in released.new.items()},
                "fallen": released.fallen,
                "adopted": str(released.adopted) if released.adopted else None,
            }
        print_json({"figures": figures, "gate": gate})
        return
    if released is None:
        print(f"To use them: SHOPCLERK_GENERATOR={made}")
        return
    rows = [(name, counted(released.old[name]), counted(released.new[name])) for name in released.old]
    print_table(("measure", "in use", "new"), rows, title=f"Answers on examples never trained on, {INTERVALS}")
    if released.adopted:
        print(f"Adopted: {released.adopted}. To go back: shopclerk rollback --models")
    else:
        print(f"Refused: {', '.join(released.fallen)} fell beyond the interval. What was in use stays.")


def _command(context: typer.Context) -> str:
    """What makes the same examples and weights again: the options that were given and decide them."""
    typed = ["shopclerk", "train", "generator"]
    for option in context.command.params:
        value = context.params[option.name or ""]
        if option.name not in _AROUND and value != option.default and value:
            values = value if isinstance(value, (list, tuple)) else [value]
            typed += (
                [option.opts[0]] if value is True else [part for one in values for part in (option.opts[0], str(one))]
            )
    return shlex.join(typed)


def _start(start: str, base: str) -> Path | None:
    """The adapter to go on from; none for a new one."""
    if start == "base":
        return None
    if start != "shipped":
        return read_adapter(Path(start)).folder
    shipped = shipped_adapter(base)
    if shipped is None:
        raise TrainingError(f"No adapter for {base!r} is shipped; leave out --from, or give the folder of one.")
    return shipped


def _where(device: str) -> tuple[str, int]:
    """The device, and how many threads compute at once: one a core, each core with a part of the batch."""
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return device, 1 if device != "cpu" else os.cpu_count() or 1


def _pages(shop: str, settings: Settings) -> list[str]:
    """Everything the shop has published."""
    versions = KnowledgeVersions(create_database_engine(settings.sqlalchemy_url))
    version = versions.active(shop)
    if version is None:
        raise UnknownShop(f"The shop {shop!r} has no published pages; run: shopclerk ingest PATH --shop {shop}")
    return [f"{chunk.title}\n{chunk.text}" for chunk in versions.chunks(shop, version)]
