"""An embedder learns which text answers, and its change is added to the packaged one when that is loaded."""

import json
import random

import numpy as np
import pytest

from knowledge.embedding import PAIR, across_languages, load_embedder
from knowledge.embedding_lazy import lazy_embedder
from knowledge.errors import ModelDamaged
from knowledge.training.embedder import EmbedderRecipe, batch_of, similarities, train_embedder
from knowledge.training.ranked_groups import RankedGroup
from knowledge.training.reranker import precisions
from knowledge.tuned_embedder import DESCRIPTION, WEIGHTS, is_tuned, read_tuned
from knowledge.weights import ModelStore

PARTNERS = {"red": "wine", "blue": "sky", "green": "grass", "wood": "table", "steel": "knife", "glass": "window"}
RECIPE = EmbedderRecipe(groups_at_once=4, wrong=1)


def group(source, question, texts):
    return RankedGroup(source, question, question, texts, (True, *(False for _ in texts[1:])))


def batch(*groups):
    return batch_of(groups, RECIPE, random.Random(0))


def test_each_question_is_compared_with_its_own_texts_and_with_others():
    made = batch(group("x", "red?", ("red", "blue", "green")), group("x", "wood?", ("wood",)))
    assert (made.texts[0], made.texts[2]) == ("red", "wood")
    assert made.right.tolist() == [0, 2]
    assert made.own.tolist() == [[True, True, False], [False, False, True]]
    assert made.compared.all()


def test_a_text_that_both_questions_have_is_wrong_for_neither():
    made = batch(group("x", "red?", ("red",)), group("x", "colour?", ("red",)))
    assert made.compared.tolist() == [[True, False], [False, True]]


def test_other_imaginary_shops_are_not_compared_with():
    made = batch(group("imaginary", "a?", ("a",)), group("imaginary", "b?", ("b",)), group("x", "c?", ("c",)))
    assert np.array_equal(made.compared, np.eye(3, dtype=bool))


def tuned_folder(folder, **said):
    folder.mkdir()
    described = {"base": "all-minilm-l6-v2", "scale": 2.0, "digest": "abc"} | said
    (folder / DESCRIPTION).write_text(json.dumps(described))
    (folder / WEIGHTS).write_bytes(b"")
    return folder


def test_vectors_of_a_tuned_embedder_are_kept_apart_from_the_built_in_ones(tmp_path):
    folder = tuned_folder(tmp_path / "tuned")
    embedder = lazy_embedder(str(folder), store=ModelStore(tmp_path), device="cpu")
    assert (embedder.name, embedder.dim) == (f"{PAIR}+abc", 896)
    vectors = np.ones((1, 896), dtype=np.float32)
    assert across_languages(embedder.name, vectors).shape == (1, 512)


def test_a_folder_that_says_nothing_of_use_is_one_sentence(tmp_path):
    folder = tuned_folder(tmp_path / "tuned", scale="much")
    assert is_tuned(folder)
    assert not is_tuned(tmp_path)
    with pytest.raises(ModelDamaged, match="shopclerk train embedder"):
        read_tuned(folder)


def test_one_that_belongs_to_no_embedder_of_the_pair_is_refused(tmp_path):
    folder = tuned_folder(tmp_path / "tuned", base="word2vec")
    with pytest.raises(ModelDamaged, match="'word2vec', expected use-multilingual-v3 or all-minilm-l6-v2"):
        load_embedder(str(folder), store=ModelStore(tmp_path), device="cpu")


def word_groups(count, seed):
    """Of three texts, the one that holds the asked word's partner is right; no word stands in both."""
    chance = random.Random(seed)
    groups = []
    for number in range(count):
        asked, *others = chance.sample(list(PARTNERS), 3)
        texts = (f"it is {PARTNERS[asked]}", *(f"it is {PARTNERS[other]}" for other in others))
        groups.append(RankedGroup("x", str(number), f"is it {asked}", texts, (True, False, False)))
    return groups


@pytest.fixture
def tiny(tmp_path):
    """A sentence encoder of two tiny layers with random weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers import BertConfig, BertModel, BertTokenizer

    torch.manual_seed(0)
    folder = tmp_path / "tiny"
    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "is", "it", *PARTNERS, *PARTNERS.values()]
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(vocab_size=19, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    BertModel(config).save_pretrained(folder)
    return SentenceTransformer(str(folder), device="cpu")


@pytest.mark.full
def test_it_learns_a_change_that_can_be_added_and_leaves_the_model_alone(tiny, tmp_path):
    from safetensors.torch import save_file

    waiting = word_groups(40, seed=1)
    before = [scores.copy() for scores in similarities(tiny, waiting)]
    recipe = EmbedderRecipe(epochs=2, minutes=10, groups_at_once=8, rate=1e-2, warm_steps=5, rank=8, measured_every=20)
    change, trained = train_embedder(tiny, lambda epoch: word_groups(160, seed=10 + epoch), waiting, recipe)
    assert trained.steps == 40
    assert [step for step, _, _ in trained.curve] == [0, 20, 40]
    assert np.allclose(np.concatenate(similarities(tiny, waiting)), np.concatenate(before), atol=1e-6)

    folder = tuned_folder(tmp_path / "tuned")
    save_file(change, folder / WEIGHTS)
    read_tuned(folder).add_to(tiny)
    assert precisions(waiting, before).mean() < 0.8
    assert precisions(waiting, similarities(tiny, waiting)).mean() > 0.9

    (folder / WEIGHTS).write_bytes(b"cut off")
    with pytest.raises(ModelDamaged, match="cannot be loaded"):
        read_tuned(folder).add_to(tiny)


@pytest.mark.full
def test_the_pair_with_a_tuned_half_differs_in_that_half(model_store, tmp_path):
    import torch
    from safetensors.torch import save_file

    folder = tuned_folder(tmp_path / "tuned", scale=0.05)
    name = "0.model.encoder.layer.5.output.dense.weight"
    torch.manual_seed(0)
    save_file({f"{name}.down": torch.randn(4, 1536), f"{name}.up": torch.randn(384, 4)}, folder / WEIGHTS)
    plain, tuned = (load_embedder(one, store=model_store, device="cpu") for one in ("", str(folder)))
    assert (plain.name, tuned.name) == (PAIR, f"{PAIR}+abc")
    was, now = (one.embed_passages(["red shoes", "红鞋"]) for one in (plain, tuned))
    assert np.allclose(was[:, :512], now[:, :512], atol=1e-6)
    assert not np.allclose(was[0, 512:], now[0, 512:], atol=1e-3)
    assert not now[1, 512:].any()
