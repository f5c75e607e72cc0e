"""One training of the generator from end to end: examples in, a folder with adapter, curve and figures out."""

import importlib.metadata
import json
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.answering.base_fingerprint import base_fingerprint
from bot.errors import TrainingError
from bot.learning.examples import data_card
from bot.learning.training.batching import encode_all, questions_in
from bot.learning.training.card import DATA_CARD, FIGURES, write_card
from bot.learning.training.checkpoint import forget_checkpoint, saving
from bot.learning.training.curve import draw_curve
from bot.learning.training.loop import Tell, tune
from bot.learning.training.mixture import Mixture
from bot.learning.training.page_adapting import adapt, pieces_of
from bot.learning.training.recipe import Recipe
from bot.learning.training.tuned_model import TunedModel
from knowledge.whole_file import replace_text

CURVE, RUN = "curve.png", "run.json"


@dataclass(frozen=True)
class Base:
    """The model that is tuned: its name in settings, and the folder of its weights."""

    name: str
    folder: Path


def train_generator(
    base: Base,
    mixture: Mixture,
    recipe: Recipe,
    out: Path,
    *,
    device: str = "cpu",
    workers: int = 1,
    start: Path | None = None,
    pages: Sequence[str] = (),
    resume: bool = False,
    command: str = "",
    tell: Tell = lambda _step, _done, _total: None,
) -> Path:
    """Tune, and write adapter, curve and figures; the folder of the adapter.

    Args:
        base: what is tuned.
        mixture: the examples.
        recipe: how.
        out: folder for checkpoints and results.
        device: cpu or cuda.
        workers: threads that compute at once.
        start: folder of the adapter to go on from; None: a new one.
        pages: texts of the shop to read before the examples (domain-adaptive pre-training: Gururangan et al. 2020).
        resume: go on from the checkpoint in `out`.
        command: that makes the same examples and weights again, for the card.
        tell: told of the progress.

    Raises:
        TrainingError: the examples are too long, the adapter to go on from is of another shape, there is nothing to
            resume, or the disk is full.
    """
    began = time.time()
    of = f"{base.name} {base_fingerprint(base.folder)} {mixture.hash} {recipe}"
    begun: dict[str, Any] = {
        "start": str(start or ""),
        "command": command,
        "began_from": start_of(start),
        "pages": None,
    }
    run = _read_run(out) if resume else begun
    tell("loading the base", 0, 0)
    model = TunedModel(base.folder, recipe, name=base.name, device=device, workers=workers)
    old = None
    if run["start"]:
        model.take_up(Path(run["start"]))
        old = [master.detach().clone() for master in model.masters]
    train, dev = (
        encode_all(some, model.tokenize, begin=model.begin, longest=recipe.longest, opening=recipe.opening)
        for some in (mixture.train, mixture.dev)
    )
    if not train or not dev:
        raise TrainingError(
            f"All {len(mixture.train)} examples are longer than {recipe.longest} tokens; shorten their passages."
        )
    model.know([*train, *dev, *pieces_of(model, pages)])
    if not resume:
        with saving(out):
            out.mkdir(parents=True, exist_ok=True)
            forget_checkpoint(out)
        if pages:
            run["pages"] = asdict(adapt(model, pages, recipe, tell=tell))
        with saving(out):
            replace_text(out / RUN, json.dumps(run))
    trained = tune(model, train, dev, recipe, out, of=of, begun=old, resume=resume, tell=tell)
    figures = {
        "base": base.name,
        "base_fingerprint": base_fingerprint(base.folder),
        "command": run["command"],
        "recipe": asdict(recipe),
        "began_from": run["began_from"],
        "examples": {
            "train": questions_in(train),
            "dev": questions_in(dev),
            "by_kind": dict(mixture.counts),
            "hash": mixture.hash,
        },
        "training": {
            "ended_by": trained.why,
            "steps": trained.standing.step,
            "examples_seen": trained.standing.examples,
            "tokens": trained.standing.tokens,
            "seconds": round(trained.standing.seconds),
            "tokens_per_second": round(trained.standing.tokens / max(trained.standing.seconds, 1e-6)),
            "dev_loss_before": trained.standing.curve[0]["dev_loss"],
            "dev_loss": trained.standing.best,
            "best_step": trained.standing.best_step,
            "kept_of_start": trained.standing.kept,
            "curve": trained.standing.curve,
        },
        "pages": run["pages"],
        "made": {
            "device": device,
            "workers": workers,
            "machine": platform.machine(),
            "commit": _commit(),
            "began": time.strftime("%Y-%m-%d", time.gmtime(began)),
            **{name: importlib.metadata.version(name) for name in ("torch", "transformers", "peft")},
        },
    }
    with saving(out):
        draw_curve(trained.standing.curve, trained.folder / CURVE, title=f"{base.name}: {trained.standing.step} steps")
        replace_text(trained.folder / FIGURES, json.dumps(figures, indent=1) + "\n")
        (trained.folder / DATA_CARD).write_text(data_card([*mixture.train, *mixture.dev]), encoding="utf-8")
        write_card(trained.folder)
    return trained.folder


def _commit() -> str:
    """The commit of the code that runs; empty where it is no checkout."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    try:
        told = subprocess.run(asked, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told.stdout.strip()


def _read_run(out: Path) -> dict[str, Any]:
    """What the training that is resumed was begun with."""
    try:
        run: dict[str, Any] = json.loads((out / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"There is no training to resume in {str(out)!r} ({error}); leave out --resume to begin one."
        ) from error
    return run


def start_of(start: Path | None) -> dict[str, object] | None:
    """What is known of the adapter that a training went on from: its examples and how long it was trained.

    Raises:
        TrainingError: its figures cannot be read.
    """
    if start is None:
        return None
    try:
        return _told(json.loads((start / FIGURES).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(
            f"{str(start / FIGURES)!r} does not tell how the adapter was made ({error!r}); use --from base."
        ) from error


def _told(figures: Mapping[str, Any]) -> dict[str, object]:
    return {
        "command": figures.get("command", ""),  # earlier versions did not tell it
        "examples": figures["examples"]["hash"],
        "steps": figures["training"]["steps"],
        "tokens": figures["training"]["tokens"],
        "seconds": figures["training"]["seconds"],
        "dev_loss": figures["training"]["dev_loss"],
        "began_from": figures.get("began_from"),
    }
