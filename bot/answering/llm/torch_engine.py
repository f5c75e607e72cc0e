"""TorchEngine: text generated in this process by transformers, on whichever device there is."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from langchain_core.messages import BaseMessage

from bot.answering.adapters import FIGURES, Adapter
from bot.answering.decoding.pieces import Limits, Piece, Prompt
from bot.answering.decoding.torch_text import TorchText
from bot.answering.engine_choice import pick_device
from bot.answering.llm.rendering import render_examples, render_template
from bot.answering.llm.weights import quiet_transformers
from knowledge.errors import ModelDamaged, ModelMissing

if TYPE_CHECKING:
    import torch


class TorchEngine:
    """A transformers model and its tokenizer, decoding greedily, in one batch of all who ask.

    Args:
        model: the weights.
        tokenizer: the model's.
        name: what settings call it.
        tuned: it was tuned to answer from passages; its prompts are rendered as those it was tuned on.
        at_once: how many answers are written in one batch; left out: what suits the device and its memory.
    """

    def __init__(
        self, model: Any, tokenizer: Any, *, name: str, tuned: bool = False, at_once: int | None = None
    ) -> None:
        self.name, self.tuned = name, tuned
        self.text = TorchText(model, tokenizer, name=name, tuned=tuned, at_once=at_once)
        self.device, self.at_once = self.text.device, self.text.at_once

    @classmethod
    def load(cls, weights: str, *, name: str, device: str = "auto", adapter: Adapter | None = None) -> Self:
        """Load a folder or a Hugging Face id, and add an adapter to it.

        Raises:
            ModelMissing: no such id, the hub cannot be reached, or it is a model of another kind.
            ModelDamaged: the weights cannot be read.
            AdapterMismatch: the adapter belongs to other weights.
        """
        from transformers import AutoModelForCausalLM, AutoTokenizer

        where = pick_device(device)
        try:
            with quiet_transformers():
                tokenizer = AutoTokenizer.from_pretrained(weights)
                model = AutoModelForCausalLM.from_pretrained(weights, dtype=pick_dtype(where))
        except OSError as error:
            raise ModelMissing(
                f"The model {name!r} could not be loaded ({str(error).splitlines()[0]}); set SHOPCLERK_GENERATOR to "
                "gemma-3-270m, a folder, or a Hugging Face id that can be reached."
            ) from error
        except Exception as error:
            raise ModelDamaged(
                f"The model {name!r} is damaged ({error}); run: shopclerk models fetch {name}"
            ) from error
        check_layers(model.config, name)
        if adapter is not None:
            adapter.add_to(model)
        return cls(model.to(where).eval(), tokenizer, name=name, tuned=adapter is not None or _tuned_whole(weights))

    def render(self, messages: Sequence[BaseMessage]) -> Prompt:
        """Plain text for a base or tuned model, the chat template of any other."""
        if self.tuned or not self.text.tokenizer.chat_template:
            return render_examples(messages)
        return render_template(
            messages,
            lambda turns: str(
                self.text.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
            ),
        )

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        """The continuation, a piece a token."""
        return self.text.stream(prompt, limits)


def check_layers(config: Any, name: str) -> None:
    """Rows of several lengths go together only where layers do nothing but attend.

    Raises:
        ModelMissing: some do more.
    """
    layers = getattr(config.get_text_config(), "layer_types", None) or ()
    other = next((layer for layer in layers if not layer.endswith("_attention") or layer == "linear_attention"), None)
    if other:
        raise ModelMissing(
            f"The model {name!r} has {other!r} layers, expected attention only; have a server run it, and set "
            "SHOPCLERK_GENERATOR_URL."
        )


def pick_dtype(device: str) -> "torch.dtype":
    """bfloat16 wherever the hardware multiplies it: half the bytes to read for each token."""
    import torch

    if device == "cpu" and not torch.cpu._is_avx512_bf16_supported():
        return torch.float32
    return torch.bfloat16


def _tuned_whole(weights: str) -> bool:
    """Whether a full tuning made these weights."""
    return (Path(weights) / FIGURES).is_file()
