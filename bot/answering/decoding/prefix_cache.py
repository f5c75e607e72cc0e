"""PrefixCache: the key-value states of prompt beginnings that come again with every question."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

States = Sequence["torch.Tensor"]
"""The keys and the values of each layer in turn, (rows, heads, columns, dim); never written into, only copied from."""


class PrefixCache:
    """The last few prompt beginnings that were read, most recently used last.

    Args:
        size: how many are kept; a bot needs one for each language and kind of question.
    """

    def __init__(self, size: int = 6) -> None:
        self.size = size
        self._states: OrderedDict[tuple[int, ...], States] = OrderedDict()

    def get(self, tokens: tuple[int, ...]) -> States | None:
        """The states of exactly these tokens, one row; None when this beginning is not known."""
        if tokens in self._states:
            self._states.move_to_end(tokens)
        return self._states.get(tokens)

    def put(self, tokens: tuple[int, ...], states: States) -> None:
        """Keep the states of exactly these tokens."""
        self._states[tokens] = states
        while len(self._states) > self.size:
            self._states.popitem(last=False)
