"""How fast the local model writes, to one shopper and to many at once, beside what else could run its weights."""

import gc
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answering.adapters import Adapter, find_adapter
from bot.answering.decoding.pieces import Prompt
from bot.answering.engine_choice import LLAMA, chosen_engine, gguf_file, pick_device
from bot.answering.gguf_file import GgufFile
from bot.answering.llm.llama_adapter import llama_adapter
from bot.answering.llm.llama_engine import LlamaEngine
from bot.answering.llm.rendering import render_examples
from bot.answering.llm.torch_engine import TorchEngine
from bot.answering.llm.weights import converted, generator_weights
from bot.answering.prompting import tuned_prompt
from bot.settings import Settings
from knowledge.weights import ModelStore
from scripts.console import note
from scripts.generation_contestants import Contestant, bare_llama, ours, plain_generate
from scripts.measurement import Measurement, median, p95

AT_ONCE = (1, 4, 16)
AT_ONCE_ON_GPU = (*AT_ONCE, 64)  # on two cores that many take minutes each and tell no more than sixteen
NEW_TOKENS = 24
"""About as long as the bot's answers are."""

LLAMA_NAME = "ours, llama.cpp"
RATE = "tokens a second after the first"
REPEATS = 3
SHOTS = 4
_PASSAGES = (
    "Shipping: Standard shipping costs {} EUR and takes 3 to 5 working days. Express shipping costs 9.90 EUR and "
    "arrives on the next working day. Orders over 60 EUR ship free within Germany, Austria and the Netherlands.",
    "Returns: Unworn items can be sent back within {} days of delivery. Sale items cannot be returned. The refund is "
    "made to the card that was paid with, within 5 working days of the parcel's return.",
    "Warranty: Electrical goods have a warranty of {} months. It does not cover wear, drops or water.",
)
_QUESTIONS = ("How much is express shipping?", "Can I send back sale items?", "When will my parcel arrive?")


@dataclass(frozen=True)
class _Weights:
    """One model, in the forms that the contestants read."""

    name: str
    folder: str
    device: str
    adapter: Adapter | None
    gguf: Path | None


def measure(settings: Settings) -> Sequence[Measurement]:
    """One after the other, each alone in memory, in one run on one machine; where there is a GPU, torch's on it."""
    if settings.generator_url or settings.generator == "none":
        return []
    store = ModelStore(settings.home / "models")
    weights = _weights(settings, store)
    figures = _conversion(weights)
    with tempfile.TemporaryDirectory() as scratch:
        if weights.gguf:
            figures += _llama(weights, weights.gguf, Path(scratch))
        figures += _torch(weights)
    return figures


def _weights(settings: Settings, store: ModelStore) -> _Weights:
    folder = generator_weights(settings.generator, store)
    adapter = find_adapter(settings.adapter, generator=settings.generator, weights=Path(folder), home=settings.home)
    llama = chosen_engine(settings.model_copy(update={"engine": "auto"})) == LLAMA
    gguf = gguf_file(settings, store) if llama else None
    return _Weights(settings.generator, folder, pick_device(settings.device), adapter, gguf)


def _llama(weights: _Weights, gguf: Path, home: Path) -> list[Measurement]:
    began = time.perf_counter()
    engine = LlamaEngine.load(gguf, name=weights.name, home=home, adapter=weights.adapter)
    figures = [
        Measurement(f"{LLAMA_NAME}: load", time.perf_counter() - began, "s"),
        *_raced(ours(engine, LLAMA_NAME), AT_ONCE),
    ]
    del engine  # two models in memory would slow each other down
    gc.collect()
    tuned = llama_adapter(weights.adapter, GgufFile.read(gguf), home) if weights.adapter else None
    figures += _share(LLAMA_NAME, figures, gguf.stat().st_size + (tuned.stat().st_size if tuned else 0), "cpu")
    return figures + _raced(bare_llama(gguf, tuned), AT_ONCE)


def _torch(weights: _Weights) -> list[Measurement]:
    name = f"ours, torch on {weights.device}"
    crowds = AT_ONCE if weights.device == "cpu" else AT_ONCE_ON_GPU
    began = time.perf_counter()
    engine = TorchEngine.load(weights.folder, name=weights.name, device=weights.device, adapter=weights.adapter)
    figures = [Measurement(f"{name}: load", time.perf_counter() - began, "s"), *_raced(ours(engine, name), crowds)]
    figures += _share(name, figures, engine.bytes_per_token, weights.device)
    del engine
    gc.collect()
    return figures + _raced(plain_generate(weights.folder, weights.device, weights.adapter), crowds)


