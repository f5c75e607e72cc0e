"""Answer cues: preferred among passages of one product, ignored across a shop."""

import pytest

from knowledge.documents import Passage
from knowledge.reranking import AnswerCueReranker


def passages(make_chunk, texts, products):
    chunks = [
        make_chunk("x", text, position=place, attributes={"product_id": product})
        for place, (text, product) in enumerate(zip(texts, products, strict=True))
    ]
    return [Passage(chunk, 1, 0.5, ("dense",), {"fused": 0.5}) for chunk in chunks]


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("is it waterproof?", "Yes, to ten metres.", "Waterproof things are nice."),
        ("防水吗", "可以，防水十米。", "我们有很多防水产品。"),
        ("how long is the cable", "The cable is 2 m long.", "The cable is long enough."),
        ("电池能用多久", "能用 42 小时。", "电池很耐用。"),
        ("what colour is it", "It is red.", "I am not sure, maybe red."),
    ],
)
def test_answer_is_preferred(make_chunk, question, better, worse):
    first, second = AnswerCueReranker().rerank(question, passages(make_chunk, [better, worse], ["a", "a"]))
    assert first > second


def test_across_products_the_fused_order_stands(make_chunk):
    found = passages(make_chunk, ["Yes, to ten metres.", "No idea."], ["a", "b"])
    assert AnswerCueReranker().rerank("is it waterproof?", found) == [0.5, 0.5]
