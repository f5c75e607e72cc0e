"""LowRank: a change of a weight as the product of two thin matrices, for the linear layers of any torch module.

Method: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021), here as a parametrisation of the weight,
so that modules which multiply by their weights themselves, as the multilingual encoder does, are tuned too.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from knowledge.tuned_embedder import DOWN, UP

WEIGHT = "weight"
LEFT_OUT = "pooler"  # BERT's, which sentence encoders load and never use


class LowRank(nn.Module):
    """Gives a weight, (rows, columns), and its change, which is nothing before training.

    Args:
        rank: of the change.
        scale: what the product is multiplied by.
    """

    def __init__(self, rows: int, columns: int, *, rank: int, scale: float) -> None:
        super().__init__()
        self.scale = scale
        self.down = nn.Parameter(torch.empty(rank, columns))
        self.up = nn.Parameter(torch.zeros(rows, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, weight: Tensor) -> Tensor:
        """The changed weight."""
        return weight + (self.scale * (self.up @ self.down)).to(weight.dtype)


def attach(model: nn.Module, *, rank: int, scale: float) -> dict[str, LowRank]:
    """Freeze a module and give each of its linear layers a change that can be trained.

    Returns:
        The changes by the name of the weight that they belong to.
    """
    model.requires_grad_(False)
    linears = {name: one for name, one in model.named_modules() if isinstance(one, nn.Linear) and LEFT_OUT not in name}
    changes = {}
    for name, linear in linears.items():
        rows, columns = linear.weight.shape
        change = LowRank(rows, columns, rank=min(rank, rows, columns), scale=scale).to(linear.weight.device)
        parametrize.register_parametrization(linear, WEIGHT, change)
        changes[f"{name}.{WEIGHT}"] = change
    return changes


def detach(model: nn.Module) -> None:
    """Leave the module as it was before `attach`."""
    for one in list(model.modules()):
        if isinstance(one, nn.Linear) and parametrize.is_parametrized(one, WEIGHT):
            parametrize.remove_parametrizations(one, WEIGHT, leave_parametrized=False)


def difference(changes: dict[str, LowRank]) -> dict[str, Tensor]:
    """The matrices of the changes as `TunedEmbedder` adds them, in bfloat16."""
    matrices = {}
    for name, change in changes.items():
        for end, matrix in ((DOWN, change.down), (UP, change.up)):
            matrices[name + end] = matrix.detach().to(torch.bfloat16).cpu().contiguous().clone()
    return matrices
