"""Who writes in the benchmark of generation: our engines, and what they are measured beside."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from bot.answering.adapters import Adapter
from bot.answering.decoding.pieces import Limits, Prompt
from bot.answering.llm import GenerationQueue, Waiting
from bot.answering.llm.engine import TextEngine
from bot.answering.llm.llama_engine import AT_ONCE, CONTEXT

SECONDS = 900.0

Write = Callable[[Prompt, int], Iterator[int]]
"""Continues a prompt by so many tokens, or fewer where it ends by itself; how many came, as they come."""


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


def ours(engine: TextEngine, name: str) -> Contestant:
    """An engine of ours behind the line that shoppers stand in."""
    queue = GenerationQueue(max_waiting=1000, at_once=engine.at_once)

    def pieces(prompt: Prompt, tokens: int) -> Iterator[int]:
        # Stops are not looked for, so that runs are long.
        return (piece.tokens for piece in engine.stream(prompt, Limits(max_tokens=tokens, seconds=SECONDS)))

    def write(prompt: Prompt, tokens: int) -> Iterator[int]:
        for item in queue.run(lambda: pieces(prompt, tokens)):
            if not isinstance(item, Waiting):
                yield item

    return Contestant(name, write, queue.close)


def plain_generate(folder: str, device: str, adapter: Adapter | None) -> Contestant:
    """The library's own `generate` in bfloat16, one question after the other."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    if adapter:
        adapter.add_to(model)
    model = model.to(device).eval()
    turn = threading.Lock()

    def write(prompt: Prompt, tokens: int) -> Iterator[int]:
        with turn:
            inputs = tokenizer(prompt.text, return_tensors="pt").to(device)
            streamer = _Counting()
            worker = threading.Thread(
                target=model.generate,
                kwargs={**inputs, "max_new_tokens": tokens, "min_new_tokens": tokens, "do_sample": False}
                | {"streamer": streamer},
            )
            worker.start()
            yield from streamer.counts()
            worker.join()

    return Contestant("plain generate, bfloat16, one after the other", write)


def bare_llama(gguf: Path, adapter: Path | None) -> Contestant:
    """llama.cpp with its own settings, called directly: as many at once as ours, no line and no checks before it."""
    import torch
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path, params.port, params.ui, params.verbosity = str(gguf), 0, False, 0
    params.n_ctx, params.n_parallel = CONTEXT * AT_ONCE, AT_ONCE
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = torch.get_num_threads()
    if adapter:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
    server = xllamacpp.Server(params)

    def write(prompt: Prompt, tokens: int) -> Iterator[int]:
        counted = _Counting()
        asked = {"prompt": prompt.text, "max_tokens": tokens, "temperature": 0, "ignore_eos": True, "stream": True}

        def serve() -> None:
            server.handle_completions(asked, counted.part)
            counted.end()

        threading.Thread(target=serve, daemon=True).start()
        yield from counted.counts()

    return Contestant("bare llama.cpp", write)


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

    def end(self) -> None:
        self._came.put(0)

    def counts(self) -> Iterator[int]:
        return iter(self._came.get, 0)