def _raced(one: Contestant, crowds: Sequence[int]) -> list[Measurement]:
    """All figures of one contestant; it lets go of its weights afterwards."""
    note(f"{one.name} …")
    with closing(one):
        _run(one, _prompt(random.Random(0)))  # the first run of all sets memory up
        figures = _told(_alone(one))
        for count in crowds:
            figures += _told(_together(one, count))
    return figures


def _told(figures: list[Measurement]) -> list[Measurement]:
    """The figures, said as they come: the whole run takes minutes."""
    for one in figures:
        note(f"{one.what}: {one.value:.3g} {one.unit}")
    return figures


def _alone(one: Contestant) -> list[Measurement]:
    """One shopper: the bot's own prompt, and a long one of which the beginning is the same each time."""
    rng = random.Random(1)
    cold = [_run(one, _prompt(rng)) for _ in range(REPEATS)]
    shots = "".join(f"{_prompt(rng).text} Express shipping costs 9.90 EUR. [1]\n\n" for _ in range(SHOTS))
    long = [_run(one, Prompt(shots, _prompt(rng).text)) for _ in range(1 + REPEATS)]
    return [
        Measurement(f"{one.name}: first token, cold", median([run.first for run in cold]), "s", "≤ 0.4 s"),
        Measurement(f"{one.name}: first token, prompt {SHOTS + 1} times as long, cold", long[0].first, "s"),
        Measurement(
            f"{one.name}: the same, but for the last fifth known", median([run.first for run in long[1:]]), "s"
        ),
        Measurement(f"{one.name}: {RATE}", median([run.rate for run in cold]), "tokens/s"),
    ]


def _together(one: Contestant, count: int) -> list[Measurement]:
    """So many shoppers in the same moment, each with passages and a question of their own."""
    rng = random.Random(count)
    prompts = [_prompt(rng) for _ in range(count)]
    began = time.perf_counter()
    with ThreadPoolExecutor(count) as crowd:
        runs = list(crowd.map(lambda prompt: _run(one, prompt), prompts))
    seconds = time.perf_counter() - began
    made = sum(run.tokens for run in runs)
    return [
        Measurement(f"{one.name}: {count} at once, in all", made / seconds, "tokens/s"),
        Measurement(f"{one.name}: {count} at once, first token p95", p95([run.first for run in runs]), "s"),
    ]


@dataclass(frozen=True)
class _Run:
    """One answer: seconds to its first token, tokens, and tokens a second after the first."""

    first: float
    tokens: int
    rate: float


def _run(one: Contestant, prompt: Prompt) -> _Run:
    began = time.perf_counter()
    counts: Iterator[int] = one.write(prompt, NEW_TOKENS)
    tokens = next(counts)
    first = time.perf_counter()
    for count in counts:
        tokens += count
    return _Run(first - began, tokens, (tokens - 1) / max(time.perf_counter() - first, 1e-9))


def _prompt(rng: random.Random) -> Prompt:
    """What the bot asks a tuned model; no two begin alike."""
    texts = rng.sample(_PASSAGES, len(_PASSAGES))
    passages = [f"Page {rng.randint(1, 10**6)}. {text.format(rng.randint(3, 3000))}" for text in texts]
    return render_examples(tuned_prompt(rng.choice(_QUESTIONS), passages, language="en").messages)


def _conversion(weights: _Weights) -> list[Measurement]:
    if weights.gguf is None:
        return []
    with tempfile.TemporaryDirectory() as scratch:
        link = Path(scratch) / weights.gguf.name
        link.symlink_to(weights.gguf)
        return [Measurement("convert GGUF to safetensors for torch, once", _seconds(lambda: converted(link)), "s")]


def _share(name: str, figures: Sequence[Measurement], size: int, device: str) -> list[Measurement]:
    """Every weight is read once a token; so the memory's speed over the weights' bytes bounds one shopper's speed."""
    rate = next(one.value for one in figures if one.what == f"{name}: {RATE}")
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
