"""Rounds go on whatever happens, begin at once when there is something to do, and end when told."""

import threading

import pytest

from bot.rounds import Rounds

PATIENCE_SECONDS = 10


class Counted:
    """Counts its rounds, and fails in the first ones."""

    def __init__(self, failing: int = 0) -> None:
        self.failing, self.done = failing, threading.Semaphore(0)

    def __call__(self) -> None:
        self.done.release()
        if self.failing:
            self.failing -= 1
            raise ConnectionError("the database is away")

    def was_done(self) -> bool:
        return self.done.acquire(timeout=PATIENCE_SECONDS)


@pytest.fixture
def begun():
    opened: list[Rounds] = []

    def begin(once: Counted, rest_seconds: float) -> Rounds:
        opened.append(Rounds("counting", once, rest_seconds=lambda _took: rest_seconds, trouble_seconds=0.0))
        opened[-1].start()
        return opened[-1]

    yield begin
    for one in opened:
        one.close()
    assert "counting" not in {thread.name for thread in threading.enumerate()}


def test_one_round_follows_another(begun):
    once = Counted()
    begun(once, 0.0)
    assert all(once.was_done() for _ in range(3))


def test_a_round_that_fails_is_told_and_tried_again(begun, caplog):
    once = Counted(failing=2)
    begun(once, 3600.0)
    assert all(once.was_done() for _ in range(3))
    assert caplog.text.count("A round of 'counting' failed; it is tried again") == 2


def test_who_wakes_it_need_not_wait_for_the_end_of_a_rest(begun):
    once = Counted()
    rounds = begun(once, 3600.0)
    assert once.was_done()
    rounds.wake()
    assert once.was_done()


def test_it_is_begun_once_and_may_be_closed_unbegun(begun):
    rounds = begun(Counted(), 3600.0)
    rounds.start()
    Rounds("never", Counted(), rest_seconds=lambda _took: 0.0, trouble_seconds=0.0).close()
