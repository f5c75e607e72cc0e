"""`shopclerk train embedder`: tunes one of the two built-in embedders, and adopts it where it finds more."""

import hashlib
import json as json_format
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.errors import TrainingError
from bot.learning.examples import Split
from bot.learning.imaginary.assemble import examples
from bot.learning.imaginary.drawing import Language
from bot.settings import Settings
from knowledge.embedding import ENGLISH, MULTILINGUAL, Embedder, load_embedder, load_model
from knowledge.errors import DataMissing
from knowledge.reranking_learned import load_reranker
from knowledge.training.choosing import fused_scores, interval
from knowledge.training.embedder import EmbedderRecipe, train_embedder
from knowledge.training.group_files import read_groups
from knowledge.training.ranked_groups import (
    RankedGroup,
    answered_groups,
    attribute_groups,
    evidence_groups,
    held_out,
    said_groups,
    trained_on,
)
from knowledge.training.reranker import Trained, precisions
from knowledge.tuned_embedder import DESCRIPTION, FIGURES, WEIGHTS
from knowledge.weights import ModelStore
from knowledge.whole_folder import put_folder
from scripts.console import JsonFlag, Tell, note, print_json, print_table, progress
from scripts.evaluate_retrieval import GOLDEN, evaluate_retrieval

if TYPE_CHECKING:
    from torch import Tensor

LANGUAGES: Mapping[str, tuple[Language, ...]] = {ENGLISH: ("en",), MULTILINGUAL: ("zh", "en")}
EVIDENCE_TWICE = 2  # it is the nearest to what shops have, and the smallest part
TEXTS = 6
SAID_SHARE = 3  # a third of what people answered, beside all that is evidence
HELD_OUT_ATTRIBUTES = HELD_OUT_IMAGINARY = 120  # questions; more would outweigh the evidence
GUARDED = "hit@5"

app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Verdict:
    """What the tuned embedder does to search.

    Attributes:
        before, after: mean average precision of the held-out questions, words and meaning fused.
        gain: 95 % interval of the difference.
        golden: hit@5 of the golden dev questions by set, before and after, as delivered.
    """

    before: float
    after: float
    gain: tuple[float, float]
    golden: Mapping[str, tuple[float, float]]

    @property
    def fallen(self) -> tuple[str, ...]:
        """Sets of golden questions of which fewer are found."""
        return tuple(name for name, (before, after) in self.golden.items() if after < before)

    @property
    def helps(self) -> bool:
        """Whether it finds more beyond chance, and nothing guarded falls."""
        return self.gain[0] > 0 and not self.fallen


@app.command(epilog="Example: shopclerk train embedder --minutes 15")
def embedder(
    base: Annotated[str, typer.Option(help=f"Which of the pair: {' or '.join(LANGUAGES)}.")] = ENGLISH,
    minutes: Annotated[float, typer.Option(min=0.01, help="How long to learn at most.")] = 15,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the examples at most.")] = 3,
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    pairs: Annotated[
        list[Path] | None, typer.Option(help="Further questions with texts, JSON lines; may be repeated.")
    ] = None,
    imaginary: Annotated[int, typer.Option(min=0, help="Examples from imaginary shops.")] = 2_000,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the result.", show_default="HOME/training/embedder")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of drawing, order and first weights.")] = 0,
    json: JsonFlag = False,
) -> None:
    """Teach an embedder which passages answer; kept only where search finds more and the golden questions lose nothing.

    It learns from public product questions, imaginary shops and files of your own.
    """
    if base not in LANGUAGES:
        raise typer.BadParameter(f"{base!r} is no embedder of the pair; expected {' or '.join(LANGUAGES)}")
    settings = Settings()
    folder = out or settings.home / "training" / "embedder"
    sets = data or settings.data
    own = [group for path in pairs or () for group in _read(path)]
    draw, waiting = _examples(sets, own, base=base, imaginary=imaginary, seed=seed)
    store = ModelStore(settings.home / "models")
    recipe = EmbedderRecipe(epochs=epochs, minutes=minutes, seed=seed)
    with progress("embedder") as tell:
        model = load_model(base, store=store, device=settings.device)
        change, trained = train_embedder(model, draw, waiting, recipe, on_progress=tell)
        fresh = _write(change, folder, base=base, scale=recipe.scale)
        before, after = (
            load_embedder(name, store=store, device=settings.device) for name in (settings.embedder, str(fresh))
        )
        verdict = _judge(before, after, waiting, settings, sets, tell)
    figures = {"base": base, **asdict(verdict), "fallen": verdict.fallen, "adopted": verdict.helps}
    figures |= {**asdict(trained), "recipe": asdict(recipe)}
    kept = _put(fresh, folder if verdict.helps else folder.with_name(f"{folder.name}-refused"), figures)
    if json:
        print_json({**figures, "folder": str(kept)})
    else:
        _print(verdict, trained, kept)
    if not verdict.helps:
        raise typer.Exit(1)


def _read(path: Path) -> list[RankedGroup]:
    """The groups of a file; an empty one was hardly meant."""
    groups = list(read_groups(path))
    if not groups:
        raise DataMissing(f"{str(path)!r} holds no question; expected JSON lines, or leave out --pairs.")
    return groups


