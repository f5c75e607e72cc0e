"""PrefixCache: the key-value states of prompt beginnings that come again with every question."""

import copy
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import DynamicCache


class PrefixCache:
    """The last few prompt beginnings that were read, most recently used last.

    Args:
        size: how many are kept; a bot needs one for each language and kind of question.
    """

    def __init__(self, size: int = 6) -> None:
        self.size = size
        self._states: OrderedDict[tuple[int, ...], DynamicCache] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tokens: tuple[int, ...]) -> "DynamicCache | None":
        """States to go on from, free to be grown; None when this beginning is not known."""
        with self._lock:
            states = self._states.get(tokens)
            if states is None:
                return None
            self._states.move_to_end(tokens)
            return fork(states)

    def put(self, tokens: tuple[int, ...], states: "DynamicCache") -> None:
        """Keep a fork of the states of exactly these tokens."""
        with self._lock:
            self._states[tokens] = fork(states)
            while len(self._states) > self.size:
                self._states.popitem(last=False)


def fork(states: "DynamicCache") -> "DynamicCache":
    """A second cache on the same tensors: a dynamic cache grows by making new ones and never writes into the old."""
    twin = copy.copy(states)
    twin.layers = [copy.copy(layer) for layer in states.layers]
    return twin
