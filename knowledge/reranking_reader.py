"""PairReader: reads a question and a passage together and says how well the one answers the other.

Method: MacAvaney et al., "Efficient Document Re-Ranking for Transformers by Precomputing Term Representations" (2020).
The lower layers of a frozen sentence encoder read each text alone, so that what they make of a passage can be kept;
only the upper layers, which are trained, see both texts.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoModel, AutoTokenizer

LAYERS_ALONE = 4
MAX_TOKENS = 72  # of each text; longer ones are cut
TEXTS_AT_ONCE = 64
ASKED, ASKED_AND_SAID, SAID, SAID_AND_ASKED = range(4)
"""Marks of a token: in the question or the passage, and whether the other text holds it too."""

_FAR = -1e4  # added to the attention paid to padding


class Alone:
    """A text as the lower layers read it: token numbers (n_tokens,) and what became of them (n_tokens, dim)."""

    __slots__ = ("ids", "states")

    def __init__(self, ids: Tensor, states: Tensor) -> None:
        self.ids, self.states = ids, states


class PairReader(nn.Module):
    """The frozen lower and the trained upper layers of one encoder.

    Args:
        base: folder of the encoder, one that transformers loads as BERT.
        layers_alone: how many lower layers read each text by itself.
    """

    def __init__(self, base: Path, *, layers_alone: int = LAYERS_ALONE) -> None:
        super().__init__()
        self.layers_alone = layers_alone
        self.tokenizer = AutoTokenizer.from_pretrained(str(base))
        encoder = AutoModel.from_pretrained(str(base), attn_implementation="eager", dtype=torch.float32)
        width = int(encoder.config.hidden_size)
        self.embeddings = encoder.embeddings.requires_grad_(False)
        self.lower = nn.ModuleList(encoder.encoder.layer[:layers_alone]).requires_grad_(False)
        self.upper = nn.ModuleList(encoder.encoder.layer[layers_alone:])
        self.marks = nn.Parameter(torch.zeros(4, width))
        self.verdict = nn.Linear(2 * width, 1)
        nn.init.normal_(self.verdict.weight, std=0.02)
        nn.init.zeros_(self.verdict.bias)

    def train(self, mode: bool = True) -> "PairReader":
        """Only the upper layers ever train; the lower ones stay as they are, dropout off."""
        super().train(mode)
        self.embeddings.eval()
        self.lower.eval()
        return self

    def trained(self) -> dict[str, Tensor]:
        """The weights that training changed, which are all that is saved."""
        return {
            name: weight for name, weight in self.state_dict().items() if not name.startswith(("embeddings.", "lower."))
        }

    def trained_for_saving(self) -> dict[str, Tensor]:
        """The same in bfloat16, half as large and no worse measured."""
        return {name: weight.to(torch.bfloat16).contiguous() for name, weight in self.trained().items()}

    def load_trained(self, weights: dict[str, Tensor]) -> None:
        """Take over what `trained` gave; RuntimeError when it is of another shape."""
        expected = set(self.trained())
        if set(weights) != expected:
            raise RuntimeError(f"{len(expected ^ set(weights))} weights are missing or unknown")
        self.load_state_dict(weights, strict=False)

    @torch.no_grad()
    def read_alone(self, texts: Sequence[str]) -> list[Alone]:
        """What the lower layers make of each text, in their order."""
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        read: dict[int, Alone] = {}
        for begin in range(0, len(order), TEXTS_AT_ONCE):
            part = order[begin : begin + TEXTS_AT_ONCE]
            batch = self.tokenizer(
                [texts[number] for number in part],
                truncation=True,
                max_length=MAX_TOKENS,
                padding=True,
                return_tensors="pt",
            ).to(self.marks.device)
            there = batch["attention_mask"].bool()  # (n_texts, n_tokens)
            states = _through(self.lower, self.embeddings(input_ids=batch["input_ids"]), there)
            for row, number in enumerate(part):
                length = int(there[row].sum())
                read[number] = Alone(batch["input_ids"][row, :length], states[row, :length].clone())
        return [read[number] for number in range(len(texts))]

    def forward(self, questions: Sequence[Alone], passages: Sequence[Alone]) -> Tensor:
        """Log-odds that each passage answers the question beside it, (n_pairs,), float32."""
        pairs = list(zip(questions, passages, strict=True))
        marks = pad_sequence([_marks(asked.ids, said.ids) for asked, said in pairs], True, -1)  # (n_pairs, n_tokens)
        states = pad_sequence([torch.cat([asked.states, said.states]) for asked, said in pairs], True)
        there = marks >= 0
        states = states + self.marks[marks.clamp(min=0)]
        states = _through(self.upper, states, there).float()
        asked, said = there & (marks < SAID), marks >= SAID
        both = torch.cat([_mean(states, asked), _mean(states, said)], dim=1)  # (n_pairs, 2 * width)
        return functional.linear(both, self.verdict.weight.float(), self.verdict.bias.float()).squeeze(1)


def _marks(asked: Tensor, said: Tensor) -> Tensor:
    return torch.cat([ASKED + torch.isin(asked, said).long(), SAID + torch.isin(said, asked).long()])


def _through(layers: nn.ModuleList, states: Tensor, there: Tensor) -> Tensor:
    """States through encoder layers, padding unseen."""
    unseen = (~there)[:, None, None, :].to(states.dtype) * _FAR
    for layer in layers:
        states = layer(states, unseen)
    return states


def _mean(states: Tensor, of: Tensor) -> Tensor:
    """Mean of the marked tokens, (n_pairs, width)."""
    weight = of[..., None].to(states.dtype)
    return (states * weight).sum(1) / weight.sum(1)
