"""Gathers what is learned from: our own messages, plain questions, the public sets that are there, a shop's reviews."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answering.language import LANGUAGES, detect
from bot.insight.training.examples import MoodExample
from bot.insight.training.own_messages import own_messages
from bot.insight.training.public_sets import PUBLIC_SETS, public_set
from bot.insight.training.questions import plain_questions
from bot.insight.training.shop_reviews import LabelledReviews, read_labelled
from knowledge.errors import DataMissing
from knowledge.sources.content import Failure

TWICE = ("own reviews", "vader_tweets")
"""Sources whose examples count twice: a shop's own are few, and so are English ones."""


@dataclass(frozen=True)
class Gathered:
    """What there is to learn from.

    Attributes:
        failures: rows of files that could not be used.
        absent: sentences about sets that are not there.
        other_languages: how many of the shop's own reviews are neither English nor Chinese, by language.
    """

    examples: tuple[MoodExample, ...]
    failures: tuple[Failure, ...]
    absent: tuple[str, ...]
    other_languages: Mapping[str, int]


def gather(data: Path, files: Sequence[Path] = (), *, seed: int = 0) -> Gathered:
    """Everything there is to learn from.

    Args:
        data: folder of the public sets; one that is absent is left out and said so.
        files: of a shop's own labelled reviews.
        seed: of the messages that are made.

    Raises:
        UnreadableFile: a file cannot be used at all.
    """
    own: list[LabelledReviews] = [read_labelled(path) for path in files]
    examples = [*own_messages(seed=seed), *plain_questions(seed=seed)]
    absent = []
    for name in PUBLIC_SETS:
        try:
            examples += public_set(name, data)
        except DataMissing as missing:
            absent.append(str(missing))
    theirs = [example for one in own for example in one.examples]
    spoken = Counter(detect(example.text) for example in theirs)
    return Gathered(
        examples=(*examples, *theirs),
        failures=tuple(failure for one in own for failure in one.failures),
        absent=tuple(absent),
        other_languages={language: n for language, n in spoken.items() if language and language not in LANGUAGES},
    )


def weighted(examples: Sequence[MoodExample]) -> list[MoodExample]:
    """The examples as they are learned from, some twice."""
    return [*examples, *(one for one in examples if one.source in TWICE and one.part == "train")]
