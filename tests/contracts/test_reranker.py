"""What every reranker keeps: a stand-in that counts shared words, the one by answer cues, and the learned one."""

from collections.abc import Sequence
from math import isfinite

import numpy as np
import pytest

from knowledge.documents import Chunk, Passage, content_hash
from knowledge.keywords import tokenize
from knowledge.reranking import AnswerCueReranker, Reranker
from knowledge.reranking_learned import LearnedReranker
from knowledge.search import rerank_head


class WordCountReranker:
    name = "word-count"

    def rerank(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        asked = set(tokenize(question))
        return [float(len(asked & set(tokenize(passage.chunk.text)))) for passage in passages]


class LengthScorer:
    def log_odds(self, question: str, texts: Sequence[str]) -> np.ndarray:
        return np.array([len(text) / 100 for text in texts])


def learned() -> LearnedReranker:
    return LearnedReranker(LengthScorer, weight=0.1)


def passage(text: str, rank: int, product_id: str) -> Passage:
    chunk = Chunk(
        id=content_hash(text),
        document_id=content_hash(text),
        shop="demo",
        source="faq.csv#1",
        title="Kettle",
        heading="",
        text=text,
        position=0,
        language="en",
        kind="faq",
        attributes={"product_id": product_id},
    )
    return Passage(chunk, rank, 0.5, ("dense",), {"dense": 0.5, "keyword": 1.0, "fused": 1 - rank / 100})


TEXTS = ["It is red.", "Yes, it boils a litre.", "I am not sure.", "是的，可以。", "", "42"]
ONE_PRODUCT = [passage(text, rank, "K-1") for rank, text in enumerate(TEXTS, start=1)]
MANY_PRODUCTS = [passage(text, rank, f"K-{rank}") for rank, text in enumerate(TEXTS, start=1)]
QUESTIONS = ["does it boil a litre?", "能烧开一升水吗", "", "?" * 500]

everything = pytest.mark.parametrize("passages", [ONE_PRODUCT, MANY_PRODUCTS], ids=["one_product", "many"])


@pytest.fixture(params=[WordCountReranker, AnswerCueReranker, learned])
def reranker(request: pytest.FixtureRequest) -> Reranker:
    made: Reranker = request.param()
    return made


def test_it_has_a_name(reranker):
    assert reranker.name


@everything
@pytest.mark.parametrize("question", QUESTIONS)
def test_each_passage_gets_one_finite_score(reranker, passages, question):
    scores = reranker.rerank(question, passages)
    assert len(scores) == len(passages)
    assert all(isfinite(score) for score in scores)


def test_no_passages_get_no_scores(reranker):
    assert list(reranker.rerank("does it boil?", [])) == []


@everything
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_score_does_not_depend_on_the_order_and_is_the_same_again(reranker, passages, question):
    scores = list(reranker.rerank(question, passages))
    assert list(reranker.rerank(question, passages)) == scores
    assert list(reranker.rerank(question, passages[::-1])) == scores[::-1]


@everything
def test_search_loses_and_invents_nothing_by_it(reranker, passages):
    reranked = rerank_head(reranker, QUESTIONS[0], passages)
    assert {one.chunk.id for one in reranked} == {one.chunk.id for one in passages}
    scores = [one.scores["rerank"] for one in reranked]
    assert scores == sorted(scores, reverse=True)
    assert all(set(one.scores) == {"dense", "keyword", "fused", "rerank"} for one in reranked)


def test_the_answer_comes_before_what_is_none(reranker):
    yes, unsure = passage("Yes, it boils a litre.", 2, "K-1"), passage("I am not sure.", 1, "K-1")
    assert rerank_head(reranker, "does it boil a litre?", [unsure, yes])[0].chunk.text == yes.chunk.text
