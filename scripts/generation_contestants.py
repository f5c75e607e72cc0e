"""Who writes in the benchmark of generation: our engines, and what they are measured beside.

It needs torch and transformers only, and xllamacpp where llama.cpp is to run.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from bot.answering.decoding.pieces import Limits, Piece, Prompt

SECONDS = 900.0
STEP_SECONDS = 0.1

Write = Callable[[Prompt, int], Iterator[int]]
"""Continues a prompt by so many tokens; how many came, as they come."""


@dataclass(frozen=True)
class Contestant:
    """One way to generate text.

    Attributes:
        name: as the table shows it.
        write: may be called from many threads at once.
        close: lets go of its weights.
    """

    name: str
    write: Write
    close: Callable[[], None] = lambda: None


class Streams(Protocol):
    """An engine of ours."""

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        """The continuation, piece by piece."""


def ours(engine: Streams, name: str) -> Contestant:
    """An engine of ours, to the last token and without the line that shoppers stand in."""

    def write(prompt: Prompt, tokens: int) -> Iterator[int]:
        limits = Limits(max_tokens=tokens, seconds=SECONDS, to_the_last=True)
        return (piece.tokens for piece in engine.stream(prompt, limits) if piece.tokens)

    return Contestant(name, write)


def plain_generate(model: Any, tokenizer: Any) -> Contestant:
    """The library's own `generate`, one question after the other."""
    turn = threading.Lock()

    def write(prompt: Prompt, tokens: int) -> Iterator[int]:
        with turn:
            inputs = tokenizer(prompt.text, return_tensors="pt").to(model.device)
            counted = _Counting()
            asked = {**inputs, "max_new_tokens": tokens, "min_new_tokens": tokens, "do_sample": False}
            worker = threading.Thread(target=_to_the_end, args=(model.generate, counted, asked | {"streamer": counted}))
            worker.start()
            yield from counted.counts()
            worker.join()

    return Contestant("plain generate, one after the other", write)


def library_batches(model: Any, tokenizer: Any) -> Contestant:
    """The library's own continuous batching."""
    from transformers import ContinuousBatchingConfig, GenerationConfig

    manager = model.init_continuous_batching(
        generation_config=GenerationConfig(do_sample=False, eos_token_id=-1),
        continuous_batching_config=ContinuousBatchingConfig(max_memory_percent=0.5),
    )
    manager.start()
    asked: dict[str, _Counting] = {}

    def hand_out() -> None:
        while manager.is_running():
            result = manager.get_result(timeout=STEP_SECONDS)
            if result is not None:
                asked[result.request_id].told(over=result.is_finished())
        for one in asked.values():
            one.end()  # of those that it failed, nobody waits for more

    threading.Thread(target=hand_out, daemon=True).start()

    def write(prompt: Prompt, tokens: int) -> Iterator[int]:
        name = f"{len(asked)} {threading.get_ident()}"
        asked[name] = counted = _Counting()
        if not manager.add_request(tokenizer.encode(prompt.text), name, max_new_tokens=tokens, streaming=True):
            counted.end()
        return counted.counts()

    return Contestant("transformers' continuous batching", write, lambda: manager.stop(block=True))


def bare_llama(gguf: Path, adapter: Path | None, *, slots: int, context: int) -> Contestant:
    """llama.cpp with its own settings, called directly: no line and no checks before it.

    Args:
        gguf: the weights.
        adapter: the tuned weights as llama.cpp reads them.
        slots: how many answers it may write in one batch.
        context: tokens of a prompt and its answer together.
    """
    import torch
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path, params.port, params.ui, params.verbosity = str(gguf), 0, False, 0
    params.n_ctx, params.n_parallel = context * slots, slots
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = torch.get_num_threads()
    if adapter:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
    server = xllamacpp.Server(params)

    def write(prompt: Prompt, tokens: int) -> Iterator[int]:
        counted = _Counting()
        asked = {"prompt": prompt.text, "max_tokens": tokens, "temperature": 0, "ignore_eos": True, "stream": True}

        work = {"prompt": asked, "callback": counted.part}
        threading.Thread(target=_to_the_end, args=(server.handle_completions, counted, work), daemon=True).start()
        yield from counted.counts()

    return Contestant(f"bare llama.cpp, {'one slot' if slots == 1 else f'{slots} slots'}", write)


def _to_the_end(work: Callable[..., Any], counted: "_Counting", asked: Mapping[str, Any]) -> None:
    """Have it work, and nobody wait for more when it fails."""
    try:
        work(**asked)
    finally:
        counted.end()


class _Counting:
    """Counts tokens as another thread hands them over: as a streamer of transformers, or as parts of llama.cpp."""

    def __init__(self) -> None:
        self._came: SimpleQueue[int] = SimpleQueue()
        self._prompt_came = False

    def put(self, _tokens: Any) -> None:
        """The prompt comes first, then token by token."""
        if self._prompt_came:
            self._came.put(1)
        self._prompt_came = True

    def part(self, part: dict[str, Any]) -> bool:
        if part.get("choices") and part["choices"][0]["text"]:
            self._came.put(1)
        return False

    def told(self, *, over: bool) -> None:
        self._came.put(1)
        if over:
            self.end()

    def end(self) -> None:
        self._came.put(0)

    def counts(self) -> Iterator[int]:
        return iter(self._came.get, 0)
