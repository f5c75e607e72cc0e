"""TunedModel: a base model with the weights that are tuned, their loss and their gradients."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.answering.adapters import WEIGHTS
from bot.errors import TrainingError
from bot.learning.training.attention import use_plain_attention
from bot.learning.training.batching import Encoded, micro_batches
from bot.learning.training.recipe import Recipe

if TYPE_CHECKING:
    import torch


T = TypeVar("T")

COMMON = 32_768
"""Ids that count as the commonest words: tokenizers number the pieces they found first, and so most often, first."""


class TunedModel:
    """Computes in the base's precision; the optimizer works on float32 copies, in which small steps are not lost.

    On the CPU each worker thread takes a part of the batch through the model on one core: that is quicker than all
    cores on one part, of which most operations are too small to be divided.

    Args:
        folder: the base's weights and tokenizer.
        recipe: what is tuned.
        name: of the base, for those who read the adapter.
        device: cpu or cuda.
        workers: threads that compute at once.
    """

    def __init__(self, folder: Path, recipe: Recipe, *, name: str, device: str = "cpu", workers: int = 1) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        torch.manual_seed(recipe.seed)
        quick = device != "cpu" or torch.cpu._is_avx512_bf16_supported()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        logging.disable_progress_bar()  # the training shows its own
        base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16 if quick else torch.float32)
        base.to(device)
        base.config.use_cache = False
        if device == "cpu":
            use_plain_attention(base)
        self.device, self._recipe, self._name = device, recipe, name
        self.model: Any = _with_adapters(base, recipe) if not recipe.full else _unfrozen(base, recipe)
        self.model.train()
        self.tuned = [(name, weight) for name, weight in self.model.named_parameters() if weight.requires_grad]
        self.masters = [weight.detach().float().clone() for _, weight in self.tuned]
        self._bare = base
        self._pool = ThreadPoolExecutor(workers, initializer=_one_core) if workers > 1 else None
        self._places: torch.Tensor | None = None
        self._head = base.get_output_embeddings().weight

    def know(self, examples: Iterable[Encoded]) -> None:
        """Score from now on only the commonest words and those of these examples: of 262,000 some 35,000.

        The head takes a fifth of the time when it scores all; what it leaves out the base itself hardly ever says.
        """
        import torch

        whole = self._bare.get_output_embeddings().weight
        told = [(*one.ids, *(span.unlike for span in one.spans if span.unlike is not None)) for one in examples]
        known = {token for ids in told for token in ids} | set(range(min(COMMON, len(whole))))
        ids = torch.tensor(sorted(known), device=whole.device)
        self._places = torch.full((len(whole),), -1, device=whole.device)
        self._places[ids] = torch.arange(len(ids), device=whole.device)
        self._head = whole[ids].detach()  # (n_known, dim)

    def take_up(self, folder: Path) -> None:
        """Go on from an adapter's weights.

        Raises:
            TrainingError: it is no adapter of this shape.
        """
        import torch
        from safetensors.torch import load_file

        try:
            saved = load_file(folder / WEIGHTS)
        except Exception as error:
            raise TrainingError(f"The adapter in {str(folder)!r} cannot be read ({error}); use --from base.") from error
        named = {
            name.replace(".default.", "."): master for (name, _), master in zip(self.tuned, self.masters, strict=True)
        }
        if {name: tuple(weight.shape) for name, weight in saved.items()} != {
            name: tuple(master.shape) for name, master in named.items()
        }:
            raise TrainingError(
                f"The adapter in {str(folder)!r} tunes other layers or has another rank than this training; "
                "use --from base."
            )
        with torch.no_grad():
            for name, master in named.items():
                master.copy_(saved[name])
        self.take_over()

    def tokenize(self, text: str) -> list[int]:
        """Ids of a text without special tokens."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False)
        return ids

    @property
    def begin(self) -> list[int]:
        """Ids that open every text of this model."""
        ids: list[int] = self.tokenizer.encode("")
        return ids

    def gradients(self, batch: Sequence[Encoded]) -> float:
        """Set the masters' gradients to those of the batch's mean loss a token, by what each counts; that loss."""
        import torch

        counted = sum(one.weight for one in batch)

        def part(examples: list[Encoded]) -> tuple[float, tuple[torch.Tensor, ...]]:
            loss = self._loss(examples)
            return float(loss.detach()), torch.autograd.grad(loss / counted, [weight for _, weight in self.tuned])

        for master in self.masters:
            master.grad = torch.zeros_like(master)
        total = 0.0
        for loss, gradients in self._each(part, batch):  # in one order, so that a seed gives the same sums again
            total += loss
            for master, gradient in zip(self.masters, gradients, strict=True):
                assert master.grad is not None
                master.grad += gradient
        return total / counted

    def loss(self, examples: Sequence[Encoded]) -> float:
        """Mean loss a token of the answers, by what each counts, in nats."""
        import torch

        def part(some: list[Encoded]) -> float:
            with torch.inference_mode():
                return float(self._loss(some))

        return sum(self._each(part, examples)) / max(sum(one.weight for one in examples), 1.0)

    def take_over(self) -> None:
        """Compute with the masters' values from now on."""
        import torch

        with torch.no_grad():
            for (_, weight), master in zip(self.tuned, self.masters, strict=True):
                weight.copy_(master)

    def save(self, folder: Path) -> None:
        """The adapter, or all weights of a full tuning, as safetensors."""
        if self._recipe.full:
            self.model.save_pretrained(folder)
            self.tokenizer.save_pretrained(folder)
            return
        self.model.peft_config["default"].base_model_name_or_path = self._name  # and not the folder on this machine
        # No embeddings are tuned; asked to find out by itself, peft would look for the base on a hub.
        self.model.save_pretrained(folder, save_embedding_layers=False)

    def _each(self, work: Callable[[list[Encoded]], T], examples: Sequence[Encoded]) -> Iterable[T]:
        parts = micro_batches(examples, tokens=self._recipe.micro_batch_tokens)
        parts.sort(key=lambda part: -len(part) * len(part[-1].ids))  # the longest first, so that no core waits long
        return self._pool.map(work, parts) if self._pool else map(work, parts)

    def _loss(self, examples: Sequence[Encoded]) -> "torch.Tensor":
        """Summed over the answers' tokens by what they count.

        The head, with its large vocabulary, is computed at these places only.
        """
        import torch

        width = max(len(one.ids) for one in examples)
        # Padded on the right: what follows is never seen by what stands before, so that it needs no mask.
        ids = torch.tensor([[*one.ids, *[0] * (width - len(one.ids))] for one in examples], device=self.device)
        read: dict[str, Any] = {}
        if any(len(one.spans) > 1 for one in examples):
            places = torch.tensor([[*one.places, *range(len(one.ids), width)] for one in examples])
            read = {"attention_mask": self._seen(examples, places), "position_ids": places.to(self.device)}
        states = self._bare.base_model(input_ids=ids, use_cache=False, **read).last_hidden_state  # (batch, width, dim)
        wanted_at = [
            (row, place)
            for row, one in enumerate(examples)
            for span in one.spans
            for place in range(span.start, span.end)
        ]
        rows, columns = [row for row, _ in wanted_at], [place for _, place in wanted_at]
        before = states[rows, [place - 1 for place in columns]]  # (n_answer_tokens, dim)
        scores = before @ self._head.T  # (n_answer_tokens, n_known)
        none = -1
        unlike = [
            span.unlike if span.unlike is not None else none
            for one in examples
            for span in one.spans
            for _ in range(span.start, span.end)
        ]
        barred = torch.tensor(unlike, device=self.device)  # (n_answer_tokens,)
        wanted = torch.where(barred == none, ids[rows, columns], barred)
        wanted = wanted if self._places is None else self._places[wanted]
        losses = torch.nn.functional.cross_entropy(scores.float(), wanted, reduction="none")
        # Of what is not to be written: that anything else is.
        told = (barred != none).nonzero()[:, 0]
        others = scores[told].float().scatter(1, wanted[told, None], -torch.inf).logsumexp(1)
        losses = losses.index_put((told,), scores[told].float().logsumexp(1) - others)
        weights = [weight for one in examples for span in one.spans for weight in one.weights(span)]
        return losses @ torch.tensor(weights, device=self.device)

    def _seen(self, examples: Sequence[Encoded], places: "torch.Tensor") -> Any:
        """The mask of each kind of layer that the base has: of all that stands before, or of what is near."""
        seen = _apart(examples, places.shape[1])
        config = self._bare.config.get_text_config()
        if "sliding_attention" not in (getattr(config, "layer_types", None) or ()):
            return seen.to(self.device)
        far = places[:, None, :, None] - places[:, None, None, :] >= config.sliding_window
        masks = {"full_attention": seen, "sliding_attention": seen & ~far}
        return {kind: mask.to(self.device) for kind, mask in masks.items()}


def _apart(examples: Sequence[Encoded], width: int) -> "torch.Tensor":
    """What each token sees: what stands before it and is of no other question; (batch, 1, width, width)."""
    import torch

    seen = torch.ones(len(examples), 1, width, width, dtype=torch.bool).tril()
    for row, one in enumerate(examples):
        shared = one.spans[0].first
        for span in one.spans:
            seen[row, 0, span.first : span.end, shared : span.first] = False
    return seen


def _with_adapters(base: Any, recipe: Recipe) -> Any:
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        target_modules=list(recipe.targets),
        layers_to_transform=_tuned_layers(base, recipe),
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # PEFT asks transformers by a name that is to change
        return get_peft_model(base, config, autocast_adapter_dtype=False)


def _unfrozen(base: Any, recipe: Recipe) -> Any:
    tuned = {f".{place}." for place in _tuned_layers(base, recipe)}
    for name, weight in base.named_parameters():
        weight.requires_grad_("layers" in name and any(place in name for place in tuned))
    return base


def _tuned_layers(base: Any, recipe: Recipe) -> list[int]:
    count = base.config.get_text_config().num_hidden_layers
    return list(range(count - min(recipe.layers or count, count), count))


def _one_core() -> None:
    import torch

    torch.set_num_threads(1)
