"""`shopclerk train sentiment`: teaches what feelings sound like, and adopts the new model if it is no worse."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.adapter_shelf import AdapterShelf
from bot.insight.evaluation.gate import Verdict, examine
from bot.insight.evaluation.measuring import MoodFigures
from bot.insight.sentiment.encoder import load_encoder
from bot.insight.sentiment.loading import SHELF, sentiment_with, weights_in_use
from bot.insight.sentiment.weights import read_weights, write_weights
from bot.insight.training.encoder_tuning import EncoderRecipe, TunedEncoder, tune_encoder
from bot.insight.training.gathering import Gathered, gather, weighted
from bot.insight.training.training import encoder_of, train_heads
from bot.settings import Settings
from knowledge.embedding import MULTILINGUAL
from knowledge.weights import ModelStore
from scripts.console import JsonFlag, note, print_json, print_table, progress

SHOWN_FAILURES = 20
GENTLE = 0.25
"""Of the full learning rate: what goes on from a tuned encoder must not forget it."""

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk train sentiment --csv my-reviews.csv")
def sentiment(
    csv: Annotated[
        list[Path] | None, typer.Option("--csv", help="Your own reviews, columns text and label; may be repeated.")
    ] = None,
    minutes: Annotated[
        float,
        typer.Option(min=0.0, help="How long to tune the encoder; 0: only what stands on it, in a minute or two."),
    ] = 0.0,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Tune from the packaged encoder, not on from the model in use; needs --minutes."),
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the result.", show_default="HOME/training/sentiment")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of made messages and order.")] = 0,
    json: JsonFlag = False,
) -> None:
    """Teach what feelings sound like, also on your own labelled reviews, and adopt the model if it is no worse."""
    if anew and not minutes:
        raise typer.BadParameter("--anew tunes from the start: give it --minutes, such as 40")
    settings = Settings()
    gathered = gather(data or settings.data, csv or (), seed=seed)
    _tell_of(gathered)
    used = read_weights(weights_in_use(settings.home))
    store = ModelStore(settings.home / "models")
    packaged = store.path(MULTILINGUAL)
    examples = weighted(gathered.examples)
    folder = out or settings.home / "training" / "sentiment"
    with progress("train sentiment") as tell:
        tuned, encoder = encoder_of(used, packaged)
        if minutes:
            recipe = EncoderRecipe(minutes=minutes, seed=seed)
            recipe = recipe if anew else replace(recipe, rate=recipe.rate * GENTLE)
            start: TunedEncoder | None = None if anew else tuned
            tuned = tune_encoder(examples, packaged, recipe, start=start, tell=tell)
            encoder = load_encoder(packaged, tuned.layers)
        weights = train_heads(examples, tuned, encoder, lexicon=dict(used.lexicon), tell=tell)
        write_weights(weights, folder)
        tell("measuring", 0, 0)
        new = read_weights(folder)
        verdict = examine(sentiment_with(used, store), sentiment_with(new, store), gathered.examples)
    adopted = AdapterShelf(settings.home, SHELF).adopt(folder) if verdict.passed else None
    _show(verdict, folder, adopted, gathered, json=json)
    if not adopted:
        raise typer.Exit(1)


def _tell_of(gathered: Gathered) -> None:
    for sentence in gathered.absent:
        note(f"{sentence} It is left out.")
    for one in gathered.failures[:SHOWN_FAILURES]:
        column = f", column {one.column!r}" if one.column else ""
        note(f"{one.path}, line {one.line}{column}: {one.reason}")
    if len(gathered.failures) > SHOWN_FAILURES:
        note(f"… and {len(gathered.failures) - SHOWN_FAILURES} more rows that cannot be used.")
    for language, count in gathered.other_languages.items():
        note(f"{count} of your reviews are in {language!r}; the model was measured in English and Chinese only.")
    parts = [sum(example.part == part for example in gathered.examples) for part in ("train", "tune", "dev")]
    note(f"{parts[0]:,} examples to learn from, {parts[1]:,} to weigh the parts with, {parts[2]:,} to measure on.")


def _show(verdict: Verdict, folder: Path, adopted: Path | None, gathered: Gathered, *, json: bool) -> None:
    if json:
        print_json(
            {
                "folder": str(folder),
                "adopted": str(adopted) if adopted else None,
                "fallen": verdict.fallen,
                "failed": [asdict(one) for one in gathered.failures],
                "in_use": [asdict(one) for one in verdict.in_use],
                "new": [asdict(one) for one in verdict.new],
            }
        )
        return
    rows = [_row(old, new) for old, new in zip(verdict.in_use, verdict.new, strict=True)]
    headings = ("set", "language", "texts", "accuracy in use", "new", "macro-F1 in use", "new")
    print_table(headings, rows, title="What neither model has learned from")
    if adopted:
        print(f"Adopted: {adopted}. A running server uses it from its next start and scores again what it has scored.")
    else:
        worse = ", ".join(verdict.fallen) or "the average"
        print(f"Refused: {worse} fell. What was in use stays; the new model lies in {folder}.")


def _row(old: MoodFigures, new: MoodFigures) -> tuple[object, ...]:
    scores = (old.accuracy, new.accuracy, old.macro_f1, new.macro_f1)
    return (old.dataset, old.language, old.texts, *(f"{score:.3f}" for score in scores))
