import numpy as np
import pytest

from bot.learning.separation import figures


def of(truths, scores, *, passed=None):
    scores = np.array(scores, dtype=float)
    return figures(
        truths=np.array(truths, dtype=bool),
        scores=scores,
        passed=scores >= 0.5 if passed is None else np.array(passed, dtype=bool),
        groups=[str(place) for place in range(len(truths))],
        draws=200,
    )


def test_perfect_and_reversed_scores_are_the_ends_of_the_scale():
    assert of([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.1]).auroc == 1.0
    assert of([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9]).auroc == 0.0


def test_ties_count_half():
    assert of([1, 0], [0.5, 0.5]).auroc == 0.5
    assert of([1, 1, 0, 0], [0.9, 0.5, 0.5, 0.1]).auroc == pytest.approx(0.875)


def test_balanced_accuracy_does_not_reward_passing_everything():
    found = of([1, 0, 0, 0], [1, 1, 1, 1])
    assert (found.balanced_accuracy, found.true_passed, found.false_passed) == (0.5, 1.0, 1.0)


def test_the_interval_holds_the_figure_and_narrows_with_more_claims():
    chance = np.random.default_rng(1)
    few, many = (
        of(np.arange(size) % 2, np.clip((np.arange(size) % 2) * 0.3 + chance.random(size), 0, 1)) for size in (40, 400)
    )
    for found in (few, many):
        assert found.auroc_interval[0] <= found.auroc <= found.auroc_interval[1]
    assert many.auroc_interval[1] - many.auroc_interval[0] < few.auroc_interval[1] - few.auroc_interval[0]


def test_the_same_claims_give_the_same_interval():
    assert of([1, 0, 1, 0], [0.9, 0.6, 0.4, 0.2]) == of([1, 0, 1, 0], [0.9, 0.6, 0.4, 0.2])


def test_the_score_is_named_from_which_so_few_false_claims_pass():
    false = [place / 1000 for place in range(100)]
    found = of([1] * 4 + [0] * 100, [0.9, 0.0985, 0.0971, 0.02, *false])
    assert [(cut.score, cut.true_passed) for cut in found.cuts] == [(0.099, 0.25), (0.098, 0.5), (0.097, 0.75)]
