"""How fast the local model writes, beside plain `generate`, llama.cpp and what the memory allows."""

import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from bot.answering.llm.engine import Limits
from bot.answering.llm.rendering import Prompt
from bot.answering.llm.torch_engine import TorchEngine
from bot.answering.llm.weights import converted, generator_weights
from bot.settings import Settings
from knowledge.weights import CATALOGUE, ModelStore
from scripts.measurement import Measurement, median

NEW_TOKENS = 40
REPEATS = 3
EXAMPLES = 4
LIMITS = Limits(max_tokens=NEW_TOKENS, seconds=300)
_PAGE = (
    "Text:\nStandard shipping costs 4.90 EUR and takes 3 to 5 working days. Express shipping costs 9.90 EUR and "
    "arrives on the next working day. Orders over 60 EUR ship free within Germany, Austria and the Netherlands.\n"
    "Unworn items can be sent back within 30 days of delivery. Sale items cannot be returned.\nQuestion: "
)
_QUESTIONS = ("How much is express shipping?", "Can I send back sale items?", "When will my parcel arrive?")


def measure(settings: Settings) -> Sequence[Measurement]:
    """Loading, first token, tokens a second; everything in one run on one machine."""
    store = ModelStore(settings.home / "models")
    if settings.generator_url or settings.generator == "none":
        return []
    folder = generator_weights(settings.generator, store)
    started = time.perf_counter()
    engine = TorchEngine.load(folder, name=settings.generator, device=settings.device)
    loaded = Measurement(f"load {settings.generator} onto {engine.device}", time.perf_counter() - started, "s")
    prompts = [engine.render(_talk(question)) for question in _QUESTIONS]
    figures = [*_conversion(settings, store), loaded, *_ours(engine, prompts)]
    for dtype in ("float32", "bfloat16"):
        figures += _plain(folder, dtype, engine.device, prompts[0])
    figures += _llama(settings, store, prompts)
    return figures + _bandwidth(engine, _value(figures, "ours: tokens"))


def _talk(question: str) -> list[BaseMessage]:
    shot = [HumanMessage(_PAGE + _QUESTIONS[0]), AIMessage("Express shipping costs 9.90 EUR.")]
    return [*shot * EXAMPLES, HumanMessage(_PAGE + question)]


def _conversion(settings: Settings, store: ModelStore) -> list[Measurement]:
    if settings.generator not in CATALOGUE:
        return []
    gguf = next(store.path(settings.generator).glob("*.gguf"))
    with tempfile.TemporaryDirectory() as scratch:
        link = Path(scratch) / gguf.name
        link.symlink_to(gguf)
        return [Measurement("convert GGUF to safetensors, once", _seconds(lambda: converted(link)), "s")]


def _ours(engine: TorchEngine, prompts: list[Prompt]) -> list[Measurement]:
    cold, _ = _streamed(engine, prompts[0])
    runs = [_streamed(engine, prompt) for prompt in prompts[1:] * REPEATS]
    return [
        Measurement("ours: first token, cold", cold, "s", "≤ 0.4 s"),
        Measurement("ours: first token, examples known", median([first for first, _ in runs]), "s"),
        Measurement("ours: tokens a second", median([rate for _, rate in runs]), "tokens/s"),
    ]


def _plain(folder: str, dtype: str, device: str, prompt: Prompt) -> list[Measurement]:
    """The library's own `generate`: one token for the time to the first, the rest for the speed."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype)).to(device)
    inputs = tokenizer(prompt.text, return_tensors="pt").to(device)

    def generate(count: int) -> float:
        return _seconds(lambda: model.generate(**inputs, max_new_tokens=count, min_new_tokens=count, do_sample=False))

    generate(1)
    first = median([generate(1) for _ in range(REPEATS)])
    whole = median([generate(NEW_TOKENS + 1) for _ in range(REPEATS)])
    return [
        Measurement(f"plain generate, {dtype}: first token", first, "s"),
        Measurement(f"plain generate, {dtype}: tokens a second", NEW_TOKENS / (whole - first), "tokens/s"),
    ]


def _llama(settings: Settings, store: ModelStore, prompts: list[Prompt]) -> list[Measurement]:
    """llama.cpp on the same file, by its own clock; left out where it is not installed."""
    if settings.generator not in CATALOGUE or not find_spec("xllamacpp"):
        return []
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(next(store.path(settings.generator).glob("*.gguf")))
    params.n_ctx, params.port = 4096, 0
    server = xllamacpp.Server(params)
    asked = [
        server.handle_completions({"prompt": p.text, "max_tokens": NEW_TOKENS, "temperature": 0, "ignore_eos": True})
        for p in [prompts[0], *prompts[1:] * REPEATS]
    ]
    timings: list[dict[str, float]] = [answer["timings"] for answer in asked]
    firsts = [timing["prompt_ms"] / 1000 for timing in timings]
    rate = median([timing["predicted_per_second"] for timing in timings[1:]])
    return [
        Measurement("llama.cpp, 4 bits: first token, cold", firsts[0], "s"),
        Measurement("llama.cpp, 4 bits: first token, examples known", median(firsts[1:]), "s"),
        Measurement("llama.cpp, 4 bits: tokens a second", rate, "tokens/s"),
    ]


def _bandwidth(engine: TorchEngine, rate: float) -> list[Measurement]:
    """Every weight is read once a token; so the memory's speed over the weights' bytes bounds tokens a second."""
    import torch

    source = torch.ones(256 * 2**20 // 4, device=engine.device)  # 256 MB, beyond every cache
    target = torch.empty_like(source)
    copied = 2 * source.numel() * 4 / min(_seconds(lambda: target.copy_(source)) for _ in range(8))
    bound = copied / engine.bytes_per_token
    return [
        Measurement("memory: copy speed", copied / 1e9, "GB/s"),
        Measurement("weights read a token", engine.bytes_per_token / 1e6, "MB"),
        Measurement("ours: share of the tokens a second that the memory allows", 100 * rate / bound, "%"),
    ]


def _streamed(engine: TorchEngine, prompt: Prompt) -> tuple[float, float]:
    """Seconds to the first token, and tokens a second after it; stops are not looked for, so that runs are long."""
    began = time.perf_counter()
    pieces = engine.stream(prompt, LIMITS)
    next(pieces)
    first = time.perf_counter()
    tokens = sum(piece.tokens for piece in pieces)
    return first - began, tokens / (time.perf_counter() - first)


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _value(figures: Sequence[Measurement], beginning: str) -> float:
    return next(figure.value for figure in figures if figure.what.startswith(beginning))
