"""The gate: a new sentiment model is adopted only where it is no worse than the one in use on what neither has seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.insight.evaluation.measuring import MoodFigures, measure
from bot.insight.evaluation.rivals import Ours
from bot.insight.evaluation.sets import mood_sets
from bot.insight.sentiment.classifier import Sentiment
from bot.insight.training.examples import MoodExample

MAY_FALL = 0.02
"""Of macro-F1 on one set: on a few hundred texts less than that may be chance."""

MAY_FALL_ON_AVERAGE = 0.003


@dataclass(frozen=True)
class Verdict:
    """Both models set by set, and whether the new one may be used."""

    in_use: tuple[MoodFigures, ...]
    new: tuple[MoodFigures, ...]

    @property
    def fallen(self) -> tuple[str, ...]:
        """The sets on which the new one is worse."""
        pairs = zip(self.in_use, self.new, strict=True)
        return tuple(f"{old.dataset} {old.language}" for old, new in pairs if new.macro_f1 < old.macro_f1 - MAY_FALL)

    @property
    def passed(self) -> bool:
        """No set fell, nor did all of them on average."""
        before = sum(one.macro_f1 for one in self.in_use) / max(1, len(self.in_use))
        after = sum(one.macro_f1 for one in self.new) / max(1, len(self.new))
        return not self.fallen and after >= before - MAY_FALL_ON_AVERAGE


def examine(in_use: Sentiment, new: Sentiment, examples: Sequence[MoodExample]) -> Verdict:
    """Both models on the dev parts and the golden dev messages."""
    sets = mood_sets(examples)
    return Verdict(tuple(measure(Ours(in_use), one) for one in sets), tuple(measure(Ours(new), one) for one in sets))
