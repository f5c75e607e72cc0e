"""Measures models on sets of labelled texts: accuracy, macro-F1, calibration error and speed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.insight.evaluation.golden import GoldenMessage
from bot.insight.evaluation.rivals import Rival
from bot.insight.sentiment.classifier import Sentiment
from bot.insight.sentiment.feeling import LABELS, Label

BINS = 10
ALONE = 20  # texts that are timed one at a time


@dataclass(frozen=True)
class MoodSet:
    """Labelled texts in one language; where a set knows no neutral, all models choose between the other two."""

    name: str
    language: str
    texts: Sequence[str]
    labels: Sequence[Label]

    def first(self, count: int | None) -> "MoodSet":
        """The set's first texts; all of them for None."""
        return MoodSet(self.name, self.language, self.texts[:count], self.labels[:count])


@dataclass(frozen=True)
class MoodFigures:
    """What was measured.

    Attributes:
        calibration_error: mean distance of score and share right, in ten bins; None for scores that are no chances.
        per_second: texts, all given at once.
        ms_alone: for one text by itself.
    """

    dataset: str
    language: str
    model: str
    texts: int
    accuracy: float
    macro_f1: float
    calibration_error: float | None
    per_second: float
    ms_alone: float


@dataclass(frozen=True)
class AspectFigures:
    """How well aspects are found (precision, recall, F1 over all aspects), and how many found ones feel right."""

    language: str
    messages: int
    precision: float
    recall: float
    f1: float
    label_accuracy: float


def measure(rival: Rival, one: MoodSet) -> MoodFigures:
    """One model on one set."""
    known = [number for number, label in enumerate(LABELS) if label in one.labels]
    began = time.perf_counter()
    chances = rival.chances(one.texts)[:, known]
    seconds = time.perf_counter() - began
    chances = chances / np.maximum(chances.sum(axis=1, keepdims=True), 1e-12)
    right = np.array([LABELS.index(label) for label in one.labels])
    said = np.array(known)[chances.argmax(axis=1)]
    return MoodFigures(
        dataset=one.name,
        language=one.language,
        model=rival.name,
        texts=len(one.texts),
        accuracy=float((said == right).mean()),
        macro_f1=macro_f1(right, said),
        calibration_error=calibration_error(chances.max(axis=1), said == right) if rival.calibrated else None,
        per_second=len(one.texts) / max(seconds, 1e-9),
        ms_alone=_ms_alone(rival.chances, one.texts[:ALONE]),
    )


def macro_f1(right: np.ndarray, said: np.ndarray) -> float:
    """Mean of the labels' F1, over the labels that are right somewhere."""
    scores = []
    for label in np.unique(right):
        both = ((right == label) & (said == label)).sum()
        scores.append(2 * both / max(1, (right == label).sum() + (said == label).sum()))
    return float(np.mean(scores))


def calibration_error(scores: np.ndarray, hits: np.ndarray) -> float:
    """Expected calibration error: Naeini et al., "Obtaining Well Calibrated Probabilities" (2015), ten equal bins."""
    places = np.minimum((scores * BINS).astype(int), BINS - 1)
    gaps = [
        abs(float(scores[places == place].mean()) - float(hits[places == place].mean())) * (places == place).mean()
        for place in np.unique(places)
    ]
    return float(np.sum(gaps))


def measure_aspects(sentiment: Sentiment, language: str, messages: Sequence[GoldenMessage]) -> AspectFigures:
    """The aspects of golden messages."""
    found = [
        {one.aspect: one.label for one in feeling.aspects}
        for feeling in sentiment.classify([message.text for message in messages])
    ]
    pairs = list(zip(found, (message.aspects for message in messages), strict=True))
    said, wanted = sum(len(one) for one, _ in pairs), sum(len(other) for _, other in pairs)
    both = sum(len(one.keys() & other.keys()) for one, other in pairs)
    felt = sum(one[aspect] == other[aspect] for one, other in pairs for aspect in one.keys() & other.keys())
    precision, recall = both / max(1, said), both / max(1, wanted)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return AspectFigures(language, len(messages), precision, recall, f1, felt / max(1, both))


def _ms_alone(tell: Callable[[Sequence[str]], np.ndarray], texts: Sequence[str]) -> float:
    """The middle one of the times for single texts."""
    times = []
    for text in texts:
        began = time.perf_counter()
        tell([text])
        times.append((time.perf_counter() - began) * 1000)
    return float(np.median(times)) if times else 0.0
