"""TorchRows: rows of tokens in one batch of a transformers model, and their states."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.answering.decoding.batch_worker import Opening, PromptTokens
from bot.answering.decoding.greedy_head import GreedyHead
from bot.answering.decoding.pieces import REFUSED_FROM
from bot.answering.decoding.prefix_cache import PrefixCache, States

if TYPE_CHECKING:
    import torch
    from transformers import DynamicCache


class TorchRows:
    """Decodes greedily, every row as if it were alone.

    Rows end in the same column and are padded at their left, so that neighbours in a row are neighbours in the batch
    and a sliding window sees what it saw of one row. The states of all layers are kept whole, and what lies beyond a
    window is masked: so rows of other lengths can be put together and taken apart. Needs a model whose layers only
    attend.

    Args:
        model: the weights.
        head: its last step.
        refusing: tokens that open a refusal, followed only where refusing is likely enough.
    """

    def __init__(self, model: Any, head: GreedyHead, *, refusing: frozenset[int] = frozenset()) -> None:
        self._model, self._head, self._refusing = model, head, refusing
        self._prefixes = PrefixCache()
        self._cache: DynamicCache | None = None
        self._lengths: list[int] = []  # tokens of each row

    def join(self, prompts: Sequence[PromptTokens]) -> Sequence[Opening]:
        """Read prompts into new rows, going on from beginnings that are known."""
        known = [self._prefixes.get(prompt.tokens[: prompt.constant]) for prompt in prompts]
        lengths = [len(prompt.tokens) for prompt in prompts]
        # As many of the last tokens are read of each: of a shorter row, some that are known are read once more.
        reads = max(
            length - (prompt.constant if states else 0)
            for length, prompt, states in zip(lengths, prompts, known, strict=True)
        )
        begun = [max(length - reads, 0) for length in lengths]
        tokens = [[0] * max(reads - len(prompt.tokens), 0) + list(prompt.tokens[-reads:]) for prompt in prompts]
        with _inference():
            fresh = _cache_of(_right_aligned(known, begun))
            hidden = self._read(tokens, fresh, lengths)
            states = _states_of(fresh)
            self._remember(prompts, states)
            self._cache = _cache_of(_together(_states_of(self._cache), states)) if self._cache else fresh
            self._lengths += lengths
            return self._openings(hidden)

    def step(self, tokens: Sequence[int]) -> Sequence[int]:
        """Add a token to every row; the next one of each."""
        self._lengths = [length + 1 for length in self._lengths]
        with _inference():
            chosen: list[int] = self._head(
                self._read([[token] for token in tokens], self._cache, self._lengths)
            ).tolist()
        return chosen

    def keep(self, rows: Sequence[int]) -> None:
        """Let go of all rows but these, and of the columns that only others needed."""
        self._lengths = [self._lengths[row] for row in rows]
        if not rows or self._cache is None:
            self._cache = None
            return
        longest = max(self._lengths)
        with _inference():
            self._cache = _cache_of([states[list(rows), :, -longest:] for states in _states_of(self._cache)])

    def _read(
        self, tokens: Sequence[Sequence[int]], cache: "DynamicCache | None", lengths: Sequence[int]
    ) -> "torch.Tensor":
        """Read tokens into a cache; the last hidden state of each row, (rows, dim).

        Args:
            tokens: of each row, padded at the left.
            cache: of what was read before; it grows.
            lengths: tokens of each row, these included.
        """
        import torch

        ids = torch.tensor(tokens, device=self._model.device)  # (rows, reads)
        seen = {} if min(lengths) == max(lengths) else _seen(lengths, ids)
        body = self._model.base_model(input_ids=ids, past_key_values=cache, use_cache=True, **seen)
        hidden: torch.Tensor = body.last_hidden_state[:, -1]  # (rows, reads, dim) to its last
        return hidden

    def _remember(self, prompts: Sequence[PromptTokens], states: States) -> None:
        """Keep the states of constant beginnings, free of the batch they were read in."""
        for row, prompt in enumerate(prompts):
            constant = prompt.tokens[: prompt.constant]
            if constant and self._prefixes.get(constant) is None:
                start = states[0].shape[2] - len(prompt.tokens)
                columns = slice(start, start + len(constant))
                self._prefixes.put(constant, [one[row : row + 1, :, columns].clone() for one in states])

    def _openings(self, hidden: "torch.Tensor") -> list[Opening]:
        """The first token of each answer."""
        if not self._refusing:
            return [Opening(token) for token in self._head(hidden).tolist()]
        return [self._opening(state) for state in hidden]

    def _opening(self, state: "torch.Tensor") -> Opening:
        """The likeliest first token; one that opens a refusal only where refusing is likely enough.

        Refusals all open alike and answers do not, so that the likeliest opening may be a refusal's although an answer
        of some kind is far likelier.
        """
        scores = self._model.get_output_embeddings()(state).float()  # (vocabulary,)
        chances = scores.softmax(dim=0)
        refusing = float(sum(chances[token] for token in self._refusing))
        best = int(scores.argmax())
        if best in self._refusing and float(chances[best]) < REFUSED_FROM:
            scores[best] = -float("inf")
            best = int(scores.argmax())
        return Opening(best, refusing)


def _inference() -> Any:
    import torch

    return torch.inference_mode()


def _seen(lengths: Sequence[int], ids: "torch.Tensor") -> dict[str, "torch.Tensor"]:
    """What rows of several lengths need: which columns hold tokens, and the place of each token read in its text."""
    import torch

    columns = max(lengths)
    ends = torch.tensor(lengths, device=ids.device)[:, None]  # (rows, 1)
    mask = torch.arange(columns, device=ids.device) >= columns - ends  # (rows, columns)
    reads = ids.shape[1]
    places = torch.arange(-reads, 0, device=ids.device) + ends  # (rows, reads)
    return {"attention_mask": mask.long(), "position_ids": places.clamp_min(0)}


def _cache_of(states: States) -> "DynamicCache":
    """A cache that goes on from states; not told of the model's windows, for it would forget what lies beyond."""
    from transformers import DynamicCache

    cache = DynamicCache()
    for layer, (keys, values) in enumerate(zip(states[::2], states[1::2], strict=True)):
        cache.update(keys, values, layer)
    return cache


def _states_of(cache: "DynamicCache") -> States:
    return [one for layer in cache.layers for one in (layer.keys, layer.values)]


def _right_aligned(known: Sequence[States | None], begun: Sequence[int]) -> States:
    """The first `begun` columns of each row's known states, all ending in the same column."""
    columns = max(begun)
    if not columns:
        return ()
    pattern = next(states for states in known if states)
    rows = [[one[:, :, :count] for one in states or pattern] for states, count in zip(known, begun, strict=True)]
    return [_stacked(parts) for parts in zip(*rows, strict=True)]


def _together(first: States, second: States) -> States:
    """The rows of both, ending in the same column."""
    return [_stacked(parts) for parts in zip(first, second, strict=True)]


def _stacked(parts: Sequence["torch.Tensor"]) -> "torch.Tensor":
    """The rows of all, with nothing in the columns that the shorter ones lack at their left."""
    import torch
    from torch.nn.functional import pad

    columns = max(part.shape[2] for part in parts)
    return torch.cat([pad(part, (0, 0, columns - part.shape[2], 0)) for part in parts])
