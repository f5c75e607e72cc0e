"""What the reranker learns from: never ePQA, never what is held out."""

import random

import pytest

from knowledge.errors import DataMissing
from knowledge.training.ranked_groups import (
    RankedGroup,
    answered_groups,
    attribute_groups,
    evidence_groups,
    held_out,
    trained_on,
)


@pytest.fixture
def data(tmp_path):
    files = {
        "epqa/epqa_dev_dev.csv": (
            "qid,question,ASIN,candidate,source,qa_pair_id,title,label,answer\n1,Is it loud?,A,no,cqa,1,T,2,\n"
        ),
        "cpqa/hetPQA/evidence_ranking/dev.csv": (
            "qid\tASIN\tqa_pair_id\tquestion\tcandidate\tlabel\tsource\n"
            "5\tA\t1\tis it red?\tred\t1\tbullet\n"
            "6\tB\t2\tis it loud?\tquiet\t1\tbullet\n"
            "7\tC\t3\thow heavy is it?\titem_weight:  { value:2, unit:pounds }\t1\tattribute\n"
            "7\tC\t4\thow heavy is it?\tblue\t0\tbullet\n"
        ),
        "cpqa/semiPQA/attribute_ranking/dev.csv": (
            "qid\tqa_pair_id\tquestion\tcandidate\tlabel\n8\t1\twhat colour?\tcolor: { value:red }\t1\n"
        ),
        "cpqa/hetPQA/answer_generation/train.csv": (
            "ASIN\tquestion\tcandidate\tanswer\tsource\n"
            + "".join(f"P{n}\tquestion {n}?\tevidence {n}\tanswer\tDesc\n" for n in range(8))
            + "P1\tanother?\tmore evidence\tanswer\tDesc\n"
        ),
        "cpqa/hetPQA/answer_generation/dev.csv": "ASIN\tquestion\tcandidate\tanswer\tsource\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_products_and_questions_of_the_measured_set_are_left_out(data):
    (group,) = evidence_groups(data)
    assert (group.question, group.answers) == ("how heavy is it?", (True, False))
    assert group.texts[0] == "item weight: 2, pounds"
    assert [one.texts for one in attribute_groups(data)] == [("color: red",)]


def test_each_answered_question_has_one_right_text_and_wrong_ones_of_its_product_first(data):
    groups = answered_groups(data, seed=0)
    assert len(groups) == 9
    assert all(group.answers == (True, False, False, False, False) for group in groups)
    of_one = next(group for group in groups if group.question == "another?")
    assert "more evidence" in of_one.texts[0]
    assert "evidence 1" in of_one.texts[1]


def test_drawing_is_repeated_by_its_seed_alone(data):
    assert answered_groups(data, seed=3) == answered_groups(data, seed=3)
    assert answered_groups(data, seed=3) != answered_groups(data, seed=4)


def test_a_product_is_learned_from_or_held_out():
    groups = [RankedGroup("x", f"P{n % 20}", f"q{n}?", ("a",), (True,)) for n in range(100)]
    kept, learned = held_out(groups), trained_on(groups)
    assert kept
    assert len(kept) + len(learned) == 100
    assert not {group.subject for group in kept} & {group.subject for group in learned}


def test_a_sample_keeps_what_answers():
    group = RankedGroup("x", "P", "q?", tuple("abcdef"), (False, False, True, False, False, False))
    sample = group.sampled(3, random.Random(0))
    assert (len(sample.texts), sum(sample.answers)) == (3, 1)
    assert sample.texts[sample.answers.index(True)] == "c"


def test_absent_sets_are_said(tmp_path):
    with pytest.raises(DataMissing, match="SHOPCLERK_DATA"):
        evidence_groups(tmp_path)
