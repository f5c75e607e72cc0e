"""The sets that models are measured on: dev parts of what is learned from, and the golden messages."""

from collections import defaultdict
from collections.abc import Sequence

from bot.insight.evaluation.golden import Split, golden_messages
from bot.insight.evaluation.measuring import MoodSet
from bot.insight.training.examples import MoodExample
from bot.insight.training.public_sets import STC3, VADER_TWEETS, ZH_REVIEWS
from knowledge.embedding import mostly_han

GOLDEN = "golden"
DATASETS = (ZH_REVIEWS, VADER_TWEETS, STC3, GOLDEN)
FEWEST = 20  # texts; fewer tell nothing


def mood_sets(
    examples: Sequence[MoodExample], names: Sequence[str] | None = None, *, golden: Split = "dev"
) -> list[MoodSet]:
    """Every source's dev part by language, and the golden messages.

    Args:
        examples: of all parts.
        names: only these sources; None: all of them, and the golden ones.
        golden: which split of the golden messages.
    """
    grouped: defaultdict[tuple[str, str], list[MoodExample]] = defaultdict(list)
    for example in examples:
        if example.part == "dev" and (names is None or example.source in names):
            grouped[(example.source, "zh" if mostly_han(example.text) else "en")].append(example)
    sets = [
        MoodSet(source, language, [one.text for one in ones], [one.label for one in ones])
        for (source, language), ones in sorted(grouped.items())
        if len(ones) >= FEWEST
    ]
    return sets + (golden_sets(golden) if names is None or GOLDEN in names else [])


def golden_sets(split: Split) -> list[MoodSet]:
    """The golden messages by language."""
    messages = golden_messages(split)
    return [
        MoodSet(
            GOLDEN,
            language,
            [one.text for one in messages if one.language == language],
            [one.label for one in messages if one.language == language],
        )
        for language in ("en", "zh")
    ]
