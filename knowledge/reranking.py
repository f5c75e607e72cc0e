"""Reranker: a second, closer look at the few passages that search found."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Reranker(Protocol):
    """Scores passages against one question, higher is better, any scale."""

    name: str

    def rerank(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """Scores, (n_passages,), float32."""
        ...
