"""On a benchmark that nobody here wrote: what it allows happens as it says, and what it forbids never does."""

from collections import Counter
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.tau_retail.forbidden import forbidden
from bot.tau_retail.replay import replay
from bot.tau_retail.shop import retail_folder
from knowledge.errors import DataMissing

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def folder() -> Path:
    data = Settings().data
    try:
        return retail_folder(data)
    except DataMissing as missing:
        pytest.skip(f"needs data: {missing}")


def test_every_tasks_own_actions_end_in_the_state_that_the_benchmark_expects(folder):
    replayed = list(replay(folder))
    assert [(one.task, one.differences) for one in replayed if one.differences] == []
    # Its own tool writes the last item's price and options into every item of a change of several.
    assert {one.task: one.slips for one in replayed if one.slips} == {
        "20": ("#W9911714",),
        "21": ("#W9911714",),
        "37": ("#W9348897",),
    }
    assert (len(replayed), sum(one.same for one in replayed)) == (74, sum(one.actions for one in replayed))
    assert sum(one.changes for one in replayed) == 119
    assert [rule for one in replayed for rule in one.refused] == ["payment.balance"]


def test_every_forbidden_variation_is_refused_by_its_rule_and_changes_no_row(folder):
    attempts = list(forbidden(folder, tasks=30))  # `shopclerk evaluate orders` tries those of all
    assert [attempt for attempt in attempts if not attempt.held] == []
    assert len(attempts) >= 200
    assert len(Counter(attempt.rule for attempt in attempts)) >= 30
