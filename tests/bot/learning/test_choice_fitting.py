import json
from pathlib import Path

import numpy as np
import pytest

from bot.answering.choice import chances
from bot.answering.traits import TRAITS
from bot.learning.choice_fitting import QUESTIONS, Case, figures, fit, left_out, write
from bot.learning.golden import GoldenQuestion, read_golden

MEANING = TRAITS.index("meaning")


def case(number: int, *, answerable: bool) -> Case:
    """Four stretches, of which the right one, where there is one, means what is asked."""
    expected = "answered" if answerable else "refused"
    question = GoldenQuestion(str(number), "train", "en", "?", (), (), expected, (), (), ())  # type: ignore[arg-type]
    traits = np.random.default_rng(number).uniform(0, 0.4, (4, len(TRAITS)))
    right = np.zeros(4, dtype=bool)
    if answerable:
        right[number % 4] = True
        traits[number % 4, MEANING] = 0.9
    return Case(question, traits, right)


CASES = [case(number, answerable=number % 3 > 0) for number in range(60)]


def test_what_tells_answers_apart_is_found_and_holds_for_questions_left_out() -> None:
    measured = figures(left_out(CASES), questions=40)
    assert (measured.answerable, measured.unanswerable) == (40, 20)
    assert measured.first >= 36
    assert measured.auroc > 0.9


def test_weights_are_kept_with_how_they_were_made(tmp_path: Path) -> None:
    weights = fit(CASES)
    write(weights, figures(left_out(CASES), questions=40), tmp_path / "choice.json")
    kept = json.loads((tmp_path / "choice.json").read_text("utf-8"))
    assert kept["made"]["by"] == "shopclerk train choice"
    assert kept["weights"]["meaning"] == pytest.approx(weights.traits[MEANING], abs=1e-3)


def test_the_chances_of_all_stretches_and_of_none_are_one() -> None:
    none, each = chances(CASES[1].traits)
    assert none + each.sum() == pytest.approx(1)
    assert len(each) == 4


def test_the_questions_to_fit_on_are_of_both_languages_and_kinds() -> None:
    questions = read_golden(QUESTIONS, split="train")
    kinds = {(question.language, question.expected) for question in questions}
    assert kinds == {(language, kind) for language in ("en", "zh") for kind in ("answered", "refused")}
    assert all(question.facts and question.relevant for question in questions if question.expected == "answered")