def _examples(
    data: Path, own: Sequence[RankedGroup], *, base: str, imaginary: int, seed: int
) -> tuple[Callable[[int], Sequence[RankedGroup]], list[RankedGroup]]:
    """What draws an epoch's groups, and the groups held out."""
    evidence, attributes = evidence_groups(data), attribute_groups(data)
    waiting = held_out(evidence) + held_out(attributes)[:HELD_OUT_ATTRIBUTES]
    if not waiting or not trained_on(evidence):
        raise DataMissing(f"The public sets in {str(data)!r} hold too few questions to learn from and to measure on.")
    waiting += imaginary_groups(min(imaginary, HELD_OUT_IMAGINARY), split="dev", seed=seed, languages=LANGUAGES[base])

    def draw(epoch: int) -> list[RankedGroup]:
        chance = random.Random(f"{seed}-{epoch}")
        said = trained_on(said_groups(data, seed=seed + epoch))
        return [
            *(one.sampled(TEXTS, chance) for one in trained_on(evidence) * EVIDENCE_TWICE),
            *(one.sampled(TEXTS, chance) for one in trained_on(attributes)),
            *trained_on(answered_groups(data, seed=seed + epoch)),
            *chance.sample(said, len(said) // SAID_SHARE),
            *imaginary_groups(imaginary, split="train", seed=seed + epoch, languages=LANGUAGES[base]),
            *own,
        ]

    return draw, waiting


def imaginary_groups(count: int, *, split: Split, seed: int, languages: Sequence[Language]) -> list[RankedGroup]:
    """Questions to imaginary shops with the passages that answer, and those beside them.

    Args:
        count: of examples that are drawn; those whose passages all answer, or none, give no group.
        split: train and dev share no template.
        seed: other shops and questions.
        languages: of the examples.
    """
    share = count // len(languages)
    drawn = [one for spoken in languages for one in examples(share, split=split, seed=seed, language=spoken)]
    return [
        RankedGroup(
            "imaginary",
            one.id,
            one.question,
            tuple(passage.replace(": ", "\n", 1) for passage in one.passages),
            tuple(number in one.cited for number in range(1, len(one.passages) + 1)),
        )
        for one in drawn
        if one.cited and len(set(one.cited)) < len(one.passages) and not one.history and "injection" not in one.tags
    ]


def _judge(
    before: Embedder, after: Embedder, waiting: Sequence[RankedGroup], settings: Settings, data: Path, tell: Tell
) -> Verdict:
    """Both embedders over what is held out and over the golden dev questions."""
    tell("measuring", 0, 0)
    old, new = (precisions(waiting, fused_scores(waiting, one)) for one in (before, after))
    reranker = load_reranker(settings.reranker, store=ModelStore(settings.home / "models"), device=settings.device)
    golden = [evaluate_retrieval([GOLDEN], one, reranker, data=data, tell=tell) for one in (before, after)]
    found = [{one.name: one.methods[-1].values[GUARDED] for one in results} for results in golden]
    guarded = {name: (hits, found[1][name]) for name, hits in found[0].items()}
    return Verdict(float(old.mean()), float(new.mean()), interval(new - old), guarded)


def _write(change: "Mapping[str, Tensor]", folder: Path, *, base: str, scale: float) -> Path:
    """The tuned embedder in a folder beside the one that it may replace."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    fresh = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        save_file(dict(change), fresh / WEIGHTS)
        digest = hashlib.sha256((fresh / WEIGHTS).read_bytes()).hexdigest()[:12]
        described = {"base": base, "scale": scale, "digest": digest}
        (fresh / DESCRIPTION).write_text(json_format.dumps(described) + "\n", "utf-8")
    except (OSError, SafetensorError) as error:
        raise _unwritten(folder, error) from error
    return fresh


def _put(fresh: Path, folder: Path, figures: Mapping[str, Any]) -> Path:
    """Put the new folder where it belongs."""
    try:
        (fresh / FIGURES).write_text(json_format.dumps(figures, indent=1) + "\n", "utf-8")
        put_folder(fresh, folder)
    except OSError as error:
        raise _unwritten(folder, error) from error
    return folder


def _unwritten(folder: Path, error: Exception) -> TrainingError:
    return TrainingError(
        f"The tuned embedder could not be written to {str(folder)!r} ({error}); what was there before is whole. "
        "Make room, or give another folder with --out."
    )


def _print(verdict: Verdict, trained: Trained, folder: Path) -> None:
    rows = [("held-out questions, MAP", f"{verdict.before:.3f}", f"{verdict.after:.3f}")]
    rows += [(f"{name}, {GUARDED}", f"{old:.3f}", f"{new:.3f}") for name, (old, new) in verdict.golden.items()]
    print_table(("measure", "in use", "tuned"), rows, title=f"Search, after {trained.steps} steps")
    gain = f"{verdict.gain[0]:+.3f} to {verdict.gain[1]:+.3f}"
    if verdict.helps:
        note(
            f"Better by {gain} (95 %); it is in {folder}. To use it: SHOPCLERK_EMBEDDER={folder}; the next start "
            "makes the vectors of all passages anew."
        )
        return
    reason = f"{', '.join(verdict.fallen)} fell" if verdict.fallen else f"the difference of {gain} (95 %) may be chance"
    note(f"Not adopted: {reason}. The embedder in use stays; the refused one is in {folder}.")
