"""The benchmark's own arithmetic, on contestants that say what they are told to."""

import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from bot.answering.decoding.pieces import Limits, Piece, Prompt
from bot.settings import Settings
from scripts import benchmark, benchmark_generation, generation_on_gpu, generation_race
from scripts.generation_contestants import Contestant, ours
from scripts.measurement import Measurement
from tests.bot.answering.llm.tiny import byte_tokenizer, tiny_model


class Counted:
    """So many tokens to each prompt as it is asked for; remembers what it was asked and how many it wrote at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.limits: list[Limits] = []
        self.most, self._now, self._lock = 0, 0, threading.Lock()

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        with self._lock:
            self.asked.append(prompt.text)
            self.limits.append(limits)
            self._now += 1
            self.most = max(self.most, self._now)
        yield from (Piece("word ", tokens=1) for _ in range(limits.max_tokens))
        with self._lock:
            self._now -= 1
        yield Piece("", ending="length")


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_every_shopper_asks_something_else_and_all_tokens_are_counted(counted):
    one = ours(counted, "ours")
    prompts = [generation_race.prompt(random.Random(number)) for number in range(20)]
    runs = [generation_race.write_one(one, asked, 5) for asked in prompts]

    assert {run.tokens for run in runs} == {5}
    assert len({text[:24] for text in counted.asked}) == 20  # so that no prompt's states are of use to another
    assert all(limits.to_the_last for limits in counted.limits)


def test_all_crowds_are_raced_with_the_same_tokens_each_and_the_weights_are_let_go(counted):
    closed = threading.Event()
    one = Contestant("ours", ours(counted, "ours").write, closed.set)
    crowds = generation_race.race(one, (1, 4, 64), device="cpu", note=lambda _: None)

    assert [(crowd.count, len(crowd.first)) for crowd in crowds] == [(1, 3), (4, 4), (64, 64)]
    assert {limits.max_tokens for limits in counted.limits[-64:]} == {generation_race.tokens_of(64, "cpu")}
    assert closed.is_set()


def test_on_a_gpu_large_crowds_get_whole_answers():
    assert generation_race.tokens_of(64, "cuda") == generation_race.tokens_of(1, "cpu") == generation_race.NEW_TOKENS
    assert generation_race.tokens_of(64, "cpu") < generation_race.NEW_TOKENS


def test_a_contestant_that_writes_nothing_is_no_contestant():
    with pytest.raises(RuntimeError, match="silent wrote 0 tokens, expected 5"):
        generation_race.write_one(Contestant("silent", lambda *_: iter(())), Prompt("", "?"), 5)


def test_the_table_sets_all_beside_the_one_that_answers_one_after_the_other():
    def crowds(rate: float) -> list[generation_race.Crowd]:
        return [generation_race.Crowd(count, [0.1] * 18 + [0.4, 0.9], rate * count) for count in (1, 64)]

    found = generation_race.table({"ours": crowds(30), "plain": crowds(3)}, "plain", device="cuda")
    named = {one.what: (one.value, one.goal) for one in found}
    assert named["ours: 64 at once, 24 tokens each, in all"] == (1920, "")
    assert named["ours: 64 at once, 24 tokens each, first token p50"] == (0.1, "")
    assert named["ours: 64 at once, 24 tokens each, first token p95"] == (0.4, "≤ 1 s")
    assert named["ours: 64 at once, 24 tokens each, beside plain"] == (10, "≥ 10")
    assert not any(goal for what, (_, goal) in named.items() if what.startswith("plain") or "1 at once" in what)


def test_an_engine_with_few_places_is_asked_for_no_more_at_once(counted):
    one = benchmark_generation.in_line(ours(counted, "ours"), 4)
    generation_race.together(one, 16, 50)
    assert 1 <= counted.most <= 4
    one.close()


@pytest.mark.full  # importing transformers takes seconds
def test_the_library_s_own_batches_may_fail_without_ending_the_race():
    told: list[str] = []
    assert generation_race.race_library(object(), None, (1,), note=told.append) == {}
    assert told


def test_the_share_of_the_memory_s_speed_is_that_of_one_shopper(monkeypatch):
    monkeypatch.setattr(benchmark_generation, "_copy_speed", lambda device: 10e9)
    rate = Measurement(f"ours: {generation_race.RATE}", 20.0, "tokens/s")

    size, share = benchmark_generation._share("ours", [rate], 250_000_000, "cpu")

    assert (size.value, share.value) == (250.0, 50.0)


def test_the_command_takes_how_many_ask_at_once_and_where_it_runs(monkeypatch):
    asked: list[tuple[str, tuple[int, ...]]] = []

    def measure(settings: Settings, crowds: tuple[int, ...]) -> list[Measurement]:
        asked.append((settings.device, crowds))
        return [Measurement("machine: a small one", 2, "cores")]

    monkeypatch.setattr(benchmark_generation, "measure", measure)
    done = CliRunner().invoke(benchmark.app, ["generation", "--concurrent", "1,4,64", "--device", "cuda", "--json"])
    assert asked == [("cuda", (1, 4, 64))]
    assert '"what": "machine: a small one"' in done.stdout


@pytest.mark.parametrize("wrong", ["0", "many", "1,,4", "1;4"])
def test_what_is_no_list_of_numbers_is_wrong_use(wrong):
    done = CliRunner().invoke(benchmark.app, ["generation", "--concurrent", wrong])
    assert done.exit_code == 2
    assert "expected one such as" in done.stderr


GPU_MACHINE = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {'langchain_core', 'pydantic', 'typer', 'rich', 'httpx', 'filelock', 'xllamacpp'}:
            raise ImportError(name)

sys.meta_path.insert(0, Missing())
from scripts import generation_on_gpu
"""


def test_the_race_on_a_gpu_needs_torch_and_transformers_only():
    done = subprocess.run([sys.executable, "-c", GPU_MACHINE], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.full
def test_the_race_is_run_on_a_folder_of_weights(tmp_path, capsys):
    model = tiny_model()
    model.config.max_position_embeddings = 2048  # the prompts are long where a token is a letter
    for part in (model, byte_tokenizer()):
        part.save_pretrained(tmp_path)
    generation_on_gpu.main([str(tmp_path), "--device", "cpu", "--concurrent", "1,3"])
    found = {one["what"]: one["value"] for one in json.loads(capsys.readouterr().out)}
    assert found["ours, torch on cpu: 3 at once, 24 tokens each, in all"] > 0
    assert found["plain generate, one after the other: 3 at once, 24 tokens each, first token p95"] > 0
