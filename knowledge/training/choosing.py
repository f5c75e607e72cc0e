"""Choice: what the trained reader's verdict weighs beside the fused score, and whether it helps at all.

Everything is chosen on groups held out from training; the gain comes with an interval from a paired bootstrap over the
questions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.documents import Chunk
from knowledge.embedding import Embedder
from knowledge.evaluation.memory import MemoryIndexes, MemoryVersions
from knowledge.filters import SearchFilters
from knowledge.reranking import AnswerCueReranker
from knowledge.search import Searcher
from knowledge.training.ranked_groups import RankedGroup
from knowledge.training.reranker import precisions

SHOP = "held-out"
RESAMPLED = 2_000
SEED = 0


@dataclass(frozen=True)
class Choice:
    """How a trained reader is used.

    Attributes:
        weight: of its log-odds, in units of similarity.
        slope, constant: make a chance of its log-odds.
        before, after: mean average precision of the held-out groups without and with it.
        gain: 95 % interval of the difference.
    """

    weight: float
    slope: float
    constant: float
    before: float
    after: float
    gain: tuple[float, float]

    @property
    def helps(self) -> bool:
        """Whether it ranks better beyond chance."""
        return self.gain[0] > 0


def choose(groups: Sequence[RankedGroup], fused: Sequence[np.ndarray], verdicts: Sequence[np.ndarray]) -> Choice:
    """Weight, chance and gain of a trained reader.

    Args:
        groups: held out from training.
        fused: what search gives each of their texts without it, (n_texts,) each.
        verdicts: the reader's log-odds, likewise.
    """
    weight = best_weight(groups, fused, verdicts)
    mixed = [one + weight * verdict for one, verdict in zip(fused, verdicts, strict=True)]
    before, after = precisions(groups, fused), precisions(groups, mixed)
    answers = np.array([float(answer) for group in groups for answer in group.answers])
    slope, constant = fit_chance(np.concatenate(verdicts), answers)
    return Choice(weight, slope, constant, float(before.mean()), float(after.mean()), interval(after - before))


def interval(differences: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean of paired differences, (n,), by bootstrap over the questions."""
    drawn = np.random.default_rng(SEED).integers(0, len(differences), (RESAMPLED, len(differences)))
    low, high = np.percentile(differences[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def fused_scores(groups: Sequence[RankedGroup], embedder: Embedder) -> list[np.ndarray]:
    """What search gives every text of every group, answer cues included, (n_texts,) each."""
    chunks = [
        [_chunk(number, place, text) for place, text in enumerate(group.texts)] for number, group in enumerate(groups)
    ]
    every = [chunk for of_group in chunks for chunk in of_group]
    indexes = MemoryIndexes()
    vectors = embedder.embed_passages([chunk.text for chunk in every])
    indexes.open(SHOP, embedder.name, embedder.dim).add([chunk.id for chunk in every], vectors)
    searcher, cues = Searcher(MemoryVersions(every), indexes, embedder), AnswerCueReranker()
    scores = []
    for number, group in enumerate(groups):
        found = searcher.ranked(group.question, shop=SHOP, filters=SearchFilters(product_ids=(str(number),)))
        of_id = dict(zip([one.chunk.id for one in found], cues.rerank(group.question, found), strict=True))
        scores.append(np.array([of_id[chunk.id] for chunk in chunks[number]]))
    return scores


def _chunk(number: int, place: int, text: str) -> Chunk:
    name = f"{number}-{place}"
    return Chunk(
        id=name,
        document_id=name,
        shop=SHOP,
        source=name,
        title="",
        heading="",
        text=text,
        position=0,
        language="en",
        kind="page",
        attributes={"product_id": str(number)},
    )


def fit_chance(verdicts: np.ndarray, answers: np.ndarray) -> tuple[float, float]:
    """Slope and constant that make a chance of log-odds (Platt scaling), by Newton's method.

    Args:
        verdicts: log-odds, (n,).
        answers: whether each answers, (n,).
    """
    features = np.column_stack([verdicts, np.ones(len(verdicts))])
    weights = np.array([1.0, 0.0])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-(features @ weights)))
        curvature = (features * (chance * (1 - chance))[:, None]).T @ features + 1e-3 * np.eye(2)
        weights += np.linalg.solve(curvature, features.T @ (answers - chance))
    return float(weights[0]), float(weights[1])


def best_weight(groups: Sequence[RankedGroup], fused: Sequence[np.ndarray], verdicts: Sequence[np.ndarray]) -> float:
    """The weight of the verdicts beside the fused scores that ranks the groups best."""
    return max(
        (round(0.01 * math.sqrt(2) ** power, 4) for power in range(16)),
        key=lambda weight: float(
            precisions(groups, [one + weight * verdict for one, verdict in zip(fused, verdicts, strict=True)]).mean()
        ),
    )
