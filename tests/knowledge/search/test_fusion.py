"""How much words count for which question, and what a score promises."""

import numpy as np
import pytest

from knowledge.confidence import confidence, fit
from knowledge.fusion import fuse, is_lookup, keyword_weight


@pytest.mark.parametrize("question", ["Sony Turntable PSLX350H", "usb c cable 2 m"])
def test_names_are_looked_up(question):
    assert is_lookup(question)


@pytest.mark.parametrize(
    "question", ["does it come with a cable?", "headphones?", "how do I return shoes", "zip on my tent broke", ""]
)
def test_questions_are_not(question):
    assert not is_lookup(question)


def test_words_count_most_for_names_and_least_for_english_questions():
    name, chinese, english = (keyword_weight(text) for text in ("PSLX350H turntable", "怎么退货", "how do I return it"))
    assert name > chinese > english > 0


def test_fused_is_the_weighted_sum():
    assert np.allclose(fuse(np.array([0.5, 0.2]), np.array([0.1, 0.4]), weight=2.0), [0.7, 1.0])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_confidence_grows_with_both_scores_and_stays_between_0_and_1(language):
    grid = np.linspace(0, 1, 11)
    for values in (
        confidence(grid, np.zeros(11), language=language),
        confidence(np.zeros(11), grid, language=language),
    ):
        assert (np.diff(values) > 0).all()
        assert ((values > 0) & (values < 1)).all()


def test_fit_finds_the_coefficients_that_made_the_sample():
    random = np.random.default_rng(7)
    dense, keyword = random.random(20_000), random.random(20_000)
    chance = 1 / (1 + np.exp(-(-3 + 5 * dense + 2 * keyword)))
    assert np.allclose(fit(dense, keyword, (random.random(20_000) < chance).astype(float)), [-3, 5, 2], atol=0.25)
