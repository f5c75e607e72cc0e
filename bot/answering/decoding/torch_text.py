"""TorchText: texts continued by a transformers model, all that are asked for in one batch."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.answering.decoding.batch_worker import BatchWorker, PromptTokens
from bot.answering.decoding.continuation import Continuation
from bot.answering.decoding.greedy_head import greedy_head
from bot.answering.decoding.pieces import Limits, Piece, Prompt
from bot.answering.decoding.torch_rows import TorchRows
from bot.answering.tuned_text import REFUSAL
from bot.errors import GeneratorError

CONTEXT_TOKENS = 8
"""Tokens of the prompt's end that the first tokens of the answer are decoded with."""

AT_ONCE = {"cuda": 64}
AT_ONCE_ELSEWHERE = 8
"""Answers in one batch. On a GPU a step of 64 rows takes about as long as one of a single row: what takes the time is
to start its many small computations. On two shared cores, eight who ask the 270M model in one moment get 10, 15, 19 and
22 tokens a second in all from batches of 1, 2, 4 and 8, and the last of them a first word after 11, 7, 5 and 3 s."""

TOKENS_AT_ONCE = {"cuda": 16_384}
"""Tokens of prompts that are read in one go. Elsewhere prompts are read one after the other: together they take as
long, and the first would be read as late as the last."""

LONGEST_READ = 2048
"""Tokens of a prompt with its answer for which there is to be memory in every row: several times what the bot asks."""


class TorchText:
    """A transformers model and its tokenizer, decoding greedily, in batches of whoever asks.

    A reader that leaves makes room for the next, an error reaches all readers, and the states of a prompt's constant
    part are kept between questions.

    Args:
        model: the weights, on the device they are to run on.
        tokenizer: the model's.
        name: what settings call it.
        tuned: it was tuned to answer from passages, and refuses in set words.
        at_once: how many answers are written in one batch; left out: what suits the device and its memory.
    """

    def __init__(
        self, model: Any, tokenizer: Any, *, name: str, tuned: bool = False, at_once: int | None = None
    ) -> None:
        self.name, self.tuned = name, tuned
        self.device = str(model.device)
        self.at_once = at_once or _fitting(model)
        self.model, self.tokenizer = model, tokenizer
        self._head = greedy_head(model)
        rows = TorchRows(model, self._head, refusing=_openings(tokenizer) if tuned else frozenset())
        read = TOKENS_AT_ONCE.get(model.device.type, 1)
        self._worker = BatchWorker(rows, name=name, at_once=self.at_once, tokens_at_once=read)
        self._ends = _end_tokens(model, tokenizer)
        self._longest = int(getattr(model.config.get_text_config(), "max_position_embeddings", 2048))

    @property
    def bytes_per_token(self) -> int:
        """Bytes of weights read for one token; of an input embedding that is not also the output, one row."""
        output = self.model.get_output_embeddings().weight
        tables = {id(weight) for weight in (output, self.model.get_input_embeddings().weight)}
        body = sum(p.numel() * p.element_size() for p in self.model.parameters() if id(p) not in tables)
        return int(body + self._head.bytes_read)

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        """The continuation, a piece a token.

        Raises:
            GeneratorError: the prompt is too long, or the model could not go on.
        """
        read = self._tokens(prompt)
        if len(read.tokens) + limits.max_tokens > self._longest:
            raise GeneratorError(
                f"The prompt is too long for {self.name}: {len(read.tokens)} tokens and {limits.max_tokens} for the "
                f"answer, of {self._longest} in all."
            )
        before = read.tokens[read.constant :][-CONTEXT_TOKENS:]
        answer = Continuation(self._decode, before, ends=self._ends, limits=limits)
        yield from self._worker.write(read, answer)

    def _tokens(self, prompt: Prompt) -> PromptTokens:
        """The prompt's tokens, and where those of its constant part end.

        A word may cross the border; so the whole is tokenized, and cut where both readings still agree. At least one
        token is left over to be read: the next one is known only from it.
        """
        templated = bool(self.tokenizer.chat_template)
        whole: list[int] = self.tokenizer.encode(prompt.text, add_special_tokens=not templated)
        if not prompt.constant:
            return PromptTokens(tuple(whole))
        constant: list[int] = self.tokenizer.encode(prompt.constant, add_special_tokens=not templated)
        pairs = zip(constant, whole[:-1], strict=False)
        border = next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(constant), len(whole) - 1))
        return PromptTokens(tuple(whole), constant=border)

    def _decode(self, tokens: Sequence[int]) -> str:
        text: str = self.tokenizer.decode(list(tokens), skip_special_tokens=True)
        return text


def _fitting(model: Any) -> int:
    """How many rows a batch may have: what gains something on the device, as far as its memory reaches."""
    import torch

    wanted = AT_ONCE.get(model.device.type, AT_ONCE_ELSEWHERE)
    if model.device.type != "cuda":
        return wanted
    free, _ = torch.cuda.mem_get_info(model.device)
    # While rows join, their states are there twice; and as much again is left to the computing itself.
    return int(max(1, min(wanted, free // (4 * LONGEST_READ * _bytes_per_column(model)))))


def _bytes_per_column(model: Any) -> int:
    """Bytes of states for one token: keys and values in every layer."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * dim * model.dtype.itemsize)


def _openings(tokenizer: Any) -> frozenset[int]:
    """The first tokens of the refusals."""
    targets = (f" {REFUSAL['en']}", REFUSAL["zh"])
    return frozenset(tokenizer.encode(target, add_special_tokens=False)[0] for target in targets)


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """All tokens that end a text; chat models often have two."""
    named = model.generation_config.eos_token_id
    tokens = named if isinstance(named, list) else [named]
    return frozenset(token for token in (*tokens, tokenizer.eos_token_id) if token is not None)
