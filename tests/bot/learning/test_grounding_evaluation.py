from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.answering.grounding import GroundingCheck, weighing
from bot.answering.grounding.signs import SIGNS
from bot.answering.grounding.weighing import Weights
from bot.learning import grounding_training
from bot.learning.examples import Example
from bot.learning.grounding_evaluation import WordOverlap, begin_claims, claims, measure, statements
from knowledge.errors import DataMissing

PAGES = (
    "Delivery: Delivery to {0} costs ${1} and is free on orders over ${2}. It takes {3} business days.",
    "Returns: Sale items cannot be returned unless they are faulty.",
)
PLACES = ("Norway", "Sweden", "Denmark", "Finland", "France", "Spain", "Italy", "Poland")


def example(number: int) -> Example:
    values = (PLACES[number % 8], 5 + number, 80 + 10 * number, 3 + number)
    return Example(
        id=f"e{number}",
        split="dev",
        source="imaginary",
        language="en",
        kind="answer",
        question=f"What does delivery to {values[0]} cost?",
        passages=tuple(page.format(*values) for page in PAGES),
        answer=f"Delivery to {values[0]} costs ${values[1]}. [1] It is free on orders over ${values[2]}. [1] Enjoy!",
        cited=(1,),
    )


EXAMPLES = [example(number) for number in range(8)]


def test_a_passage_is_cut_into_statements_under_its_title():
    assert [(one.context, one.text) for one in statements("Returns: You have 30 days. Boots: 45 days; bags: 60.")] == [
        ("Returns", "You have 30 days."),
        ("Returns", "Boots: 45 days"),
        ("Returns", "bags: 60."),
    ]


def test_only_cited_sentences_are_true_claims():
    said = [claim.text for claim in claims(EXAMPLES[:1]) if claim.kind == "reference"]
    assert said == ["Delivery to Norway costs $5.", "It is free on orders over $80."]


def test_claims_are_the_same_each_time():
    assert list(claims(EXAMPLES)) == list(claims(EXAMPLES))


def test_the_check_is_better_than_word_overlap_on_planted_errors():
    listed = list(claims(EXAMPLES))
    overlap, check = (measure("own", "", one, listed, draws=20)[0].figures for one in (WordOverlap(), GroundingCheck()))
    assert check.auroc > 0.9 > overlap.auroc


def test_every_language_and_kind_of_error_has_its_row():
    rows = measure("own", "overlap", WordOverlap(), list(claims(EXAMPLES)), draws=20)
    assert {"all", "en"} == {row.language for row in rows}
    assert {"all", "number", "entity", "negation_added", "wrong_branch"} <= {row.kind for row in rows}
    assert all(row.true and row.false for row in rows)


def fitted(monkeypatch: pytest.MonkeyPatch) -> Weights:
    monkeypatch.setattr(grounding_training, "TREES", 30)
    listed = list(claims(EXAMPLES))
    return grounding_training.fit_weights(listed, listed, GroundingCheck())["en"]


def test_no_sign_speaks_for_a_claim(monkeypatch: pytest.MonkeyPatch):
    weights, rows = fitted(monkeypatch), np.random.default_rng(1).random((60, len(SIGNS)))
    for sign in range(len(SIGNS)):
        more = rows.copy()
        more[:, sign] = 1.0
        assert (weights.scores(more) <= weights.scores(rows) + 1e-9).all(), SIGNS[sign]


def test_a_new_number_and_strange_words_count_against_a_claim(monkeypatch: pytest.MonkeyPatch):
    row = np.zeros((1, len(SIGNS)))
    clean = fitted(monkeypatch).scores(row)[0]
    row[0, [SIGNS.index("number"), SIGNS.index("words"), SIGNS.index("tokens"), SIGNS.index("letters")]] = 1.0
    assert fitted(monkeypatch).scores(row)[0] < 0.5 < clean


def test_weights_are_read_as_they_were_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(weighing, "WEIGHTS", tmp_path / "weights.json")
    weights, rows = fitted(monkeypatch), np.random.default_rng(2).random((40, len(SIGNS)))
    weighing.write_weights({"en": weights})
    assert weighing.read_weights()["en"].scores(rows) == pytest.approx(weights.scores(rows), abs=0.02)


def test_each_sentence_of_an_answer_is_a_claim_of_its_own():
    several = replace(EXAMPLES[0], answer="Delivery to Norway costs $5. It takes 3 business days. [1]")
    said = [claim.text for claim in claims([several]) if claim.kind == "reference"]
    assert said == ["Delivery to Norway costs $5.", "It takes 3 business days."]


def test_a_row_of_a_table_keeps_its_name():
    rows = statements("Table: Bellmouth: We open at nine. On Sundays we stay closed. Calder Bay: We open at eight.")
    assert [one.text for one in rows][1:] == ["Bellmouth: On Sundays we stay closed.", "Calder Bay: We open at eight."]


def test_begin_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(DataMissing, match="SHOPCLERK_DATA"):
        begin_claims(tmp_path)
