"""How fast the local model writes, to one shopper and to many at once, beside what else could run its weights."""

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answering.adapters import Adapter, find_adapter
from bot.answering.decoding.pieces import Prompt
from bot.answering.engine_choice import LLAMA, chosen_engine, gguf_file, pick_device
from bot.answering.gguf_file import GgufFile
from bot.answering.llm import GenerationQueue, Waiting
from bot.answering.llm.llama_adapter import llama_adapter
from bot.answering.llm.llama_engine import AT_ONCE, CONTEXT, LlamaEngine
from bot.answering.llm.torch_engine import TorchEngine
from bot.answering.llm.weights import converted, generator_weights
from bot.settings import Settings
from knowledge.weights import ModelStore
from scripts.console import note
from scripts.generation_contestants import Contestant, bare_llama, ours, plain_generate
from scripts.generation_race import RATE, Crowd, alone, machine, race, race_library, table
from scripts.measurement import Measurement

CROWDS = (1, 4, 16)
CROWDS_ON_GPU = (*CROWDS, 64)  # on two cores that many take minutes and tell little more than sixteen
LLAMA_NAME = "ours, llama.cpp"


@dataclass(frozen=True)
class _Weights:
    """One model, in the forms that the contestants read."""

    name: str
    folder: str
    device: str
    adapter: Adapter | None
    gguf: Path | None


def measure(settings: Settings, crowds: Sequence[int] = ()) -> Sequence[Measurement]:
    """One after the other, each alone in memory, in one run on one machine.

    Args:
        settings: name the model and the device.
        crowds: how many ask at once. Given, nothing but such crowds is measured; empty: the usual ones, and how long
            loading takes, how soon a single shopper hears something, and how much of the memory's speed is used.
    """
    if settings.generator_url or settings.generator == "none":
        return []
    store = ModelStore(settings.home / "models")
    weights = _weights(settings, store)
    run = _Run(weights, crowds or (CROWDS if weights.device == "cpu" else CROWDS_ON_GPU), whole=not crowds)
    found = machine(weights.device)
    if run.whole and weights.gguf:
        found.append(_conversion(weights.gguf))
    with tempfile.TemporaryDirectory() as scratch:
        return found + run.measured(Path(scratch))


class _Run:
    """All contestants of one run.

    Args:
        weights: what they all run.
        crowds: how many ask at once.
        whole: whether more than crowds is measured.
    """

    def __init__(self, weights: _Weights, crowds: Sequence[int], *, whole: bool) -> None:
        self.weights, self.crowds, self.whole = weights, crowds, whole
        self._raced: dict[str, list[Crowd]] = {}
        self._others: list[Measurement] = []

    def measured(self, scratch: Path) -> list[Measurement]:
        """Everything, in the order of the contestants."""
        plain = self._torch()
        gc.collect()  # two models in memory would slow each other down
        if self.weights.gguf:
            self._llama(self.weights.gguf, scratch)
        return self._others + table(self._raced, plain, device=self.weights.device)

    def _torch(self) -> str:
        """Races on the same weights in torch; the name of the contestant that answers one after the other."""
        weights, name = self.weights, f"ours, torch on {self.weights.device}"
        began = time.perf_counter()
        engine = TorchEngine.load(weights.folder, name=weights.name, device=weights.device, adapter=weights.adapter)
        self._loaded(name, began)
        self._race(ours(engine, name))
        if self.whole:
            self._others += _share(name, self._others, engine.text.bytes_per_token, weights.device)
        model, tokenizer = engine.text.model, engine.text.tokenizer
        plain = plain_generate(model, tokenizer)
        self._race(plain)
        if weights.device == "cuda":
            self._raced |= race_library(model, tokenizer, self.crowds, note=note)
        return plain.name

    def _llama(self, gguf: Path, home: Path) -> None:
        weights, began = self.weights, time.perf_counter()
        engine = LlamaEngine.load(gguf, name=weights.name, home=home, adapter=weights.adapter)
        self._loaded(LLAMA_NAME, began)
        self._race(in_line(ours(engine, LLAMA_NAME), engine.at_once))
        del engine
        gc.collect()
        tuned = llama_adapter(weights.adapter, GgufFile.read(gguf), home) if weights.adapter else None
        if self.whole:
            size = gguf.stat().st_size + (tuned.stat().st_size if tuned else 0)
            self._others += _share(LLAMA_NAME, self._others, size, "cpu")
        for slots in (AT_ONCE, 1):
            self._race(bare_llama(gguf, tuned, slots=slots, context=CONTEXT))
            gc.collect()

    def _loaded(self, name: str, began: float) -> None:
        self._others.append(Measurement(f"{name}: load", time.perf_counter() - began, "s"))

    def _race(self, one: Contestant) -> None:
        if self.whole:
            self._others += alone(one)
        self._raced[one.name] = race(one, self.crowds, device=self.weights.device, note=note)


def in_line(one: Contestant, at_once: int) -> Contestant:
    """A contestant that is asked for no more than so many answers at once: the others stand in line, as shoppers do."""
    queue = GenerationQueue(max_waiting=1000, at_once=at_once)

    def write(prompt: Prompt, tokens: int) -> Iterator[int]:
        for item in queue.run(lambda: one.write(prompt, tokens)):
            if not isinstance(item, Waiting):
                yield item

    return Contestant(one.name, write, queue.close)


def _weights(settings: Settings, store: ModelStore) -> _Weights:
    folder = generator_weights(settings.generator, store)
    adapter = find_adapter(settings.adapter, generator=settings.generator, weights=Path(folder), home=settings.home)
    on_cpu = settings.model_copy(update={"engine": "auto", "device": "cpu"})
    gguf = gguf_file(settings, store) if chosen_engine(on_cpu) == LLAMA else None
    return _Weights(settings.generator, folder, pick_device(settings.device), adapter, gguf)


def _conversion(gguf: Path) -> Measurement:
    with tempfile.TemporaryDirectory() as scratch:
        link = Path(scratch) / gguf.name
        link.symlink_to(gguf)
        return Measurement("convert GGUF to safetensors for torch, once", _seconds(lambda: converted(link)), "s")


def _share(name: str, found: Sequence[Measurement], size: int, device: str) -> list[Measurement]:
    """Every weight is read once a token; so the memory's speed over the weights' bytes bounds one shopper's speed."""
    rate = next(one.value for one in found if one.what == f"{name}: {RATE}")
    speed = _copy_speed(device)
    return [
        Measurement(f"{name}: weights read a token", size / 1e6, "MB"),
        Measurement(
            f"{name}: share of the speed that the memory allows ({speed / 1e9:.0f} GB/s)",
            100 * rate * size / speed,
            "%",
        ),
    ]


def _copy_speed(device: str) -> float:
    """Bytes a second, read and written."""
    import torch

    source = torch.ones(256 * 2**20 // 4, device=device)  # 256 MB, beyond every cache
    target = torch.empty_like(source)

    def copy() -> None:
        target.copy_(source)
        if device != "cpu":
            torch.cuda.synchronize()

    return 2 * source.numel() * 4 / min(_seconds(copy) for _ in range(8))


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
