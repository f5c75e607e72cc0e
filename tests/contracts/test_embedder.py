"""What every embedder keeps: the fake that other tests use, and each of the real ones."""

import numpy as np
import pytest

from knowledge.embedding import ENGLISH, MULTILINGUAL, PAIR, Embedder, load_embedder
from knowledge.weights import ModelStore
from tests.fakes import FakeEmbedder

TEXTS = [
    "You can return most items within 30 days of delivery.",
    "签收后 30 天内可以退货。",
    "x",
    "A 4 mm closed-cell mat, 183 × 61 cm — 耐磨防滑 🧘.",
    "Delivery to Canada takes 5 to 8 business days. " * 60,
]


class EmbedderContract:
    """Inherit, and give an `embedder` fixture."""

    def test_it_has_a_name_and_a_length(self, embedder: Embedder):
        assert embedder.name
        assert embedder.dim > 0

    @pytest.mark.parametrize("kind", ["embed_passages", "embed_questions"])
    def test_each_text_gets_a_row_of_unit_length_in_float32(self, embedder: Embedder, kind: str):
        vectors = getattr(embedder, kind)(TEXTS)
        assert (vectors.shape, vectors.dtype) == ((len(TEXTS), embedder.dim), np.float32)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)

    @pytest.mark.parametrize("kind", ["embed_passages", "embed_questions"])
    def test_no_texts_give_no_rows(self, embedder: Embedder, kind: str):
        vectors = getattr(embedder, kind)([])
        assert (vectors.shape, vectors.dtype) == ((0, embedder.dim), np.float32)

    @pytest.mark.parametrize("kind", ["embed_passages", "embed_questions"])
    def test_a_text_has_one_vector_alone_or_among_others_first_or_again(self, embedder: Embedder, kind: str):
        embed = getattr(embedder, kind)
        together = embed(TEXTS)
        np.testing.assert_allclose(together, np.vstack([embed([text]) for text in TEXTS]), atol=2e-4)
        np.testing.assert_allclose(together[::-1], embed(TEXTS[::-1]), atol=2e-4)
        np.testing.assert_array_equal(embed([TEXTS[0]]), embed([TEXTS[0]]))

    def test_what_is_returned_is_the_callers_own(self, embedder: Embedder):
        first = embedder.embed_questions([TEXTS[0]])
        kept = first.copy()
        first[:] = 0
        np.testing.assert_array_equal(embedder.embed_questions([TEXTS[0]]), kept)

    def test_odd_texts_get_finite_vectors(self, embedder: Embedder):
        odd = [
            "",
            " ",
            "\x00",
            "🙂",
            "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
            "a" * 5000,
        ]
        for embed in (embedder.embed_passages, embedder.embed_questions):
            vectors = embed(odd)
            assert vectors.shape == (len(odd), embedder.dim)
            assert np.isfinite(vectors).all()

    def test_a_question_is_nearest_to_the_passage_that_answers_it(self, embedder: Embedder):
        passages = ["You can return items within 30 days.", "Tents are made of nylon.", "Gift cards never expire."]
        similarity = embedder.embed_questions(["can I return items", "do gift cards expire"]) @ (
            embedder.embed_passages(passages).T
        )
        assert list(similarity.argmax(axis=1)) == [0, 2]


class MultilingualContract(EmbedderContract):
    def test_chinese_passages_are_told_apart(self, embedder: Embedder):
        passages = ["签收后 30 天内可以退货。", "帐篷由尼龙制成。", "礼品卡永久有效。"]
        similarity = (
            embedder.embed_questions(["礼品卡多久有效", "帐篷由什么制成"]) @ embedder.embed_passages(passages).T
        )
        assert list(similarity.argmax(axis=1)) == [2, 1]


class AcrossLanguagesContract(MultilingualContract):
    def test_a_passage_is_found_from_the_other_language(self, embedder: Embedder):
        passages = ["You can return goods within 30 days.", "The tent is made of nylon.", "Gift cards never expire."]
        similarity = (
            embedder.embed_questions(["几天内可以退货？", "礼品卡会过期吗？"]) @ embedder.embed_passages(passages).T
        )
        assert list(similarity.argmax(axis=1)) == [0, 2]


class TestFake(MultilingualContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return FakeEmbedder()


def loaded(name: str, store: ModelStore) -> Embedder:
    return load_embedder(name, store=store, device="cpu")


@pytest.mark.full
class TestEnglish(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls, model_store: ModelStore) -> Embedder:
        return loaded(ENGLISH, model_store)


@pytest.mark.full
class TestMultilingual(AcrossLanguagesContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls, model_store: ModelStore) -> Embedder:
        return loaded(MULTILINGUAL, model_store)


@pytest.mark.full
class TestPair(AcrossLanguagesContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls, model_store: ModelStore) -> Embedder:
        return loaded(PAIR, model_store)

    def test_the_default_is_this_one(self, embedder: Embedder, model_store: ModelStore):
        default = loaded("", model_store)
        assert (default.name, default.dim) == (embedder.name, embedder.dim)
