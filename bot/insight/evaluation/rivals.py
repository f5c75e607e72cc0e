"""The usual picks to measure beside ours: VADER, SnowNLP, and a linear model on TF-IDF of characters."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from bot.errors import InvalidInput
from bot.insight.sentiment.classifier import Sentiment
from bot.insight.sentiment.feeling import LABELS
from bot.insight.training.examples import MoodExample

_VADER_NEUTRAL = 0.05  # as its authors advise
_SNOW_NEUTRAL = 0.2  # around one half
MOST_CHARACTERS = 2000  # SnowNLP takes seconds for a page


class Rival(Protocol):
    """Tells feelings in its own way.

    Attributes:
        name: in the table.
        calibrated: whether its scores mean chances.
    """

    name: str
    calibrated: bool

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """Of the three labels, (n_texts, 3)."""
        ...


class Ours:
    """The model that is in use, or one that is to be."""

    name, calibrated = "shopclerk", True

    def __init__(self, sentiment: Sentiment) -> None:
        self._sentiment = sentiment

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """Of the three labels, (n_texts, 3)."""
        return np.array([[feeling.scores[label] for label in LABELS] for feeling in self._sentiment.classify(texts)])


class Vader:
    """Hutto and Gilbert, "VADER" (2014): a lexicon with rules, English.

    Raises:
        InvalidInput: the package is not installed.
    """

    name, calibrated = "VADER", False

    def __init__(self) -> None:
        try:
            from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
        except ImportError as error:
            raise _absent("vaderSentiment") from error
        self._analyzer = SentimentIntensityAnalyzer()

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """As it decides: 0.05 and more is positive, -0.05 and less negative; more of it, more sure."""
        return np.array([self._one(text) for text in texts])

    def _one(self, text: str) -> list[float]:
        return _by_value(float(self._analyzer.polarity_scores(text)["compound"]), _VADER_NEUTRAL)


class Snow:
    """SnowNLP: naive Bayes over words, Chinese, trained on shop reviews.

    Raises:
        InvalidInput: the package is not installed.
    """

    name, calibrated = "SnowNLP", True

    def __init__(self) -> None:
        try:
            from snownlp import SnowNLP
        except ImportError as error:
            raise _absent("snownlp") from error
        self._read = SnowNLP

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """Its chance of positive; a fifth around one half is neutral."""
        return np.array([self._one(text) for text in texts])

    def _one(self, text: str) -> list[float]:
        if not text.strip():
            return [0.0, 1.0, 0.0]
        return _by_value(2 * float(self._read(text[:MOST_CHARACTERS]).sentiments) - 1, _SNOW_NEUTRAL)


class TfIdf:
    """Logistic regression on TF-IDF of one to four characters, fitted on the same train part as ours."""

    name, calibrated = "TF-IDF", True

    def __init__(self, examples: Sequence[MoodExample]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        learned = [example for example in examples if example.part == "train"]
        self._vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=3, sublinear_tf=True)
        matrix = self._vectorizer.fit_transform(example.text for example in learned)
        self._models = [
            LogisticRegression(C=4.0, solver="liblinear", dual=True, max_iter=200).fit(
                matrix, [example.label == label for example in learned]
            )
            for label in LABELS
        ]

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """One against the rest, made to sum to 1."""
        matrix = self._vectorizer.transform(texts)
        each = np.stack([model.predict_proba(matrix)[:, 1] for model in self._models], axis=1)
        return np.asarray(each / each.sum(axis=1, keepdims=True))


def _by_value(value: float, neutral: float) -> list[float]:
    """A value of -1 to 1 as three scores whose greatest is the decision."""
    positive = (value + 1) / 2
    if abs(value) < neutral:
        return [(1 - positive) / 4, 0.75, positive / 4]
    return [1 - positive, 0.0, positive]


def _absent(package: str) -> InvalidInput:
    return InvalidInput(f"The package {package!r} is not installed; it comes with: pip install 'shopclerk[dev]'")
