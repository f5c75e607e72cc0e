"""Counts that may be shared outside the team: differentially private, by OpenDP, the loss of privacy stated."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import InvalidInput
from bot.insight.analytics.resolution import COUNTED
from bot.insight.analytics.scoreboard import Scoreboard
from bot.insight.report.tables import Line, Table
from bot.insight.report.wording import Words

LARGEST_EPSILON = 10.0


@dataclass(frozen=True)
class SharedCounts:
    """Noisy counts of a range; the whole is `epsilon`-differentially private per conversation."""

    epsilon: float
    resolutions: Mapping[str, int]
    moods: Mapping[str, int]
    languages: Mapping[str, int]


def shared_counts(board: Scoreboard, with_negative: int, epsilon: float) -> SharedCounts:
    """Counts with discrete Laplace noise.

    Each conversation is in exactly one cell of each of the three histograms, so one conversation more or less changes
    a histogram by 1 in the L1 norm; the three share the epsilon evenly (sequential composition). The cells are fixed
    beforehand, so that not even the presence of a rare one tells anything.

    Args:
        board: the true counts.
        with_negative: conversations with a negative message.
        epsilon: the greatest loss of privacy, above 0.

    Raises:
        InvalidInput: an epsilon out of range, or OpenDP is not installed.
    """
    if not 0 < epsilon <= LARGEST_EPSILON or not math.isfinite(epsilon):
        raise InvalidInput(f"The epsilon is {epsilon}; give one above 0 and at most {LARGEST_EPSILON:g}, such as 1.0.")
    part = epsilon / 3
    total = board.counted
    moods = {"with_negative": min(with_negative, total), "without_negative": max(total - with_negative, 0)}
    return SharedCounts(
        epsilon,
        _noisy({name: board.resolutions.get(name, 0) for name in COUNTED}, part),
        _noisy(moods, part),
        _noisy({name: board.languages.get(name, 0) for name in ("en", "zh")}, part),
    )


def shared_tables(counts: SharedCounts, say: Words) -> Sequence[Table]:
    """The counts as tables."""
    return [
        Table(
            "results",
            say.say("table_results"),
            [Line(name, say.name("names", name), count) for name, count in counts.resolutions.items()],
        ),
        Table(
            "mood", say.say("table_mood"), [Line(name, say.say(name), count) for name, count in counts.moods.items()]
        ),
        Table(
            "languages",
            say.say("table_languages"),
            [Line(name, say.name("languages", name), count) for name, count in counts.languages.items()],
        ),
    ]


def _noisy(counts: Mapping[str, int], epsilon: float) -> dict[str, int]:
    try:
        import opendp.prelude as dp
    except ImportError as error:
        raise InvalidInput(
            "Private counts need OpenDP, which is not installed; install it with: pip install 'shopclerk[sharing]'"
        ) from error
    dp.enable_features("contrib")
    noise = dp.m.make_laplace(dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int), scale=1 / epsilon)
    # What is below zero is made zero afterwards, which costs no privacy.
    return {name: max(0, int(count)) for name, count in zip(counts, noise(list(counts.values())), strict=True)}
