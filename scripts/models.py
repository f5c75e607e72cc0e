"""`shopclerk models`: the models that install without a model hub."""

import json as json_format
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.answering.adapters import FIGURES, current_adapter, shipped_adapter
from bot.answering.engine_choice import TORCH, chosen_engine
from bot.settings import Settings
from knowledge.embedding import ENGLISH, MULTILINGUAL, PAIR
from knowledge.errors import ShopclerkError
from knowledge.tuned_embedder import is_tuned
from knowledge.weights import CATALOGUE, DEFAULT_MODELS, ModelStore, PackagedModel
from scripts.console import JsonFlag, Tell, note, print_json, print_table, progress

app = typer.Typer(no_args_is_help=True, add_completion=False, epilog="Example: shopclerk models list")


@app.callback()
def models() -> None:
    """List, fetch and verify the models that install without a model hub."""


@app.command("list", epilog="Example: shopclerk models list --json")
def list_models(json: JsonFlag = False) -> None:
    """Every model: what for, which languages, which licence, whether it is here, how large, and how it is tuned."""
    settings, store = Settings(), _store()
    rows: list[dict[str, Any]] = [
        {
            "name": model.name,
            "purpose": model.purpose,
            "languages": model.languages,
            "licence": model.licence,
            "default": model.name in DEFAULT_MODELS,
            "installed": store.installed(model.name),
            "size_mb": round(store.size_bytes(model.name) / 1e6),
            "engine": _engine(model, settings),
            "adapter": _adapter(model, settings.home),
        }
        for model in CATALOGUE.values()
    ]
    if json:
        print_json(rows)
        return
    print_table(
        ("model", "purpose", "runs in", "languages", "licence", "installed", "MB"),
        [
            (
                *(r[one] for one in ("name", "purpose", "engine", "languages", "licence")),
                _yes(r["installed"]),
                r["size_mb"],
            )
            for r in rows
        ],
        title=f"Models in {store.folder}",
    )
    tuned = [(r["name"], r["adapter"]) for r in rows if r["adapter"]]
    if tuned:
        print_table(
            ("base", "tuned weights", *tuned[0][1]["exam"]),
            [(name, adapter["version"], *adapter["exam"].values()) for name, adapter in tuned],
            title="Tuned weights in use, and their answers on examples never trained on",
        )


def _yes(installed: bool) -> str:
    return "yes" if installed else "no"


def _engine(model: PackagedModel, settings: Settings) -> str:
    """What would run it here; embedders have no choice."""
    if model.purpose != "generator":
        return TORCH
    by_itself = {"generator": model.name, "generator_url": ""}
    return chosen_engine(settings.model_copy(update=by_itself))


def _adapter(model: PackagedModel, home: Path) -> dict[str, Any] | None:
    """The tuned weights in use for a model, with the scores that lie beside them."""
    folder = current_adapter(model.name, home) if model.purpose == "generator" else None
    if folder is None:
        return None
    figures = json_format.loads((folder / FIGURES).read_text(encoding="utf-8"))
    exam = {name: f"{share['count']}/{share['of']}" for name, share in figures.get("exam", {}).get("tuned", {}).items()}
    shipped = folder == shipped_adapter(model.name)
    return {"version": "shipped" if shipped else folder.name, "folder": str(folder), "exam": exam}


@app.command(epilog="Example: shopclerk models fetch smollm2-135m-instruct")
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; none: those that settings need.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Fetch models from the package registry, check their SHA-256 and unpack them; a damaged one is replaced."""
    settings = Settings()
    wanted = names or [name for name in needed_models(settings) if not _store().installed(name)]
    fetch_models(_store(), wanted)
    if json:
        print_json([{"name": name, "path": str(_store().path(name))} for name in wanted])
    elif not wanted:
        print("Nothing to fetch: the models that the settings need are here.")


@app.command(epilog="Example: shopclerk models verify")
def verify(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; none: all that are installed.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Read every byte of the models and compare it with what was unpacked."""
    store = _store()
    problems: dict[str, str | None] = {}
    for name in names or [name for name in CATALOGUE if store.present(name)]:
        try:
            store.verify(name)
            problems[name] = None
        except ShopclerkError as error:
            problems[name] = str(error)
    if json:
        print_json([{"name": name, "whole": problem is None, "problem": problem} for name, problem in problems.items()])
    else:
        for name, problem in problems.items():
            print(problem or f"{name}: whole")
    if any(problems.values()):
        raise typer.Exit(1)


def needed_models(settings: Settings) -> list[str]:
    """The packaged models that these settings run on."""
    paired = settings.embedder in ("", PAIR) or is_tuned(Path(settings.embedder))
    embedders = (MULTILINGUAL, ENGLISH) if paired else (settings.embedder,)
    wanted = [name for name in embedders if name in CATALOGUE]
    if settings.generator in CATALOGUE and not settings.generator_url:
        wanted.append(settings.generator)
    return wanted


def fetch_models(store: ModelStore, names: Sequence[str]) -> None:
    """Fetch with progress on stderr."""
    for name in names:
        with progress(f"Fetching {name}") as tell:
            store.fetch(name, partial(_step, tell))
        note(f"Fetched {name} into {store.folder / name}")


def _step(tell: Tell, step: str) -> None:
    tell(step, 0, 0)


def _store() -> ModelStore:
    return ModelStore(Settings().home / "models")
