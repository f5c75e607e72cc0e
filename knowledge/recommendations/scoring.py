"""Known ways to tell from purchases what goes with what a buyer has.

Popularity; item-item cosine with shrinkage (Sarwar et al., WWW 2001; Bell and Koren, KDD Cup 2007); association lift
(Brin et al., SIGMOD 1997); EASE (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019).
"""

import numpy as np

from knowledge.recommendations.purchases import Purchases

SHRINK = 10.0  # buyers in common, at which an observed likeness counts half
EASE_LAMBDA = 100.0


def log_lift(purchases: Purchases, product_id: str, *, shrink: float = SHRINK) -> np.ndarray:
    """How many times more often than by chance each product is bought with one, as a logarithm, (n_products,).

    Both counts are raised by `shrink` buyers, so that little evidence stays near 0. Without a matrix: for any size.
    """
    together, counts = purchases.beside(product_id), purchases.counts
    at = purchases.product_at.get(product_id)
    if at is None:
        return together
    expected = counts * counts[at] / max(1, len(purchases.buyers))
    lifts = np.log((together + shrink) / (expected + shrink))
    lifts[at] = 0.0
    return np.asarray(lifts)


def popularity(matrix: np.ndarray, basket: np.ndarray) -> np.ndarray:
    """How many have each product, whatever is in the basket, (n_products,)."""
    return np.asarray(matrix.sum(axis=0) + 0.0 * basket)


def item_cosine(matrix: np.ndarray, basket: np.ndarray, *, shrink: float = SHRINK) -> np.ndarray:
    """The shrunk cosines with all that is in the basket, (n_products,).

    Args:
        matrix: buyers by products, (n_buyers, n_products).
        basket: what the buyer has, (n_products,).
        shrink: see `SHRINK`.
    """
    together = matrix.T @ matrix
    norm = np.sqrt(np.maximum(np.outer(np.diag(together), np.diag(together)), 1.0))
    likeness = together / norm * together / (together + shrink)
    np.fill_diagonal(likeness, 0.0)
    return np.asarray(basket @ likeness)


def lift(matrix: np.ndarray, basket: np.ndarray, *, shrink: float = SHRINK) -> np.ndarray:
    """How many times more often than by chance they are bought together, shrunk to once, (n_products,)."""
    together, counts = matrix.T @ matrix, matrix.sum(axis=0)
    expected = np.outer(counts, counts) / max(1, len(matrix))
    lifts = (together + shrink) / (expected + shrink)
    np.fill_diagonal(lifts, 0.0)
    return np.asarray(basket @ lifts)


def ease_weights(matrix: np.ndarray, *, penalty: float = EASE_LAMBDA) -> np.ndarray:
    """EASE's item-item weights in closed form, (n_products, n_products), diagonal 0."""
    gram = matrix.T @ matrix
    inverse = np.linalg.inv(gram + penalty * np.eye(len(gram)))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights)
