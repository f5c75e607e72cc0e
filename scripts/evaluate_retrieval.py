"""`shopclerk evaluate retrieval`: words alone, meaning alone, both fused, and reranked, side by side."""

import json as jsonlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.conversation.database import migrate
from bot.settings import Settings
from knowledge.confidence import COEFFICIENTS, fit
from knowledge.database import create_database_engine
from knowledge.documents import Chunk
from knowledge.embedding import Embedder, load_embedder
from knowledge.errors import DataMissing
from knowledge.evaluation.datasets import PUBLIC_SETS, RetrievalSet
from knowledge.evaluation.golden import SHOP_FILES, golden_set, score_samples
from knowledge.evaluation.memory import MemoryIndexes
from knowledge.evaluation.runner import SetResult, evaluate
from knowledge.ingest import Ingestor
from knowledge.reranking import Reranker
from knowledge.reranking_learned import load_reranker
from knowledge.versions import KnowledgeVersions
from knowledge.weights import ModelStore
from scripts.console import JsonFlag, Tell, note, print_json, print_table, progress

GOLDEN = "golden"
SHOP = "demo"
LANGUAGES = ("en", "zh")

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk evaluate retrieval golden epqa abt-buy")
def retrieval(
    datasets: Annotated[
        list[str] | None,
        typer.Argument(help=f"Which of {GOLDEN}, {', '.join(PUBLIC_SETS)}.", show_default="all"),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    embedder: Annotated[
        str | None, typer.Option(help="Embedder to measure.", show_default="SHOPCLERK_EMBEDDER")
    ] = None,
    reranker: Annotated[
        str | None, typer.Option(help="Reranker to measure: a folder, or cues.", show_default="SHOPCLERK_RERANKER")
    ] = None,
    split: Annotated[str, typer.Option(help="Of the golden questions: dev, or test, which is never tuned on.")] = "dev",
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Fit the passages' 0 to 1 score on the golden dev questions again.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Measure search on the golden questions and the public sets."""
    settings = Settings()
    names = datasets or [GOLDEN, *PUBLIC_SETS]
    for name in names:
        if name not in (GOLDEN, *PUBLIC_SETS):
            raise typer.BadParameter(f"{name!r} is unknown; expected {GOLDEN}, {', '.join(PUBLIC_SETS)}")
    if split not in ("dev", "test"):
        raise typer.BadParameter(f"{split!r} is no split; expected dev or test")
    store = ModelStore(settings.home / "models")
    model = load_embedder(settings.embedder if embedder is None else embedder, store=store, device=settings.device)
    closer = load_reranker(settings.reranker if reranker is None else reranker, store=store, device=settings.device)
    with progress("evaluate") as tell:
        if calibrate:
            _calibrate(model, tell)
        results = evaluate_retrieval(names, model, closer, data=data or settings.data, split=split, tell=tell)
    if json:
        print_json([_as_json(result) for result in results])
    else:
        _print(results)


def evaluate_retrieval(
    names: Sequence[str], embedder: Embedder, reranker: Reranker, *, data: Path, split: str = "dev", tell: Tell
) -> list[SetResult]:
    """Measure the named sets; one whose files are absent is said so and left out, unless it is the only one.

    Raises:
        DataMissing: the only set asked for is absent.
    """
    results = []
    for name in names:
        try:
            for measured, indexes in _sets(name, embedder, data, split, tell):
                results.append(evaluate(measured, embedder, reranker=reranker, indexes=indexes, on_progress=tell))
        except DataMissing as missing:
            if len(names) == 1:
                raise
            note(str(missing))
    return results


def _sets(
    name: str, embedder: Embedder, data: Path, split: str, tell: Tell
) -> list[tuple[RetrievalSet, MemoryIndexes]]:
    if name != GOLDEN:
        return [(PUBLIC_SETS[name](data), MemoryIndexes())]
    chunks, indexes = _demo_shop(embedder, tell)
    return [(golden_set(chunks, split=split, language=language), indexes) for language in LANGUAGES]


def _demo_shop(embedder: Embedder, tell: Tell) -> tuple[list[Chunk], MemoryIndexes]:
    """The demo shop ingested as any shop is, into a database that is thrown away."""
    indexes = MemoryIndexes()
    with tempfile.TemporaryDirectory() as folder:
        engine = create_database_engine(f"sqlite:///{Path(folder) / 'evaluation.db'}")
        try:
            migrate(engine)
            Ingestor(engine, indexes, embedder).ingest(
                [SHOP_FILES], shop=SHOP, on_progress=lambda at: tell(at.stage, at.done, at.total)
            )
            versions = KnowledgeVersions(engine)
            number = versions.active(SHOP)
            return ([] if number is None else versions.chunks(SHOP, number)), indexes
        finally:
            engine.dispose()


def _calibrate(embedder: Embedder, tell: Tell) -> None:
    chunks, indexes = _demo_shop(embedder, tell)
    fitted = {}
    for language in LANGUAGES:
        samples = score_samples(chunks, indexes, embedder, language=language)
        weights = fit(samples.dense, samples.keyword, samples.answers)
        fitted[language] = [round(float(weight), 3) for weight in weights]
    COEFFICIENTS.write_text(jsonlib.dumps(fitted) + "\n", "utf-8")
    note(f"Fitted {fitted} and wrote {COEFFICIENTS}; the next start uses them.")


def _as_json(result: SetResult) -> dict[str, Any]:
    return {
        "dataset": result.name,
        "title": result.title,
        "questions": result.questions,
        "methods": {
            one.method: {**one.values, "ms_per_question": round(one.ms_per_question, 2)} for one in result.methods
        },
    }


def _print(results: Sequence[SetResult]) -> None:
    for result in results:
        metrics = list(result.methods[0].values)
        rows = [
            (one.method, *(f"{one.values[metric]:.3f}" for metric in metrics), f"{one.ms_per_question:.1f}")
            for one in result.methods
        ]
        print_table(("method", *metrics, "ms a question"), rows, title=f"{result.title}: {result.questions} questions")
