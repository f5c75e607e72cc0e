"""The reader learns from groups, and comes back from its file as it was."""

import random

import pytest

from knowledge.training.ranked_groups import RankedGroup
from knowledge.training.reranker import RerankerRecipe, precisions, train_reader, verdicts_of

WORDS = ["red", "blue", "green", "wood", "steel", "glass", "wool", "silk"]


def groups(count, seed):
    """Of two texts, the one that holds the asked word is right."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        right, wrong = chance.sample(WORDS, 2)
        made.append(
            RankedGroup("x", str(number), f"is it {right}", (f"it is {wrong}", f"it is {right}"), (False, True))
        )
    return made


@pytest.fixture
def base(tmp_path):
    """An encoder of three tiny layers with random weights."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    torch.manual_seed(0)
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "is", "it", *WORDS]))
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(vocab_size=15, hidden_size=32, num_hidden_layers=3, num_attention_heads=2, intermediate_size=64)
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.mark.full
def test_it_learns_and_is_saved_and_loaded_alike(base):
    import torch

    from knowledge.reranking_reader import PairReader

    waiting = groups(40, seed=1)
    reader = PairReader(base, layers_alone=1)
    frozen = [weight.clone() for weight in reader.lower.parameters()]
    recipe = RerankerRecipe(epochs=2, minutes=10, body_rate=3e-3, head_rate=1e-2, warm_steps=5, measured_every=20)
    trained = train_reader(reader, lambda epoch: groups(160, seed=10 + epoch), waiting, recipe)
    assert trained.steps == 40
    assert precisions(waiting, verdicts_of(reader, waiting)).mean() > 0.9
    assert all(torch.equal(was, now) for was, now in zip(frozen, reader.lower.parameters(), strict=True))

    again = PairReader(base, layers_alone=1)
    again.load_trained(reader.trained())
    (was,), (now,) = verdicts_of(reader, waiting[:1]), verdicts_of(again, waiting[:1])
    assert was == pytest.approx(now, abs=1e-3)
    with pytest.raises(RuntimeError, match="missing or unknown"):
        PairReader(base, layers_alone=2).load_trained(reader.trained())
