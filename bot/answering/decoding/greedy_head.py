"""The last step of each token: which of the vocabulary's words is the likeliest, read with as few bytes as can be."""

import warnings
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch

CANDIDATES = 64
WORTHWHILE_VOCABULARY = 32_000
ROWS_AT_ONCE = 16_384


class GreedyHead(Protocol):
    """Picks the likeliest token after each hidden state; `bytes_read` of weights for one."""

    bytes_read: int

    def __call__(self, hidden: "torch.Tensor") -> "torch.Tensor":
        """The tokens, (rows,), for hidden states, (rows, dim)."""


class ExactHead:
    """The model's own output layer."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer
        self.bytes_read = layer.weight.numel() * layer.weight.element_size()

    def __call__(self, hidden: "torch.Tensor") -> "torch.Tensor":
        """The likeliest tokens."""
        tokens: torch.Tensor = self._layer(hidden).argmax(dim=-1)
        return tokens


class ShortlistHead:
    """8-bit weights for a shortlist, exact ones to choose from it: half the bytes, and the same token.

    A small model with a large vocabulary spends most of its time here: two thirds of Gemma 270M's weights are this
    matrix. The rounded scores err by about 1 % of their size, the shortlist holds the best 64 of them; its exact
    scores decide. (Screening, then exact scores: Shrivastava and Li 2014 and later work on fast output layers.)

    Args:
        weight: (vocabulary, dim), on the CPU.
    """

    def __init__(self, weight: "torch.Tensor") -> None:
        import torch

        self._weight = weight
        self.bytes_read = weight.numel() + CANDIDATES * weight.shape[1] * weight.element_size()
        rounded = torch.empty(weight.shape, dtype=torch.int8)
        scales = torch.empty(len(weight), dtype=torch.float64)
        for start in range(0, len(weight), ROWS_AT_ONCE):  # never a second copy of the whole in float32
            rows = weight[start : start + ROWS_AT_ONCE].float()
            scale = rows.abs().amax(dim=1).clamp_min(1e-12) / 127
            rounded[start : start + ROWS_AT_ONCE] = (rows / scale[:, None]).round().to(torch.int8)
            scales[start : start + ROWS_AT_ONCE] = scale.double()
        zeros = torch.zeros(len(weight), dtype=torch.long)
        with warnings.catch_warnings():
            # Quantized tensors are to leave torch one day; the pinned version has them, and nothing else is as quick.
            warnings.simplefilter("ignore", UserWarning)
            quantized = torch._make_per_channel_quantized_tensor(rounded, scales, zeros, 0)
            self._packed = torch.ops.quantized.linear_prepack(quantized, None)

    def __call__(self, hidden: "torch.Tensor") -> "torch.Tensor":
        """The likeliest tokens."""
        import torch

        states = hidden.float()  # (rows, dim)
        # All rows are rounded by one scale: made equally large, none is rounded more than if it came alone.
        states = states / states.abs().amax(dim=1, keepdim=True).clamp_min(1e-12)
        rough = torch.ops.quantized.linear_dynamic(states, self._packed)  # (rows, vocabulary)
        best = rough.topk(min(CANDIDATES, rough.shape[1]), dim=1).indices  # (rows, candidates)
        exact = torch.einsum("rcd,rd->rc", self._weight[best].float(), states)
        tokens: torch.Tensor = best.gather(1, exact.argmax(dim=1, keepdim=True))[:, 0]
        return tokens


def greedy_head(model: Any) -> GreedyHead:
    """The quickest exact head for a model where it is."""
    import torch

    layer = model.get_output_embeddings()
    weight = layer.weight.detach()
    quick_multiply = weight.device.type == "cpu" and torch.backends.quantized.engine in ("x86", "fbgemm")
    if quick_multiply and len(weight) >= WORTHWHILE_VOCABULARY and layer.bias is None:
        return ShortlistHead(weight)
    return ExactHead(layer)
