from types import SimpleNamespace

import pytest

from bot.answering.decoding.greedy_head import ExactHead, ShortlistHead, greedy_head

pytestmark = pytest.mark.full  # importing torch and transformers takes seconds


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_shortlist_finds_the_token_that_the_whole_layer_finds(dtype):
    import torch

    torch.manual_seed(3)
    weight = (torch.randn(5000, 48) * torch.rand(5000, 1)).to(getattr(torch, dtype))
    head = ShortlistHead(weight)
    hidden = torch.randn(30, 48) * torch.logspace(-3, 3, 30)[:, None]  # small rows beside large ones
    expected = (hidden @ weight.float().T).argmax(dim=1)
    assert head(hidden).tolist() == expected.tolist()
    assert [int(head(row[None])) for row in hidden] == expected.tolist()


def test_a_row_of_zeros_does_no_harm():
    import torch

    assert ShortlistHead(torch.tensor([[0.0, 0.0], [1.0, 2.0]]))(torch.tensor([[1.0, 1.0]])).tolist() == [1]


@pytest.mark.parametrize(
    ("words", "bias", "expected"), [(100, False, ExactHead), (40_000, True, ExactHead), (40_000, False, ShortlistHead)]
)
def test_only_a_large_vocabulary_gets_a_shortlist(words, bias, expected):
    import torch

    layer = torch.nn.Linear(4, words, bias=bias)
    assert isinstance(greedy_head(SimpleNamespace(get_output_embeddings=lambda: layer)), expected)
