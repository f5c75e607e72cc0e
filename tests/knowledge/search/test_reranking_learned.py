"""The learned reranker: when it reads, what it changes, and what is said when it cannot be loaded."""

import json

import numpy as np
import pytest

from knowledge.documents import Passage
from knowledge.errors import ModelDamaged, ModelMissing
from knowledge.reranking import AnswerCueReranker
from knowledge.reranking_learned import SHIPPED, LearnedReranker, load_pair_scorer, load_reranker
from knowledge.weights import ModelStore

QUESTION = "what is the strap made of?"


class LikesLeather:
    def log_odds(self, question, texts):
        return np.array([5.0 if "leather" in text else -5.0 for text in texts])


def unread():
    raise AssertionError("read where the order should stand")


def passages(make_chunk, products):
    texts = ["The strap is nice.", "All leather, hand sewn."]
    chunks = [
        make_chunk("x", text, heading="leather?", position=place, attributes={"product_id": product})
        for place, (text, product) in enumerate(zip(texts, products, strict=True))
    ]
    return [Passage(chunk, 1, 0.5, ("dense",), {"fused": 0.6 - place / 10}) for place, chunk in enumerate(chunks)]


def test_about_one_product_the_reader_is_weighed_in_and_reads_no_headings(make_chunk):
    first, second = LearnedReranker(LikesLeather, weight=0.1).rerank(QUESTION, passages(make_chunk, ["a", "a"]))
    assert second > first


@pytest.mark.parametrize(("question", "products"), [(QUESTION, ["a", "b"]), ("表带是什么做的？", ["a", "a"])])
def test_across_a_shop_and_in_chinese_the_order_stands(make_chunk, question, products):
    assert LearnedReranker(unread, weight=0.1).rerank(question, passages(make_chunk, products)) == [0.6, 0.5]


def test_a_shop_without_the_encoder_has_the_cues(tmp_path):
    assert isinstance(load_reranker("", store=ModelStore(tmp_path), device="cpu"), AnswerCueReranker)
    assert isinstance(load_reranker("cues", store=ModelStore(tmp_path), device="cpu"), AnswerCueReranker)


def test_a_folder_that_is_none_is_said(tmp_path):
    with pytest.raises(ModelMissing, match="shopclerk train reranker"):
        load_reranker(str(tmp_path), store=ModelStore(tmp_path), device="cpu")


@pytest.mark.full
def test_the_shipped_reader_finds_the_answer(model_store, make_chunk):
    scorer = load_pair_scorer(model_store, device="cpu")
    question = "does it have a seat belt?"
    texts = ["Yes, the seat has an adjustable belt.", "My son loved the colour.", "weight: 12 pounds"]
    chances = scorer.score(question, texts)
    assert chances.argmax() == 0
    assert ((chances > 0) & (chances < 1)).all()
    assert scorer.score(question, texts[:1]) == pytest.approx(chances[:1], abs=0.02)
    assert scorer.score(question, []).shape == (0,)


@pytest.mark.full
def test_damaged_weights_are_one_sentence(model_store, tmp_path):
    described = json.loads((SHIPPED / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps(described))
    (tmp_path / "model.safetensors").write_bytes((SHIPPED / "model.safetensors").read_bytes()[:1000])
    with pytest.raises(ModelDamaged, match="shopclerk train reranker"):
        load_pair_scorer(model_store, device="cpu", folder=tmp_path)
    (tmp_path / "model.json").write_text(json.dumps({**described, "layers_alone": 5}))
    (tmp_path / "model.safetensors").write_bytes((SHIPPED / "model.safetensors").read_bytes())
    with pytest.raises(ModelDamaged, match="missing or unknown"):
        load_pair_scorer(model_store, device="cpu", folder=tmp_path)
