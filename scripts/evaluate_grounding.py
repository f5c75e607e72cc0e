"""`shopclerk evaluate grounding`: the grounding check itself, on true statements and planted errors."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bot.answering.grounding import GroundingCheck, SentenceCheck
from bot.answering.grounding.weighing import WEIGHTS, read_weights, write_weights
from bot.learning.grounding_evaluation import (
    CheckFigures,
    Claim,
    EmbeddedAhead,
    WordOverlap,
    begin_claims,
    claims,
    measure,
)
from bot.learning.grounding_training import fit_weights
from bot.learning.imaginary import examples
from bot.settings import Settings
from knowledge.embedding import Embedder, load_embedder
from knowledge.errors import DataMissing
from knowledge.weights import ModelStore
from scripts.console import JsonFlag, note, print_json, print_table, progress
from scripts.figures import INTERVALS, estimated, estimated_document

IMAGINARY, BEGIN = "imaginary", "begin"
DATASETS = (IMAGINARY, BEGIN)
Split = Literal["dev", "test"]
SEED = 20261122
FIT_ON, CHOOSE_ON = 900, 700
"""Questions to imaginary shops: of the train split; of dev, for the score from which a sentence passes."""

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk evaluate grounding imaginary --limit 200")
def grounding(
    datasets: Annotated[
        list[str] | None, typer.Argument(help=f"Which of {', '.join(DATASETS)}.", show_default="all")
    ] = None,
    split: Annotated[
        Split, typer.Option(help="Of the imaginary shops: dev, or test, which is never tuned on.")
    ] = "dev",
    limit: Annotated[int, typer.Option(help="So many questions to imaginary shops.", min=1)] = 400,
    wrong: Annotated[bool, typer.Option("--wrong", help="Also list the statements that were misjudged.")] = False,
    fit: Annotated[
        bool, typer.Option("--fit", help="Fit the check's weights on shops of the train split first, and ship them.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    json: JsonFlag = False,
) -> None:
    """Measure the check that holds answers to their evidence, word overlap alone beside it."""
    settings = Settings()
    names = datasets or list(DATASETS)
    for name in names:
        if name not in DATASETS:
            raise typer.BadParameter(f"{name!r} is unknown; expected {', '.join(DATASETS)}")
    embedder = load_embedder(settings.embedder, store=ModelStore(settings.home / "models"), device=settings.device)
    if fit:
        _fit(embedder)
    listed = _sets(names, split, limit, data or settings.data)
    found: list[CheckFigures] = []
    checks: dict[str, GroundingCheck] = {}
    with progress("evaluate grounding") as tell:
        for dataset, claimed in listed.items():
            ahead = EmbeddedAhead(embedder, claimed, on_progress=partial(tell, f"{dataset}, embedding"))
            checks[dataset] = GroundingCheck(ahead, read_weights())
            for name, check in (("word overlap", WordOverlap()), ("grounding check", checks[dataset])):
                tell(f"{dataset}, {name}", 0, 0)
                found += measure(dataset, name, check, claimed)
    if json:
        print_json([_as_json(one) for one in found])
        return
    for dataset in listed:
        _print(dataset, [one for one in found if one.dataset == dataset], split)
    if wrong:
        for dataset, claimed in listed.items():
            _print_wrong(checks[dataset], claimed)


def _fit(embedder: Embedder) -> None:
    with progress("fit the grounding check") as tell:
        listed = list(claims(examples(FIT_ON, split="train", seed=SEED)))
        held_out = list(claims(examples(CHOOSE_ON, split="dev", seed=SEED)))
        ahead = EmbeddedAhead(embedder, [*listed, *held_out], on_progress=lambda *at: tell("embedding", *at))
        weights = fit_weights(listed, held_out, GroundingCheck(ahead), on_progress=lambda *at: tell("reading", *at))
    write_weights(weights)
    note(f"Fitted on {len(listed)} statements and wrote {WEIGHTS}; the next start uses them.")


def _sets(names: Sequence[str], split: Split, limit: int, data: Path) -> dict[str, list[Claim]]:
    """The claims of each set; one whose files are absent is said so and left out, unless it is the only one."""
    listed: dict[str, list[Claim]] = {}
    for name in names:
        try:
            listed[name] = (
                begin_claims(data) if name == BEGIN else list(claims(examples(limit, split=split, seed=SEED)))
            )
        except DataMissing as missing:
            if len(names) == 1:
                raise
            note(str(missing))
    return listed


def _print(dataset: str, found: Sequence[CheckFigures], split: str) -> None:
    headings: tuple[str, ...] = (
        "language",
        "error",
        "true",
        "false",
        "check",
        "AUROC",
        "balanced accuracy",
        "true passed",
        "false passed",
    )
    rows = [
        (
            one.language,
            one.kind.replace("_", " "),
            one.true,
            one.false,
            one.check,
            estimated(one.figures.auroc, one.figures.auroc_interval),
            estimated(one.figures.balanced_accuracy, one.figures.balanced_accuracy_interval),
            f"{one.figures.true_passed:.3f}",
            f"{one.figures.false_passed:.3f}",
        )
        for one in sorted(found, key=lambda one: (one.language, one.kind != "all", one.kind))
    ]
    part = f", {split}" if dataset == IMAGINARY else ""
    print_table(headings, rows, title=f"Grounding, {dataset}{part}: true statements and errors, {INTERVALS}")
    cuts = [
        (one.language, one.check, f"{cut.false_allowed:.0%}", f"{cut.score:.3f}", f"{cut.true_passed:.3f}")
        for one in found
        if one.kind == "all"
        for cut in one.figures.cuts
    ]
    headings = ("language", "check", "errors shown at most", "shown from score", "true shown")
    print_table(headings, cuts, title=f"Grounding, {dataset}{part}: what would be shown from which score")


def _print_wrong(check: SentenceCheck, listed: Sequence[Claim]) -> None:
    for claim in listed:
        verdict = check.check(claim.text, claim.evidence, claim.question)
        if verdict.grounded != claim.true:
            print(
                f"\n{claim.group}, {claim.kind}, score {verdict.score:.2f}, {verdict.reason or 'passed'}: {claim.text}"
            )
            print(f"  nearest: {claim.evidence[verdict.place].text if claim.evidence else ''}")


def _as_json(one: CheckFigures) -> dict[str, Any]:
    return {
        "dataset": one.dataset,
        "check": one.check,
        "language": one.language,
        "kind": one.kind,
        "true": one.true,
        "false": one.false,
        "auroc": estimated_document(one.figures.auroc, one.figures.auroc_interval),
        "balanced_accuracy": estimated_document(one.figures.balanced_accuracy, one.figures.balanced_accuracy_interval),
        "true_passed": one.figures.true_passed,
        "false_passed": one.figures.false_passed,
        "cuts": [asdict(cut) for cut in one.figures.cuts],
    }
