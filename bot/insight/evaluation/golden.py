"""The golden messages: hand-written shop chat messages with what they feel, apart from all that is trained on."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from bot.insight.sentiment.feeling import Aspect, Label
from bot.insight.training.own_messages import aspects_of, label_of

Split = Literal["dev", "test"]


@dataclass(frozen=True)
class GoldenMessage:
    """One message.

    Attributes:
        tags: what is hard about it: sarcasm, mixed, polite, typo, emoji.
    """

    text: str
    label: Label
    language: str
    aspects: Mapping[Aspect, Label]
    tags: tuple[str, ...]


def golden_messages(split: Split) -> list[GoldenMessage]:
    """The messages of one split; `test` is never tuned on."""
    written = (files("bot.insight") / "golden" / "messages.csv").read_text(encoding="utf-8")
    return [
        GoldenMessage(
            row["text"], label_of(row["label"]), row["language"], aspects_of(row["aspects"]), tuple(row["tags"].split())
        )
        for row in csv.DictReader(written.splitlines())
        if row["split"] == split
    ]
