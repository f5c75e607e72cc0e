import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.answering.llm.queue import GenerationQueue, Waiting
from bot.errors import Busy, GeneratorError


class Gate:
    """Work that waits until it is let go, and tells how far it came."""

    def __init__(self, items: int = 1) -> None:
        self.started, self.go, self.closed = threading.Event(), threading.Event(), threading.Event()
        self.items, self.made = items, 0

    def __call__(self) -> Iterator[str]:
        try:
            for number in range(self.items):
                self.started.set()
                assert self.go.wait(20)
                self.made += 1
                yield f"item {number}"
        finally:
            self.closed.set()


@pytest.fixture
def queue() -> Iterator[GenerationQueue]:
    with closing(GenerationQueue(max_waiting=3)) as queue:
        yield queue


def results(items) -> list[object]:
    return [item for item in items if not isinstance(item, Waiting)]


def test_results_come_in_order(queue):
    assert results(queue.run(lambda: iter("abc"))) == ["a", "b", "c"]


def test_those_in_line_are_told_their_place_and_move_up(queue):
    served = Gate()
    first = queue.run(served)
    assert served.started.wait(20)
    second, third = queue.run(lambda: iter("b")), queue.run(lambda: iter("c"))
    assert (next(second), next(third)) == (Waiting(1), Waiting(2))
    served.go.set()
    assert results(first) == ["item 0"]
    assert results(second) == ["b"]
    heard = list(third)
    assert heard in ([Waiting(1), "c"], ["c"])


def test_a_full_line_turns_away_at_once_and_takes_again_later(queue):
    served = Gate()
    first = queue.run(served)
    assert served.started.wait(20)
    waiting = [queue.run(lambda: iter("x")) for _ in range(3)]
    with pytest.raises(Busy, match="3 questions are waiting already"):
        queue.run(lambda: iter("y"))
    waiting[1].close()
    assert queue.ahead == 3  # one served, two in line
    last = queue.run(lambda: iter("z"))
    served.go.set()
    assert [results(each) for each in (first, waiting[0], waiting[2], last)] == [["item 0"], ["x"], ["x"], ["z"]]


def test_leaving_while_served_ends_the_work_and_serves_the_next(queue):
    served = Gate(items=1000)
    first = queue.run(served)
    assert served.started.wait(20)
    second = queue.run(lambda: iter("b"))
    first.close()
    served.go.set()
    assert results(second) == ["b"]
    assert served.closed.is_set()
    assert served.made == 1
    assert list(first) == []


def test_a_dropped_reader_frees_its_place(queue):
    served = Gate()
    first = queue.run(served)
    assert served.started.wait(20)
    dropped = queue.run(lambda: iter("b"))
    del dropped
    assert queue.ahead == 1  # the one being served
    served.go.set()
    assert results(first) == ["item 0"]


def test_an_error_reaches_its_reader_and_nobody_else(queue):
    def broken() -> Iterator[str]:
        yield "begun"
        raise GeneratorError("The model failed.")

    first, second = queue.run(broken), queue.run(lambda: iter("b"))
    assert next(item for item in first if not isinstance(item, Waiting)) == "begun"
    with pytest.raises(GeneratorError, match="The model failed"):
        next(first)
    assert results(second) == ["b"]


def test_twenty_shoppers_at_once_get_their_own_answers_whole():
    with closing(GenerationQueue(max_waiting=20)) as queue:
        heard: dict[int, list[object]] = {}

        def shop(number: int) -> None:
            heard[number] = results(queue.run(lambda: (f"{number}:{part}" for part in range(50))))

        threads = [threading.Thread(target=shop, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert heard == {number: [f"{number}:{part}" for part in range(50)] for number in range(20)}


def test_first_come_first_served():
    order: list[int] = []

    def note(number: int) -> Iterator[int]:
        order.append(number)
        yield number

    with closing(GenerationQueue(max_waiting=10)) as queue:
        served = Gate()
        first = queue.run(served)
        assert served.started.wait(20)
        others = [queue.run(lambda number=number: note(number)) for number in range(10)]
        served.go.set()
        for each in (first, *others):
            results(each)
    assert order == list(range(10))


def test_closing_sends_everybody_home():
    queue = GenerationQueue(max_waiting=3)
    served = Gate(items=2)
    first = queue.run(served)
    assert served.started.wait(20)
    second = queue.run(lambda: iter("b"))
    queue.close()
    for reader in (first, second):
        with pytest.raises(Busy, match="shutting down"):
            results(reader)
    with pytest.raises(Busy, match="shutting down"):
        queue.run(lambda: iter("c"))
    served.go.set()
    assert served.closed.wait(20)


def test_as_many_are_served_at_once_as_the_engine_gains_by():
    with closing(GenerationQueue(max_waiting=3, at_once=2)) as queue:
        served = [Gate(), Gate()]
        readers = [queue.run(gate) for gate in served]
        assert all(gate.started.wait(20) for gate in served)
        third = queue.run(lambda: iter("c"))
        assert next(third) == Waiting(1)
        served[1].go.set()  # whoever is done first makes room
        assert results(third) == ["c"]
        served[0].go.set()
        assert [results(reader) for reader in readers] == [["item 0"], ["item 0"]]


def test_room_grows_when_the_engine_turns_out_to_take_more():
    with closing(GenerationQueue(max_waiting=3)) as queue:
        served = Gate()
        first = queue.run(served)
        assert served.started.wait(20)
        queue.at_once = 2
        assert results(queue.run(lambda: iter("b"))) == ["b"]
        served.go.set()
        assert results(first) == ["item 0"]
