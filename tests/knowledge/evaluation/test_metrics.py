"""Metrics beside values computed by hand."""

import math

import pytest

from knowledge.evaluation.metrics import average_precision, hit, ndcg, reciprocal_rank


def test_hit_looks_at_the_first_k():
    assert [hit([0, 0, 1], k) for k in (1, 2, 3)] == [0.0, 0.0, 1.0]


def test_reciprocal_rank_is_of_the_first():
    assert reciprocal_rank([0, 1, 1]) == 0.5
    assert reciprocal_rank([0, 0]) == 0.0


def test_average_precision_counts_what_was_not_found():
    assert average_precision([1, 0, 1], 2) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([1, 0, 1], 4) == pytest.approx((1 + 2 / 3) / 4)
    assert average_precision([0], 0) == 0.0


def test_ndcg_weighs_gains_by_place():
    best = 3 + 1 / math.log2(3)
    assert ndcg([1, 2], [1, 2], 10) == pytest.approx((1 + 3 / math.log2(3)) / best)
    assert ndcg([2, 1], [1, 2], 10) == 1.0
    assert ndcg([0], [], 10) == 0.0
