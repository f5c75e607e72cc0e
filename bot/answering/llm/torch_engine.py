"""TorchEngine: text generated in this process by transformers, on whichever device there is."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from langchain_core.messages import BaseMessage

from bot.answering.adapters import FIGURES, Adapter
from bot.answering.decoding.answer_text import AnswerText, TokenText, loops
from bot.answering.decoding.greedy_head import greedy_head
from bot.answering.decoding.pieces import REFUSED_FROM, Ending, Limits, Piece, Prompt
from bot.answering.decoding.prefix_cache import PrefixCache
from bot.answering.engine_choice import pick_device
from bot.answering.llm.rendering import render_examples, render_template
from bot.answering.llm.weights import quiet_transformers
from bot.answering.tuned_text import REFUSAL
from bot.errors import GeneratorError
from knowledge.errors import ModelDamaged, ModelMissing

if TYPE_CHECKING:
    import torch
    from transformers import DynamicCache

CONTEXT_TOKENS = 8
"""Tokens of the prompt's end that the first tokens of the answer are decoded with."""


class TorchEngine:
    """A transformers model and its tokenizer, decoding greedily.

    The work is done in the thread that reads the iterator, one token a step: a reader that leaves ends it, an error
    reaches the reader, and nothing can hang. The states of a prompt's constant part are kept between questions.

    Args:
        model: the weights.
        tokenizer: the model's.
        name: what settings call it.
        tuned: it was tuned to answer from passages; its prompts are rendered as those it was tuned on.
    """

    at_once = 1

    def __init__(self, model: Any, tokenizer: Any, *, name: str, tuned: bool = False) -> None:
        self.name, self.tuned = name, tuned
        self.device = str(model.device)
        self._model, self._tokenizer = model, tokenizer
        self._head = greedy_head(model)
        self._prefixes = PrefixCache()
        self._end_tokens = _end_tokens(model, tokenizer)
        self._refusing = _openings(tokenizer) if tuned else frozenset()
        self._longest = int(getattr(model.config.get_text_config(), "max_position_embeddings", 2048))

    @classmethod
    def load(cls, weights: str, *, name: str, device: str = "auto", adapter: Adapter | None = None) -> Self:
        """Load a folder or a Hugging Face id, and add an adapter to it.

        Raises:
            ModelMissing: no such id, or the hub cannot be reached.
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
        if adapter is not None:
            adapter.add_to(model)
        return cls(model.to(where).eval(), tokenizer, name=name, tuned=adapter is not None or _tuned_whole(weights))

    @property
    def bytes_per_token(self) -> int:
        """Bytes of weights read for one token; of an input embedding that is not also the output, one row."""
        output = self._model.get_output_embeddings().weight
        tables = {id(weight) for weight in (output, self._model.get_input_embeddings().weight)}
        body = sum(p.numel() * p.element_size() for p in self._model.parameters() if id(p) not in tables)
        return int(body + self._head.bytes_read)

    def render(self, messages: Sequence[BaseMessage]) -> Prompt:
        """Plain text for a base or tuned model, the chat template of any other."""
        if self.tuned or not self._tokenizer.chat_template:
            return render_examples(messages)
        return render_template(
            messages,
            lambda turns: str(self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)),
        )

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        """The continuation, a piece a token."""
        deadline = time.monotonic() + limits.seconds
        constant, varying = self._tokens(prompt)
        if len(constant) + len(varying) + limits.max_tokens > self._longest:
            raise GeneratorError(
                f"The prompt is too long for {self.name}: {len(constant) + len(varying)} tokens and "
                f"{limits.max_tokens} for the answer, of {self._longest} in all."
            )
        tokens_text, answer = TokenText(self._decode, varying[-CONTEXT_TOKENS:]), AnswerText(limits.stops)
        made: list[int] = []
        token, states = self._read(constant, varying)
        while True:
            ending: Ending | None = None
            text = ""
            if token in self._end_tokens:
                ending = "stop"
            else:
                made.append(token)
                text = answer.add(tokens_text.add(token))
                ending = _ending(made, answer, limits, deadline)
            if ending:
                yield Piece(text + answer.end(), tokens=int(token not in self._end_tokens), ending=ending)
                return
            yield Piece(text, tokens=1)
            token = self._step([token], states)

    def _tokens(self, prompt: Prompt) -> tuple[list[int], list[int]]:
        """The prompt's tokens, cut where those of its constant part end.

        A word may cross the border; so the whole is tokenized, and cut where both readings still agree. At least one
        token is left over to be read: the next one is known only from it.
        """
        templated = bool(self._tokenizer.chat_template)
        constant: list[int] = self._tokenizer.encode(prompt.constant, add_special_tokens=not templated)
        whole: list[int] = self._tokenizer.encode(prompt.text, add_special_tokens=not templated)
        pairs = zip(constant, whole[:-1], strict=False)
        border = next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(constant), len(whole) - 1))
        return whole[:border], whole[border:]

    def _read(self, constant: list[int], varying: list[int]) -> tuple[int, "DynamicCache"]:
        """Read the prompt: the first token of the answer, and the states to go on from."""
        from transformers import DynamicCache

        states = self._prefixes.get(tuple(constant)) if constant else None
        if states is None:
            states = DynamicCache(config=self._model.config)
            if constant:
                self._step(constant, states)
                self._prefixes.put(tuple(constant), states)
        return self._step(varying, states, opening=True), states

    def _step(self, tokens: list[int], states: "DynamicCache", *, opening: bool = False) -> int:
        """Read tokens into the states; the likeliest token after them, or to open an answer with."""
        import torch

        try:
            with torch.inference_mode():
                ids = torch.tensor([tokens], device=self._model.device)  # (1, n_tokens)
                body = self._model.base_model(input_ids=ids, past_key_values=states, use_cache=True)
                state = body.last_hidden_state[0, -1]  # (1, n_tokens, dim) to its last (dim,)
                token = self._head(state)
                return self._sure(token, state) if opening and token in self._refusing else token
        except RuntimeError as error:
            raise GeneratorError(f"The model {self.name} failed while answering: {error}") from error

    def _sure(self, token: int, state: "torch.Tensor") -> int:
        """The token that opens a refusal where refusing is likely enough, else the next best.

        Refusals all open alike and answers do not, so that the likeliest opening may be a refusal's although an answer
        of some kind is far likelier.
        """
        scores = self._model.get_output_embeddings()(state).float()  # (vocabulary,)
        if float(scores.softmax(dim=0)[token]) >= REFUSED_FROM:
            return token
        scores[token] = -float("inf")
        return int(scores.argmax())

    def _decode(self, tokens: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(list(tokens), skip_special_tokens=True)
        return text


def _openings(tokenizer: Any) -> frozenset[int]:
    """The first tokens of the refusals."""
    targets = (f" {REFUSAL['en']}", REFUSAL["zh"])
    return frozenset(tokenizer.encode(target, add_special_tokens=False)[0] for target in targets)


def pick_dtype(device: str) -> "torch.dtype":
    """bfloat16 wherever the hardware multiplies it: half the bytes to read for each token."""
    import torch

    if device == "cpu" and not torch.cpu._is_avx512_bf16_supported():
        return torch.float32
    return torch.bfloat16


def _tuned_whole(weights: str) -> bool:
    """Whether a full tuning made these weights."""
    return (Path(weights) / FIGURES).is_file()


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """All tokens that end a text; chat models often have two."""
    named = model.generation_config.eos_token_id
    tokens = named if isinstance(named, list) else [named]
    return frozenset(token for token in (*tokens, tokenizer.eos_token_id) if token is not None)


def _ending(made: list[int], answer: AnswerText, limits: Limits, deadline: float) -> Ending | None:
    if answer.stopped:
        return "stop"
    if len(made) >= limits.max_tokens:
        return "length"
    if time.monotonic() > deadline:
        return "time"
    return "repetition" if loops(made) else None
