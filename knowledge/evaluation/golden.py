"""The golden questions over the demo shop as RetrievalSets."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.documents import Chunk
from knowledge.embedding import Embedder
from knowledge.evaluation.datasets import RetrievalQuestion, RetrievalSet
from knowledge.evaluation.memory import MemoryIndexes, MemoryVersions
from knowledge.search import Searcher

QUESTIONS = Path(__file__).parents[1] / "golden/questions.jsonl"
SHOP_FILES = Path(__file__).parents[1] / "demo_shop"
WRITTEN_FOR = date(2026, 11, 22)
"""The day whose truth the questions ask for: some entries of the shop are over by then."""

SAMPLED = 5  # passages of each question that confidence is fitted on

_NOT_SEARCHED = {"small_talk", "handed_off", "order", "identified", "unidentified", "wrong_identity", "injection"}
_LANGUAGES = {"en": "English", "zh": "Chinese"}


def golden_set(chunks: Sequence[Chunk], *, split: str, language: str) -> RetrievalSet:
    """Questions of one split and language that something in the shop answers.

    A follow-up is asked together with the shopper's turn before it, which is the plainest way to resolve it.

    Args:
        chunks: of the ingested demo shop.
        split: `dev`, which may be tuned on, or `test`, which may not.
        language: of the questions.
    """
    by_source: dict[str, list[str]] = {}
    for chunk in chunks:
        by_source.setdefault(chunk.source, []).append(chunk.id)
    questions = [
        RetrievalQuestion(
            _standalone(row), {chunk_id: 1 for source in row["relevant"] for chunk_id in by_source[source]}
        )
        for row in golden_rows(split, language)
        if row["relevant"]
    ]
    return RetrievalSet(
        name=f"golden-{language}-{split}",
        title=f"Golden questions over the demo shop, {_LANGUAGES[language]}, {split}",
        chunks=chunks,
        questions=questions,
        metrics=("hit@1", "hit@5", "hit@10", "MRR"),
        as_delivered=True,
        today=WRITTEN_FOR,
    )


@dataclass(frozen=True)
class ScoreSamples:
    """Scores of found passages and whether each answers its question; all (n_passages,)."""

    dense: np.ndarray
    keyword: np.ndarray
    answers: np.ndarray


def score_samples(
    chunks: Sequence[Chunk], indexes: MemoryIndexes, embedder: Embedder, *, language: str
) -> ScoreSamples:
    """What confidence is fitted on: the best passages of the dev questions, unanswerable ones among them."""
    searcher = Searcher(MemoryVersions(chunks), indexes, embedder)
    samples = []
    for row in golden_rows("dev", language):
        if row["expect"] in _NOT_SEARCHED or _NOT_SEARCHED & set(row["tags"]):
            continue
        for passage in searcher.search(_standalone(row), shop=chunks[0].shop, k=SAMPLED, today=WRITTEN_FOR):
            answers = float(passage.chunk.source in row["relevant"])
            samples.append((passage.scores["dense"], passage.scores["keyword"], answers))
    dense, keyword, answered = np.array(samples).T
    return ScoreSamples(dense, keyword, answered)


def golden_rows(split: str, language: str) -> list[Mapping[str, Any]]:
    """The lines of one split and language as they are written."""
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    return [row for row in rows if row["split"] == split and row["language"] == language]


def _standalone(row: Mapping[str, Any]) -> str:
    """History alternates between shopper and bot and ends with the bot."""
    return " ".join([*row["history"][-2:-1], row["question"]])
