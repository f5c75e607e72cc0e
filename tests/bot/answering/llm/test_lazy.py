"""The chat model is loaded once, and nobody waits for one that is loaded ahead."""

import threading

from bot.answering.llm.lazy import LazyModel
from tests.fakes import says

PATIENCE_SECONDS = 30


def test_it_is_loaded_when_first_asked_for_and_only_once():
    made = []
    lazy = LazyModel(lambda: made.append(says("Yes.")) or made[-1])
    assert made == []
    assert lazy.now() is lazy.get() is made[0]
    assert len(made) == 1


def test_while_it_is_loaded_ahead_who_asks_goes_without():
    go_on = threading.Event()
    model = says("Yes.")
    lazy = LazyModel(lambda: model if go_on.wait(PATIENCE_SECONDS) else None)
    lazy.load_ahead()
    assert lazy.loading
    assert lazy.now() is None
    go_on.set()
    assert lazy.get() is model
    assert not lazy.loading
    assert lazy.now() is model


def test_two_that_ask_at_once_load_one():
    made = []
    begun = threading.Barrier(2)
    lazy = LazyModel(lambda: made.append(1))

    def ask():
        begun.wait(PATIENCE_SECONDS)
        lazy.get()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
