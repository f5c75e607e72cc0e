"""`shopclerk train reranker`: teaches the reader of question and passage, and adopts it if it ranks better."""

import json as json_format
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.settings import Settings
from knowledge.embedding import ENGLISH, load_embedder
from knowledge.errors import DataMissing
from knowledge.reranking_learned import DESCRIPTION, WEIGHTS
from knowledge.training.choosing import Choice, choose, fused_scores
from knowledge.training.ranked_groups import (
    RankedGroup,
    answered_groups,
    attribute_groups,
    evidence_groups,
    held_out,
    trained_on,
)
from knowledge.training.reranker import RerankerRecipe, Trained, train_reader, verdicts_of
from knowledge.weights import ModelStore
from scripts.console import JsonFlag, note, print_json, print_table, progress

if TYPE_CHECKING:
    from torch import Tensor

FIGURES = "figures.json"
EVIDENCE_TWICE = 2  # it is the nearest to what shops have, and the smallest part
TEXTS_OF_EVIDENCE, TEXTS_OF_ATTRIBUTES = 8, 5
HELD_OUT_ATTRIBUTES = 120  # questions; more would outweigh the evidence

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk train reranker --minutes 15")
def reranker(
    minutes: Annotated[float, typer.Option(min=0.01, help="How long to learn at most.")] = 15,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the examples at most.")] = 3,
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the result.", show_default="HOME/training/reranker")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of drawing, order and first weights.")] = 0,
    json: JsonFlag = False,
) -> None:
    """Teach the reranker on public product questions; kept only where it ranks held-out questions better."""
    settings = Settings()
    folder = out or settings.home / "training" / "reranker"
    groups, waiting = _examples(data or settings.data, seed)
    store = ModelStore(settings.home / "models")
    from knowledge.reranking_reader import PairReader

    reader = PairReader(store.path(ENGLISH))
    recipe = RerankerRecipe(epochs=epochs, minutes=minutes, seed=seed)
    with progress("reranker") as tell:
        trained = train_reader(reader, groups, waiting, recipe, on_progress=tell)
        tell("measuring", 0, 0)
        fused = fused_scores(waiting, load_embedder("", store=store, device=settings.device))
        choice = choose(waiting, fused, verdicts_of(reader, waiting))
    figures = {**asdict(choice), "adopted": choice.helps, **asdict(trained), "recipe": asdict(recipe)}
    if choice.helps:
        _save(reader.trained_for_saving(), choice, figures, folder, reader.layers_alone)
    if json:
        print_json({**figures, "folder": str(folder) if choice.helps else None})
    else:
        _print(choice, trained, folder)
    if not choice.helps:
        raise typer.Exit(1)


def _examples(data: Path, seed: int) -> tuple[Callable[[int], Sequence[RankedGroup]], list[RankedGroup]]:
    """What draws an epoch's groups, and the groups held out."""
    evidence, attributes = evidence_groups(data), attribute_groups(data)
    waiting = held_out(evidence) + held_out(attributes)[:HELD_OUT_ATTRIBUTES]
    if not waiting or not trained_on(evidence):
        raise DataMissing(f"The public sets in {str(data)!r} hold too few questions to learn from and to measure on.")

    def draw(epoch: int) -> list[RankedGroup]:
        chance = random.Random(f"{seed}-{epoch}")
        return [
            *(one.sampled(TEXTS_OF_EVIDENCE, chance) for one in trained_on(evidence) * EVIDENCE_TWICE),
            *(one.sampled(TEXTS_OF_ATTRIBUTES, chance) for one in trained_on(attributes)),
            *trained_on(answered_groups(data, seed=seed + epoch)),
        ]

    return draw, waiting


def _save(weights: "dict[str, Tensor]", choice: Choice, figures: object, folder: Path, layers_alone: int) -> None:
    """Weights last: a folder without them is no reranker."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    described = {
        "base": ENGLISH,
        "layers_alone": layers_alone,
        "slope": round(choice.slope, 4),
        "constant": round(choice.constant, 4),
        "weight": choice.weight,
    }
    (folder / DESCRIPTION).write_text(json_format.dumps(described) + "\n", "utf-8")
    (folder / FIGURES).write_text(json_format.dumps(figures, indent=1) + "\n", "utf-8")
    unfinished = folder / f"{WEIGHTS}.part"
    save_file(weights, unfinished)
    unfinished.replace(folder / WEIGHTS)


def _print(choice: Choice, trained: Trained, folder: Path) -> None:
    rows = [("without", f"{choice.before:.3f}", ""), ("with", f"{choice.after:.3f}", f"weight {choice.weight}")]
    print_table(
        ("reranker", "mean average precision", ""), rows, title=f"Held-out questions, after {trained.steps} steps"
    )
    gain = f"{choice.gain[0]:+.3f} to {choice.gain[1]:+.3f}"
    if choice.helps:
        note(f"Better by {gain} (95 %); it is in {folder}. To use it: SHOPCLERK_RERANKER={folder}")
    else:
        note(f"Not kept: the difference of {gain} (95 %) may be chance. Train longer, or on more questions.")
