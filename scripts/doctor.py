"""`shopclerk doctor`: what is installed, which model and device each part runs on, and what to mend."""

import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Literal

import httpx
import typer
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from bot.answering.engine_choice import chosen_engine
from bot.answering.llm import load_chat_model, probe
from bot.answering.smuggled import watched
from bot.settings import Settings
from knowledge.database import create_database_engine
from knowledge.embedding import DEFAULT_EMBEDDER, load_embedder
from knowledge.embedding_lazy import embedder_name
from knowledge.errors import ShopclerkError
from knowledge.versions import KnowledgeVersions
from knowledge.weights import CATALOGUE, ModelStore
from scripts.console import JsonFlag, print_json
from scripts.models import needed_models
from scripts.running import running_server

NEEDED_DISK_BYTES = 2_000_000_000
"""Room for the models, their converted form and the index of a middling shop."""

ENGINE_TIMEOUT_SECONDS = 5.0

ENGINES = {"llama": "llama.cpp", "torch": "torch"}

app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Finding:
    """What is the case with one part, and the command that mends it when something is wrong."""

    part: str
    state: Literal["ok", "note", "problem"]
    what: str
    mend: str = ""


@app.command(epilog="Example: shopclerk doctor --deep")
def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Also load the models: embed a sentence, write a token.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Say what is installed, what runs where, and what to mend."""
    settings = Settings()
    findings = list(examine(settings, deep=deep))
    ready = all(one.state != "problem" for one in findings)
    if json:
        print_json({"ready": ready, "findings": [asdict(one) for one in findings]})
    else:
        for one in findings:
            print(f"{one.state:<8} {one.part:<10} {one.what}")
            if one.mend:
                print(f"{'':<19} → {one.mend}")
    if not ready:
        raise typer.Exit(1)


def examine(settings: Settings, *, deep: bool) -> Iterator[Finding]:
    """Every part in turn; a part that is missing does not keep the others from being looked at."""
    yield _software()
    yield _home(settings.home)
    yield from _models(settings)
    yield _embedder(settings)
    yield _generator(settings)
    yield from _database(settings)
    yield _index(settings)
    yield _server(settings)
    if deep:
        yield from _try_out(settings)


_LIBRARIES = ("torch", "transformers", "sentence-transformers", "chromadb", "langchain-core", "gradio", "fastapi")


def _software() -> Finding:
    found = {name: _version(name) for name in _LIBRARIES}
    missing = [name for name, number in found.items() if not number]
    listed = ", ".join(f"{name} {number}" for name, number in found.items() if number)
    what = f"shopclerk {_version('shopclerk')}, Python {platform.python_version()}, {listed}"
    if missing:
        return Finding("software", "problem", f"{what}; missing: {', '.join(missing)}", "scripts/serve installs them")
    return Finding("software", "ok", what)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _home(home: Path) -> Finding:
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    what = f"{home}: {free / 1e9:.1f} GB free"
    if not os.access(there, os.W_OK):
        return Finding("home", "problem", f"{there} cannot be written", "set SHOPCLERK_HOME to a folder of yours")
    if free < NEEDED_DISK_BYTES:
        return Finding("home", "note", f"{what}, which is little", "free some space, or set SHOPCLERK_HOME elsewhere")
    return Finding("home", "ok", what)


def _models(settings: Settings) -> Iterator[Finding]:
    store = ModelStore(settings.home / "models")
    for name in needed_models(settings):
        try:
            store.path(name)
        except ShopclerkError as error:
            yield Finding("model", "problem", str(error).partition("; run:")[0], f"shopclerk models fetch {name}")
        else:
            yield Finding("model", "ok", f"{name}: {CATALOGUE[name].purpose}, {store.size_bytes(name) / 1e6:.0f} MB")


def _device_name(settings: Settings) -> str:
    import torch

    wanted = settings.device
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if wanted.startswith("cuda") and torch.cuda.is_available():
        return f"{wanted} ({torch.cuda.get_device_name()})"
    return f"{wanted} ({torch.get_num_threads()} threads)" if wanted == "cpu" else wanted


def _embedder(settings: Settings) -> Finding:
    embedder = settings.embedder or DEFAULT_EMBEDDER
    what = f"{embedder} on {_device_name(settings)}"
    try:
        if watched(embedder_name(embedder)):
            return Finding("embedder", "ok", what)
    except ShopclerkError as error:
        return Finding("embedder", "problem", str(error), "shopclerk train embedder, or leave out SHOPCLERK_EMBEDDER")
    unwatched = "sentences that strangers put into pages to command the bot are not told by its vectors"
    return Finding("embedder", "note", f"{what}; {unwatched}", "shopclerk train smuggled")


def _generator(settings: Settings) -> Finding:
    if settings.generator_url:
        return _model_server(settings)
    if settings.generator == "none":
        return Finding("generator", "note", "none: answers are quoted from the pages", "set SHOPCLERK_GENERATOR")
    try:
        engine = chosen_engine(settings)
    except ShopclerkError as error:
        return Finding("generator", "problem", str(error), "set SHOPCLERK_ENGINE=auto")
    return Finding("generator", "ok", f"{settings.generator} on {_device_name(settings)}, run by {ENGINES[engine]}")


def _model_server(settings: Settings) -> Finding:
    url = f"{settings.generator_url.rstrip('/')}/models"
    key = settings.generator_api_key
    try:
        answer = httpx.get(
            url, headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=ENGINE_TIMEOUT_SECONDS
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        return Finding(
            "generator",
            "problem",
            f"the model server at {settings.generator_url} does not answer ({error})",
            "start it, or set SHOPCLERK_GENERATOR_URL (its address ends in /v1)",
        )
    return Finding("generator", "ok", f"{settings.generator} at the model server {settings.generator_url}")


def _database(settings: Settings) -> Iterator[Finding]:
    engine = create_database_engine(settings.sqlalchemy_url)
    shown = engine.url.render_as_string(hide_password=True)
    # Looking must not make an empty database.
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        yield Finding("database", "note", f"{shown} will be made at the first start", "shopclerk ingest PATH...")
        return
    try:
        tables = inspect(engine).get_table_names()
        yield Finding("database", "ok", f"{shown}: {len(tables)} tables")
        yield _knowledge(settings, KnowledgeVersions(engine) if tables else None)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        mend = "start it, or set SHOPCLERK_DATABASE_URL (empty: SQLite in HOME)"
        yield Finding("database", "problem", f"{shown} does not answer ({reason})", mend)
    finally:
        engine.dispose()


def _knowledge(settings: Settings, versions: KnowledgeVersions | None) -> Finding:
    shops = {shop: versions.active(shop) for shop in versions.shops()} if versions else {}
    if settings.shop not in shops:
        what = f"nothing is published for shop {settings.shop!r}"
        return Finding("knowledge", "note", what, f"shopclerk ingest PATH... --shop {settings.shop}")
    listed = ", ".join(f"{shop} (version {number})" for shop, number in shops.items())
    return Finding("knowledge", "ok", f"published: {listed}")


def _index(settings: Settings) -> Finding:
    if not settings.chroma_url:
        return Finding("index", "ok", f"Chroma files in {settings.home}")
    url = f"{settings.chroma_url.rstrip('/')}/api/v2/heartbeat"
    try:
        httpx.get(url, timeout=ENGINE_TIMEOUT_SECONDS).raise_for_status()
    except httpx.HTTPError as error:
        return Finding(
            "index",
            "problem",
            f"the Chroma server at {settings.chroma_url} does not answer ({error})",
            "start it with `chroma run`, or set SHOPCLERK_CHROMA_URL (empty: files in HOME)",
        )
    return Finding("index", "ok", f"Chroma server at {settings.chroma_url}")


def _server(settings: Settings) -> Finding:
    try:
        server = running_server(settings.home)
    except ShopclerkError as error:
        return Finding("server", "problem", str(error), "stop it and start it again")
    if server is None:
        return Finding("server", "note", "not running", "shopclerk serve")
    return Finding("server", "ok", f"running at {server.url} (process {server.pid})")


def _try_out(settings: Settings) -> Iterator[Finding]:
    """Load what is set and see something come out of it."""
    store = ModelStore(settings.home / "models")
    try:
        vector = load_embedder(settings.embedder, store=store, device=settings.device).embed_questions(["Hello"])
        yield Finding("embedder", "ok", f"gave {vector.shape[1]} numbers for a sentence")
    except ShopclerkError as error:
        yield Finding("embedder", "problem", str(error), "shopclerk models fetch")
    try:
        model = load_chat_model(settings, store)
        if model is not None:
            probe(model)
            yield Finding("generator", "ok", "wrote a token")
    except ShopclerkError as error:
        yield Finding("generator", "problem", str(error), "shopclerk models fetch, or SHOPCLERK_GENERATOR=none")
