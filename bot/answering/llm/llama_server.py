"""LlamaServer: llama.cpp's batching engine in this process, and one request at a time of it."""

import secrets
import threading
import time
import weakref
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import httpx

from bot.errors import GeneratorError
from knowledge.errors import ModelDamaged

Part = Mapping[str, Any]
Request = Mapping[str, Any]

ASKED_SECONDS = 20.0
LAST_TOKEN_SECONDS = 5.0
KEPT_MIB = 256
"""Of memory for the states of prompts whose places others have taken: some fifty of the built-in model. The same
question on the same passages gets its first token after 0.02 s then, in place of 0.35 s."""

MOST_THREADS = 8  # a small model's steps are too short to be shared by more
_OVER = object()


class Completions(Protocol):
    """What this package needs of `xllamacpp.Server`, as OpenAI's completions are asked for."""

    def handle_completions(self, prompt: dict[str, Any], callback: Callable[[Part], bool]) -> None:
        """Call back with each part of the answer until it is whole or a call gives True; returns after that."""


@dataclass(frozen=True)
class LlamaSetup:
    """What llama.cpp is started with.

    Attributes:
        model: GGUF file of the base.
        adapter: GGUF file of the tuned weights, if any.
        context: tokens of a prompt and its answer together.
        at_once: requests in one batch; each has a context of its own.
    """

    model: Path
    adapter: Path | None
    context: int
    at_once: int


class _Requests:
    """The threads of requests, each with the word that it is to end."""

    def __init__(self) -> None:
        self._running: list[tuple[threading.Thread, threading.Event]] = []
        self._lock = threading.Lock()

    def begin(self, serve: Callable[[threading.Event], None]) -> threading.Event:
        left = threading.Event()
        # A daemon: a process that is told to stop does not wait for the rest of an answer that nobody reads.
        thread = threading.Thread(target=serve, args=(left,), name="llama-request", daemon=True)
        with self._lock:
            thread.start()
            self._running = [one for one in self._running if one[0].is_alive()] + [(thread, left)]
        return left

    def end(self) -> None:
        """Wait for the token that each is at: a process that ends within llama.cpp is aborted."""
        with self._lock:
            running = list(self._running)
        for _, left in running:
            left.set()
        until = time.monotonic() + LAST_TOKEN_SECONDS
        for thread in (one for one, _ in running if one is not threading.current_thread()):
            thread.join(max(until - time.monotonic(), 0))


class LlamaServer:
    """Requests to llama.cpp, whose own thread puts those that come together into one batch.

    A request holds one of `at_once` places; the states of its prompt stay there, and are put aside when another takes
    it, so that one that begins alike goes on from them.

    Args:
        server: llama.cpp.
        name: of the model, for errors.
    """

    def __init__(self, server: Completions, *, name: str) -> None:
        self.name = name
        self._server = server
        self._requests = _Requests()
        weakref.finalize(self, self._requests.end)  # also when the process ends

    def parts(self, request: Request, *, deadline: float) -> Generator[Part, None, None]:
        """The parts of the answer as they come; closing the iterator ends the work after the next token.

        Args:
            request: as OpenAI's completions are asked for.
            deadline: on the monotonic clock, for each part.

        Raises:
            GeneratorError: llama.cpp refused the request, or gave nothing in time.
            TimeoutError: the deadline passed after the first part.
        """
        came: SimpleQueue[Any] = SimpleQueue()
        server = self._server  # not `self`, which a thread would keep from being let go
        left = self._requests.begin(lambda left: _serve(server, request, came, left))
        begun = False
        try:
            while True:
                try:
                    part = came.get(timeout=max(deadline - time.monotonic(), 0))
                except Empty:
                    if begun:
                        raise TimeoutError from None
                    raise GeneratorError(
                        f"The model {self.name} gave no word within its time limit; ask again, or start the bot anew."
                    ) from None
                if part is _OVER:
                    return
                if isinstance(part, Exception):
                    raise GeneratorError(f"The model {self.name} failed while answering: {part}") from part
                begun = True
                yield self._checked(part)
        finally:
            left.set()

    def _checked(self, part: Part) -> Part:
        error = part.get("error", part if "choices" not in part else None)
        if error is None:
            return part
        if error.get("type") == "exceed_context_size_error":
            raise GeneratorError(
                f"The prompt is too long for {self.name}: {error.get('n_prompt_tokens')} tokens, of "
                f"{error.get('n_ctx')} in all."
            )
        raise GeneratorError(f"The model {self.name} failed while answering: {error.get('message') or error}")


def _serve(server: Completions, request: Request, came: "SimpleQueue[Any]", left: threading.Event) -> None:
    """One request from beginning to end, in a thread of its own: llama.cpp returns only when it is over."""

    def take(part: Part) -> bool:
        came.put(part)
        return left.is_set()

    try:
        server.handle_completions(dict(request), take)
    except Exception as error:  # whatever it is, the reader must hear of it
        came.put(error)
    came.put(_OVER)


def start_llama(setup: LlamaSetup, *, name: str) -> tuple[LlamaServer, "Tokenize"]:
    """Load a model into llama.cpp.

    Raises:
        ModelDamaged: the weights cannot be read.
    """
    import xllamacpp

    key = secrets.token_urlsafe(16)
    try:
        server = xllamacpp.Server(_params(setup, key))
    except Exception as error:
        raise ModelDamaged(
            f"llama.cpp could not load the model {name!r} ({error}); run: shopclerk models fetch {name}, or set "
            "SHOPCLERK_ENGINE=torch."
        ) from error
    tokenize = Tokenize(server.listening_address, key)
    return LlamaServer(server, name=name), tokenize


def _params(setup: LlamaSetup, key: str) -> Any:
    import torch
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(setup.model)
    if setup.adapter:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(setup.adapter), 1.0)]
    params.n_ctx, params.n_parallel = setup.context * setup.at_once, setup.at_once
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = min(torch.get_num_threads(), MOST_THREADS)
    params.n_gpu_layers, params.fit_params, params.warmup = 0, False, False
    params.cache_ram_mib = KEPT_MIB
    params.swa_full = True  # else the beginning of a prompt cannot be gone on from once it is longer than the window
    params.verbosity = 0
    # It opens a port on this machine whether one wants it or not: any free one, to those who know the key.
    params.port, params.api_keys, params.ui, params.endpoint_slots = 0, [key], False, False
    return params


@dataclass(frozen=True)
class Tokenize:
    """Texts to the model's tokens, by llama.cpp's own port: the calls in this process do not offer it."""

    url: str
    key: str

    def __call__(self, text: str) -> Sequence[int]:
        """Without special tokens around them.

        Raises:
            GeneratorError: it did not answer.
        """
        try:
            answer = httpx.post(
                f"{self.url}/tokenize",
                json={"content": text, "add_special": False},
                headers={"Authorization": f"Bearer {self.key}"},
                timeout=ASKED_SECONDS,
                trust_env=False,
            )
            tokens: Sequence[int] = answer.raise_for_status().json()["tokens"]
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise GeneratorError(f"llama.cpp did not answer as expected ({error}); start the bot anew.") from error
        return tokens
