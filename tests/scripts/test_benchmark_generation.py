"""The benchmark's own arithmetic, on contestants that say what they are told to."""

import random
import threading
from collections.abc import Iterator
from typing import Any

from bot.answering.decoding.pieces import Limits, Piece, Prompt
from scripts import benchmark_generation
from scripts.generation_contestants import Contestant, ours


class Counted:
    """Five tokens to each prompt; remembers what it was asked and how many it wrote at once."""

    name, device, tuned, at_once = "counted", "cpu", True, 4

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.most, self._now, self._lock = 0, 0, threading.Lock()

    def render(self, messages: Any) -> Prompt:
        raise AssertionError("the benchmark renders by itself")

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        with self._lock:
            self.asked.append(prompt.text)
            self._now += 1
            self.most = max(self.most, self._now)
        yield from (Piece("word ", tokens=1) for _ in range(4))
        with self._lock:
            self._now -= 1
        yield Piece("last", tokens=1, ending="length")


def test_every_shopper_asks_something_else_and_all_tokens_are_counted():
    engine = Counted()
    one = ours(engine, "ours")
    runs = [benchmark_generation._run(one, benchmark_generation._prompt(rng)) for rng in map(random.Random, range(20))]

    assert {run.tokens for run in runs} == {5}
    assert len({text[:24] for text in engine.asked}) == 20  # so that no prompt's states are of use to another
    one.close()


def test_all_levels_are_raced_and_the_weights_are_let_go():
    engine, closed = Counted(), threading.Event()
    figures = benchmark_generation._raced(
        Contestant("ours", ours(engine, "ours").write, closed.set), benchmark_generation.AT_ONCE
    )

    named = [one.what for one in figures]
    assert all(f"ours: {count} at once, in all" in named for count in benchmark_generation.AT_ONCE)
    assert all(one.value > 0 for one in figures)
    assert 1 <= engine.most <= engine.at_once
    assert closed.is_set()


def test_the_share_of_the_memory_s_speed_is_that_of_one_shopper(monkeypatch):
    monkeypatch.setattr(benchmark_generation, "_copy_speed", lambda device: 10e9)
    rate = benchmark_generation.Measurement(f"ours: {benchmark_generation.RATE}", 20.0, "tokens/s")

    size, share = benchmark_generation._share("ours", [rate], 250_000_000, "cpu")

    assert (size.value, share.value) == (250.0, 50.0)
