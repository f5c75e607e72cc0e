"""Reading of measuring sets, in their own form but with invented lines, and a run over one."""

import pytest

from knowledge.errors import DataMissing
from knowledge.evaluation.datasets import PUBLIC_SETS, read_abt_buy, read_epqa
from knowledge.evaluation.golden import golden_rows, golden_set
from knowledge.evaluation.runner import METHODS, evaluate
from knowledge.reranking import AnswerCueReranker
from tests.fakes import FakeEmbedder

EPQA = """qid,question,ASIN,candidate,source,qa_pair_id,title,label,answer
1,is the kettle loud?,A,"noise_level:  { value:40, unit:decibel }",attribute,10,Kettle,1,
1,is the kettle loud?,A,no it is quiet Question: is it a loud kettle,cqa,11,Kettle,2,
1,is the kettle loud?,A,i love tea,review,12,Kettle,0,
2,does it fly?,B,it is a spoon,review,13,Spoon,0,
"""


@pytest.fixture
def data(tmp_path):
    (tmp_path / "epqa").mkdir()
    (tmp_path / "epqa/epqa_dev_dev.csv").write_text(EPQA)
    (tmp_path / "abt_buy").mkdir()
    (tmp_path / "abt_buy/abt.csv").write_text('id|name|description|price\n0|Kettle 12" KX-1|x|\n1|Spoon S9|y|3\n')
    (tmp_path / "abt_buy/buy.csv").write_text("id|name|description|price\n5|KX1 Kettle|x|\n6|S9 Spoon steel|y|3\n")
    (tmp_path / "abt_buy/gt.csv").write_text("D1|D2\n0|5\n1|6\n")
    return tmp_path


def test_candidates_are_read_as_a_shop_would_store_them(data):
    attribute, asked, review = read_epqa(data).chunks
    assert attribute.text == "noise level: 40, decibel"
    assert (asked.kind, asked.heading, asked.text) == ("faq", "is it a loud kettle", "no it is quiet")
    assert (review.kind, review.text) == ("page", "i love tea")


def test_questions_without_a_full_answer_are_not_ranked(data):
    (question,) = read_epqa(data).questions
    assert question.gains == {"10": 1, "11": 2}


@pytest.mark.parametrize("name", PUBLIC_SETS)
def test_absent_set_is_said_with_what_to_do(name, tmp_path):
    with pytest.raises(DataMissing, match="SHOPCLERK_DATA"):
        PUBLIC_SETS[name](tmp_path)


def test_all_methods_are_measured(data):
    result = evaluate(read_abt_buy(data), FakeEmbedder(), reranker=AnswerCueReranker())
    assert tuple(one.method for one in result.methods) == METHODS
    assert [one.values["hit@1"] for one in result.methods] == [1.0] * 4
    assert all(one.ms_per_question > 0 for one in result.methods)


def test_ranking_keeps_to_the_products_own_candidates(data):
    result = evaluate(read_epqa(data), FakeEmbedder(), reranker=AnswerCueReranker())
    assert result.questions == 1
    assert {one.method: one.values["P@1"] for one in result.methods}["reranked"] == 1.0


def test_golden_follow_up_carries_the_turn_before_it(make_chunk):
    row = next(row for row in golden_rows("dev", "en") if row["history"] and row["relevant"])
    sources = {source for row in golden_rows("dev", "en") for source in row["relevant"]}
    measured = golden_set([make_chunk("x", source=source) for source in sources], split="dev", language="en")
    assert f"{row['history'][-2]} {row['question']}" in [question.text for question in measured.questions]
