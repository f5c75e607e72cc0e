"""A visit's renewing token is good once, and a shop's day holds what it may; on both databases, counted at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from bot.conversation.history import History
from bot.errors import NotAllowed
from bot.identity import DailyBudget, Rotations, rotation

TODAY = date(2026, 11, 22)


def test_day_holds_exactly_its_budget(engine) -> None:
    budget = DailyBudget(engine)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: budget.spend("demo", TODAY, 20), range(30)))
    assert sum(taken) == 20
    assert budget.spend("other", TODAY, 20)
    assert budget.spend("demo", date(2026, 11, 23), 20)


def test_token_is_good_once_and_a_moment_longer(engine) -> None:
    rotations, talk = Rotations(engine), History(engine).start("demo").id
    assert rotations.rotate(talk, 0) == 1
    assert rotations.rotate(talk, 0) == 1  # the other window, at the same time
    assert rotations.rotate(talk, 1) == 2
    assert rotations.rotate(talk, 1) == 2
    with pytest.raises(NotAllowed, match="used before"):
        rotations.rotate(talk, 0)
    for generation in (1, 2):
        with pytest.raises(NotAllowed):
            rotations.rotate(talk, generation)


def test_windows_that_renew_at_once_all_go_on(engine) -> None:
    rotations, talk = Rotations(engine), History(engine).start("demo").id
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda _: rotations.rotate(talk, 0), range(6))) == {1}


def test_copy_that_comes_late_ends_the_visit(engine, monkeypatch: pytest.MonkeyPatch) -> None:
    rotations, talk = Rotations(engine), History(engine).start("demo").id
    assert rotations.rotate(talk, 0) == 1
    monkeypatch.setattr(rotation, "GRACE_SECONDS", 0)
    for generation in (0, 1):
        with pytest.raises(NotAllowed):
            rotations.rotate(talk, generation)
