"""Fits the satisfaction model on rated help-desk dialogues."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.insight.satisfaction.model import SatisfactionWeights
from bot.insight.satisfaction.traits import BITS, BLOCK_WEIGHTS, BLOCKS, COUNTED_WEIGHT, blocks, counted
from bot.insight.scoring.talk import Said, Talk
from bot.insight.sentiment.feeling import LABELS
from bot.insight.training.examples import Part, part_of
from bot.insight.training.public_sets import STC3_FILES, dialogues

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

STRENGTH = 2.0
FOLDS = 5


@dataclass(frozen=True)
class RatedTalk:
    """A conversation and the mean of its raters, -2 to 2; `fold` is the same for a dialogue and its translation."""

    talk: Talk
    rating: float
    language: str
    part: Part
    fold: int


def rated_talks(data: Path, chances: Callable[[Sequence[str]], np.ndarray]) -> list[RatedTalk]:
    """The dialogues of stc3 in both languages, with the mood of each of the customer's turns.

    Raises:
        DataMissing: the set is absent.
    """
    found = [(language, dialogue) for language in STC3_FILES for dialogue in dialogues(language, data)]
    texts = [_turn_text(turn) for _, one in found for turn in one["turns"] if turn["sender"] == "customer"]
    told = chances(texts)
    moods = iter((told[:, LABELS.index("positive")] - told[:, LABELS.index("negative")]).tolist())
    rated = []
    for language, dialogue in found:
        said = tuple(
            Said(
                message_id=str(number),
                by_shopper=turn["sender"] == "customer",
                text=_turn_text(turn),
                mood=next(moods) if turn["sender"] == "customer" else None,
            )
            for number, turn in enumerate(dialogue["turns"])
        )
        rating = statistics.mean(dialogue["quality"]["S"])
        part = part_of(dialogue["id"], one_in=5)
        rated.append(RatedTalk(Talk(said, len(said)), rating, language, part, int(dialogue["id"]) % FOLDS))
    return rated


def fit_satisfaction(rated: Sequence[RatedTalk]) -> SatisfactionWeights:
    """Ridge regression on all of these conversations."""
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=STRENGTH).fit(_matrix([one.talk for one in rated]), [one.rating for one in rated])
    size = 1 << BITS
    return SatisfactionWeights(
        grams=model.coef_[: size * len(BLOCKS)].reshape(len(BLOCKS), size),
        counted=model.coef_[size * len(BLOCKS) :],
        constant=float(model.intercept_),
    )


def _turn_text(turn: dict[str, list[str]]) -> str:
    return "\n".join(turn["utterances"])


def _matrix(talks: Sequence[Talk]) -> "csr_matrix":
    """(n_talks, 5 * 2 ** 17 + 15)."""
    from scipy.sparse import csr_matrix, hstack

    size = 1 << BITS
    rows, columns, values = [], [], []
    for row, talk in enumerate(talks):
        for number, (weight, found) in enumerate(zip(BLOCK_WEIGHTS, blocks(talk), strict=True)):
            columns.append(found + number * size)
            rows.append(np.full(len(found), row))
            values.append(np.full(len(found), weight / max(1.0, len(found) ** 0.5)))
    by_words = csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(len(talks), size * len(BLOCKS)),
    )
    by_counts = csr_matrix(COUNTED_WEIGHT * np.stack([counted(talk) for talk in talks]))
    return hstack([by_words, by_counts]).tocsr()
