"""`shopclerk evaluate sentiment`: feelings and aspects, measured beside the usual picks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import InvalidInput
from bot.insight.evaluation.golden import Split, golden_messages
from bot.insight.evaluation.measuring import AspectFigures, MoodFigures, measure, measure_aspects
from bot.insight.evaluation.rivals import Ours, Rival, Snow, TfIdf, Vader
from bot.insight.evaluation.sets import DATASETS, GOLDEN, mood_sets
from bot.insight.sentiment import Sentiment
from bot.insight.sentiment.loading import load_sentiment, weights_in_use
from bot.insight.training.examples import MoodExample
from bot.insight.training.gathering import gather
from bot.insight.training.public_sets import public_set
from bot.settings import Settings
from knowledge.errors import DataMissing
from knowledge.weights import ModelStore
from scripts.console import JsonFlag, note, print_json, print_table, progress

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk evaluate sentiment golden")
def sentiment(
    datasets: Annotated[
        list[str] | None, typer.Argument(help=f"Which of {', '.join(DATASETS)}.", show_default="all")
    ] = None,
    split: Annotated[
        Split, typer.Option(help="Of the golden messages: dev, or test, which is never tuned on.")
    ] = "dev",
    limit: Annotated[int | None, typer.Option(help="So many texts of each set at most.", min=1)] = None,
    model: Annotated[
        Path | None, typer.Option(help="Folder of a trained sentiment model.", show_default="the one in use")
    ] = None,
    rivals: Annotated[bool, typer.Option(help="Also measure VADER, SnowNLP and TF-IDF.")] = True,
    wrong: Annotated[bool, typer.Option("--wrong", help="Also list golden dev messages that were misjudged.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    json: JsonFlag = False,
) -> None:
    """Measure feelings and aspects on text that was not learned from, the usual picks beside each figure.

    A set without neutral texts is a choice between the other two for every model.
    """
    settings = Settings()
    names = datasets or list(DATASETS)
    for name in names:
        if name not in DATASETS:
            raise typer.BadParameter(f"{name!r} is unknown; expected {', '.join(DATASETS)}")
    folder = data or settings.data
    ours = load_sentiment(model or weights_in_use(settings.home), ModelStore(settings.home / "models"))
    found: list[MoodFigures] = []
    with progress("evaluate sentiment") as tell:
        examples = _examples(names, folder)
        sets = [one.first(limit) for one in mood_sets(examples, names, golden=split)]
        ours.classify(["hello", "你好"])  # loads the encoder, which is no part of the speed
        for rival in (Ours(ours), *(_rivals(folder) if rivals else ())):
            for one in sets:
                tell(f"{rival.name} on {one.name} {one.language}", 0, 0)
                found.append(measure(rival, one))
        aspects = _aspects(ours, split) if GOLDEN in names else []
    if json:
        print_json({"feelings": [asdict(one) for one in found], "aspects": [asdict(one) for one in aspects]})
        return
    _print(found, aspects, split)
    if wrong:
        _print_wrong(ours)


def _examples(names: Sequence[str], data: Path) -> list[MoodExample]:
    """The public sets that were named; one that is absent is said so and left out, unless it is the only one."""
    examples: list[MoodExample] = []
    for name in names:
        if name == GOLDEN:
            continue
        try:
            examples += public_set(name, data)
        except DataMissing as missing:
            if len(names) == 1:
                raise
            note(str(missing))
    return examples


def _rivals(data: Path) -> Iterator[Rival]:
    """Those whose packages and texts are there."""

    def tf_idf() -> Rival:
        return TfIdf(gather(data).examples)

    makers: tuple[Callable[[], Rival], ...] = (Vader, Snow, tf_idf)
    for make in makers:
        try:
            yield make()
        except InvalidInput as absent:
            note(str(absent))


def _aspects(sentiment: Sentiment, split: Split) -> list[AspectFigures]:
    messages = golden_messages(split)
    return [
        measure_aspects(sentiment, language, [one for one in messages if one.language == language])
        for language in ("en", "zh")
    ]


def _print(found: Sequence[MoodFigures], aspects: Sequence[AspectFigures], split: Split) -> None:
    rows = [
        (
            one.dataset,
            one.language,
            one.texts,
            one.model,
            f"{one.accuracy:.3f}",
            f"{one.macro_f1:.3f}",
            "" if one.calibration_error is None else f"{one.calibration_error:.3f}",
            f"{one.per_second:,.0f}",
            f"{one.ms_alone:.1f}",
        )
        for one in sorted(found, key=lambda one: (one.dataset, one.language))
    ]
    headings = ("set", "language", "texts", "model", "accuracy", "macro-F1", "calibration error", "texts/s", "ms alone")
    print_table(headings, rows, title=f"Feelings, on what was not learned from; golden {split}")
    if aspects:
        shown = [
            (a.language, a.messages, *(f"{v:.3f}" for v in (a.precision, a.recall, a.f1, a.label_accuracy)))
            for a in aspects
        ]
        print_table(
            ("language", "messages", "precision", "recall", "F1", "feeling right where found"),
            shown,
            title=f"Aspects, golden {split}",
        )


def _print_wrong(sentiment: Sentiment) -> None:
    messages = golden_messages("dev")
    for message, feeling in zip(messages, sentiment.classify([one.text for one in messages]), strict=True):
        said = {one.aspect: one.label for one in feeling.aspects}
        if feeling.label != message.label:
            print(f"\n{message.label}, taken for {feeling.label} ({feeling.score:.2f}): {message.text}")
        elif said != message.aspects:
            print(f"\n{message.text}\n  aspects {dict(message.aspects)}\n  taken for {said}")
