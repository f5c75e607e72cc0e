"""Measures predicted satisfaction against the raters, by cross-validation and on dialogues held out for good."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.insight.satisfaction.model import Satisfaction
from bot.insight.satisfaction.training import FOLDS, RatedTalk, fit_satisfaction

_LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class SatisfactionFigures:
    """One language, measured one way.

    Attributes:
        pearson: of prediction and raters' mean, with a 95 % interval.
        tfidf_pearson: of ridge regression on TF-IDF of the whole dialogue, fitted and measured alike.
        mean_error: mean distance from the raters' mean.
    """

    language: str
    dialogues: int
    measured_by: str
    pearson: float
    interval: tuple[float, float]
    tfidf_pearson: float
    mean_error: float


def measure_satisfaction(
    rated: Sequence[RatedTalk], *, tell: Callable[[str, int, int], None] = lambda _step, _done, _total: None
) -> list[SatisfactionFigures]:
    """By cross-validation over all dialogues, and on the held-out ones by the model that ships."""
    folds = np.array([one.fold for one in rated])
    across, words_across = np.zeros(len(rated)), np.zeros(len(rated))
    for fold in range(FOLDS):
        tell("cross-validating", fold, FOLDS)
        ours, words = _predicted(rated, folds != fold)
        across[folds == fold], words_across[folds == fold] = ours[folds == fold], words[folds == fold]
    tell("held-out dialogues", FOLDS, FOLDS)
    learned = np.array([one.part == "train" for one in rated])
    apart, words_apart = _predicted(rated, learned)
    ways = (
        (f"{FOLDS}-fold cross-validation", np.ones(len(rated), dtype=bool), across, words_across),
        ("held-out dialogues", ~learned, apart, words_apart),
    )
    return [
        _figures(rated, language, way, rows, ours, words) for way, rows, ours, words in ways for language in _LANGUAGES
    ]


def _figures(
    rated: Sequence[RatedTalk], language: str, way: str, rows: np.ndarray, ours: np.ndarray, words: np.ndarray
) -> SatisfactionFigures:
    rows = rows & np.array([one.language == language for one in rated])
    wanted = np.array([one.rating for one in rated])[rows]
    pearson = float(np.corrcoef(ours[rows], wanted)[0, 1])
    return SatisfactionFigures(
        language=language,
        dialogues=int(rows.sum()),
        measured_by=way,
        pearson=pearson,
        interval=_interval(pearson, int(rows.sum())),
        tfidf_pearson=float(np.corrcoef(words[rows], wanted)[0, 1]),
        mean_error=float(np.abs(ours[rows] - wanted).mean()),
    )


def _interval(pearson: float, count: int) -> tuple[float, float]:
    """Fisher's transformation, 95 %."""
    middle, reach = math.atanh(pearson), 1.96 / math.sqrt(max(1, count - 3))
    return math.tanh(middle - reach), math.tanh(middle + reach)


def _predicted(rated: Sequence[RatedTalk], learned: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of all dialogues, by our model and by TF-IDF, both fitted on the learned ones."""
    model = Satisfaction(fit_satisfaction([one for one, use in zip(rated, learned, strict=True) if use]), version="")
    ours = np.array([0.0 if use else model.satisfaction(one.talk) for one, use in zip(rated, learned, strict=True)])
    return ours, _by_words(rated, learned)


def _by_words(rated: Sequence[RatedTalk], learned: np.ndarray) -> np.ndarray:
    """The plainest way: one ridge regression a language on TF-IDF of all that is said."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    said = np.zeros(len(rated))
    texts = np.array(["\n".join(one.text for one in rated_one.talk.said) for rated_one in rated], dtype=object)
    ratings = np.array([one.rating for one in rated])
    for language in _LANGUAGES:
        rows = np.array([one.language == language for one in rated])
        if language == "zh":
            vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
        else:
            vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        matrix = vectorizer.fit_transform(texts[rows & learned])
        model = Ridge(alpha=1.0).fit(matrix, ratings[rows & learned])
        said[rows & ~learned] = model.predict(vectorizer.transform(texts[rows & ~learned]))
    return said
