"""A trained reader is used only where it helps beyond chance."""

import numpy as np
import pytest

from knowledge.training.choosing import choose, fit_chance, fused_scores
from knowledge.training.ranked_groups import RankedGroup
from tests.fakes import FakeEmbedder

GROUPS = [
    RankedGroup("x", f"P{n}", f"question {n}?", ("wrong", "right", "off"), (False, True, False)) for n in range(60)
]


def test_a_reader_that_knows_is_kept_with_a_weight():
    fused = [np.array([0.6, 0.5, 0.1])] * len(GROUPS)
    choice = choose(GROUPS, fused, [np.array([-3.0, 3.0, -3.0])] * len(GROUPS))
    assert choice.helps
    assert choice.weight > 0
    assert (choice.before, choice.after) == (0.5, 1.0)


def test_a_reader_that_guesses_is_not():
    chance = np.random.default_rng(1)
    fused = [chance.normal(size=3) + np.array([0, 1, 0]) for _ in GROUPS]
    assert not choose(GROUPS, fused, [chance.normal(size=3) for _ in GROUPS]).helps


def test_chances_are_true_on_average():
    chance = np.random.default_rng(0)
    log_odds = chance.normal(size=4000) * 2
    answers = (chance.random(4000) < 1 / (1 + np.exp(-(0.5 * log_odds - 1)))).astype(float)
    assert fit_chance(log_odds, answers) == pytest.approx((0.5, -1.0), abs=0.15)


def test_every_text_has_its_fused_score():
    groups = [
        RankedGroup("x", "P", "is the kettle red?", ("a spoon", "the kettle is red", "a spoon"), (False, True, False))
    ]
    (scores,) = fused_scores(groups, FakeEmbedder())
    assert scores.shape == (3,)
    assert scores.argmax() == 1
