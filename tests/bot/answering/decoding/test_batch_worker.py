import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from bot.answering.decoding.batch_worker import BatchWorker, PromptTokens, in_groups
from bot.answering.decoding.pieces import Piece
from bot.errors import GeneratorError
from tests.bot.answering.decoding.scripted_decoder import ScriptedDecoder


class Numbers:
    """An answer of so many numbers, shown as they are."""

    def __init__(self, count: int) -> None:
        self.left = count

    def add(self, token: int) -> Piece:
        self.left -= 1
        return Piece(f"{token} ", tokens=1, ending=None if self.left else "length")


@pytest.fixture
def decoder() -> ScriptedDecoder:
    return ScriptedDecoder()


@pytest.fixture
def worker(decoder) -> BatchWorker:
    return BatchWorker(decoder, name="small", at_once=2, tokens_at_once=100)


def asked(worker: BatchWorker, start: int, count: int) -> Iterator[Piece]:
    return worker.write(PromptTokens((start,)), Numbers(count))


def text(pieces: Iterator[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def held_back(worker: BatchWorker, decoder: ScriptedDecoder, *asks: tuple[int, int]) -> list[str]:
    """The answers to several asked for while the decoder waits, so that they are met with together."""
    decoder.go.clear()
    with ThreadPoolExecutor(len(asks)) as crowd:
        answers = [crowd.submit(lambda ask=ask: text(asked(worker, *ask))) for ask in asks]
        while len(worker._waiting) < len(asks) - worker.at_once:  # the first are with the decoder already
            threading.Event().wait(0.001)
        decoder.go.set()
        return [answer.result(20) for answer in answers]


def test_an_answer_is_written_token_by_token_to_its_end(worker, decoder):
    assert text(asked(worker, 10, 3)) == "11 12 13 "
    assert decoder.done == ["join 10", "step 11", "step 12", "keep"] or decoder.done == [
        "join 10",
        "step 11",
        "step 12",
    ]


def test_many_are_written_together_and_everyone_gets_their_own(worker, decoder):
    answers = held_back(worker, decoder, *((start, 4) for start in range(100, 1100, 100)))
    assert sorted(answers) == sorted(f"{n + 1} {n + 2} {n + 3} {n + 4} " for n in range(100, 1100, 100))
    assert sum(done.startswith("step") for done in decoder.done) < 10 * 3
    assert max(len(done.split()) - 1 for done in decoder.done if done.startswith("step")) == 2  # at_once


def test_who_asks_while_others_are_answered_joins_in_between(worker, decoder):
    first = asked(worker, 10, 1000)
    assert next(first).text == "11 "
    assert text(asked(worker, 500, 3)) == "501 502 503 "
    assert next(first).text == "12 "
    assert any(done.startswith("step") and done.endswith(" 502") for done in decoder.done)
    first.close()


def test_a_reader_that_leaves_makes_room(worker, decoder):
    with closing(asked(worker, 10, 10**9)) as first, closing(asked(worker, 5000, 10**9)) as second:
        assert (next(first).text, next(second).text) == ("11 ", "5001 ")
        second.close()
        assert text(asked(worker, 90, 2)) == "91 92 "
        assert next(first).text == "12 "
    for _ in range(2000):
        if not worker._working:
            break
        threading.Event().wait(0.005)
    assert not worker._working  # nobody is left to work for


def test_who_leaves_before_there_is_room_is_never_read(worker, decoder):
    with closing(asked(worker, 10, 10**9)) as first, closing(asked(worker, 5000, 10**9)) as second:
        next(first), next(second)
        waiting = threading.Thread(target=lambda: next(third, None), daemon=True)
        third = asked(worker, 90, 5)
        waiting.start()
        while not worker._waiting:
            threading.Event().wait(0.001)
        worker._waiting[0].over = True
        first.close()
        assert text(asked(worker, 70, 1)) == "71 "
    assert "join 90" not in decoder.done


@pytest.mark.parametrize("failing", ["join", "step"])
def test_an_error_reaches_all_who_are_written_for_and_the_next_is_served(worker, decoder, failing):
    first = asked(worker, 10, 10**9)
    next(first)
    decoder.failing = failing
    for reader in (asked(worker, 100, 5), first):
        with pytest.raises(GeneratorError, match="small failed while answering: out of memory"):
            text(reader)
    decoder.failing = ""
    assert text(asked(worker, 7, 2)) == "8 9 "


def test_prompts_are_read_together_as_far_as_memory_goes():
    class Row:
        def __init__(self, length: int) -> None:
            self.prompt = PromptTokens(tuple(range(length)))

    rows = [Row(length) for length in (10, 10, 40, 10, 200, 10)]
    groups = [[len(row.prompt.tokens) for row in group] for group in in_groups(rows, 100)]  # type: ignore[arg-type]  # rows in short
    assert groups == [[10, 10], [40, 10], [200], [10]]
    assert [len(group) for group in in_groups(rows, 1)] == [1] * 6  # type: ignore[arg-type]  # rows in short
    assert list(in_groups([], 100)) == []


def test_a_process_that_ends_waits_for_the_step_and_for_no_more():
    script = """
import threading, time
from bot.answering.decoding.batch_worker import BatchWorker, Opening, PromptTokens
from bot.answering.decoding.pieces import Piece

class Slow:
    def join(self, prompts): return [Opening(0)]
    def keep(self, rows): pass
    def step(self, tokens):
        time.sleep(0.2)
        print("step", flush=True)
        return tokens

class Endless:
    def add(self, token): return Piece("x", tokens=1)

worker = BatchWorker(Slow(), name="slow", at_once=1, tokens_at_once=1)
answer = worker.write(PromptTokens((1,)), Endless())
next(answer)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(done.stdout.split()) == {"step"}
