"""The public sets that feelings are learned from and measured on: Chinese reviews, English tweets, help-desk talk."""

import csv
import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.insight.sentiment.feeling import Label
from bot.insight.training.examples import MoodExample, part_of
from knowledge.errors import DataMissing

ZH_REVIEWS, VADER_TWEETS, STC3 = "zh_reviews", "vader_tweets", "stc3"
PUBLIC_SETS = (ZH_REVIEWS, VADER_TWEETS, STC3)

FELT = 0.5
"""From this mean rating on, of -4 to 4 for tweets and -2 to 2 for talk, most raters agree that something is felt."""

STC3_FILES = {"zh": "cn_dev.jsonl", "en": "en_dev.jsonl"}


def public_set(name: str, data: Path) -> list[MoodExample]:
    """All examples of a set.

    Args:
        name: `zh_reviews`, `vader_tweets` or `stc3`.
        data: folder of the public sets.

    Raises:
        DataMissing: no such set, or its files are absent.
    """
    readers = {ZH_REVIEWS: _zh_reviews, VADER_TWEETS: _vader_tweets, STC3: _stc3}
    if name not in readers:
        raise DataMissing(f"{name!r} is no public set of feelings; expected one of {', '.join(PUBLIC_SETS)}.")
    try:
        return list(readers[name](data))
    except FileNotFoundError as error:
        raise DataMissing(
            f"The set {name!r} is not in {str(data)!r} ({error.filename} is absent); set SHOPCLERK_DATA to its folder."
        ) from error


def dialogues(language: str, data: Path) -> list[dict[str, Any]]:
    """The help-desk dialogues of stc3 in one language, as the file has them.

    Raises:
        DataMissing: the file is absent.
    """
    path = data / STC3 / STC3_FILES[language]
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError as error:
        raise DataMissing(f"There is no file {str(path)!r}; set SHOPCLERK_DATA to the folder of the sets.") from error


def _zh_reviews(data: Path) -> Iterator[MoodExample]:
    path = data / ZH_REVIEWS / "online_shopping_train.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            label: Label = "positive" if row["label"] == "1" else "negative"
            yield MoodExample(row["review"], label, ZH_REVIEWS, part_of(row["review"]))


def _vader_tweets(data: Path) -> Iterator[MoodExample]:
    path = data / VADER_TWEETS / "tweets_GroundTruth.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        _, rating, text = line.split("\t")
        yield MoodExample(text, _felt(float(rating)), VADER_TWEETS, part_of(text, one_in=5))


def _stc3(data: Path) -> Iterator[MoodExample]:
    """All that the customer says in dialogues whose raters agree; a dialogue and its translation share a part."""
    for language in STC3_FILES:
        for dialogue in dialogues(language, data):
            label = _felt(statistics.mean(dialogue["quality"]["S"]))
            if label != "neutral":
                said = [
                    part for turn in dialogue["turns"] if turn["sender"] == "customer" for part in turn["utterances"]
                ]
                yield MoodExample("\n".join(said), label, STC3, part_of(dialogue["id"], one_in=5))


def _felt(rating: float) -> Label:
    if abs(rating) < FELT:
        return "neutral"
    return "positive" if rating > 0 else "negative"
