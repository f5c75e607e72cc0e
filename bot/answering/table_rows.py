"""TableRows: which rows of a table a question asks for, by their first cells or by a number that lies in a column."""

from collections.abc import Iterator, Sequence

import numpy as np

from bot.answering.asking import within
from bot.answering.coverage import Coverage
from bot.answering.evidence import Unit
from knowledge.keywords import tokenize

SIZE = -1  # stands for the number asked for among the things that a row names


class TableRows:
    """The rows among the units of one passage, held against one question.

    What stands in one row holds for what its first cell names, so a row of something else must not be shown for it.

    Args:
        units: of the passage.
        question: as asked.
        numbers: that it names.
    """

    def __init__(self, units: Sequence[Unit], question: str, numbers: Sequence[float]) -> None:
        self._units = units
        self._tables = list(_tables(units))
        self.sized = np.zeros(len(units))
        """1 for the row of a size or quantity that the question names, -1 for one of another, 0 for all else."""
        asked = set(tokenize(question)) if numbers else set()
        for table in self._tables if numbers else ():
            rows = [units[place].cells for place in table]
            self.sized[table] = np.array([_placed(rows, asked, number) for number in numbers]).max(axis=0)

    def named(self, coverage: Coverage) -> frozenset[int]:
        """Places of the rows that the question names; none where it names none, or every row of a table alike."""
        return frozenset(place for table in self._tables for place in self._named_in(table, coverage))

    def _named_in(self, table: Sequence[int], coverage: Coverage) -> list[int]:
        held = [coverage.held(set(tokenize(self._units[place].cells[0][1]))) > 0 for place in table]
        sized = [SIZE if self.sized[place] > 0 else None for place in table]
        return [table[row] for row in asked_for(held, [thing.said for thing in coverage.things], sized)]


def asked_for(held: Sequence[np.ndarray], said: Sequence[str], also: Sequence[int | None] = ()) -> list[int]:
    """Places of the rows that are asked for; none where the question names none of them, or all alike.

    Args:
        held: for each row, which of the question's things name it, (n_things,), bool.
        said: these things, in the shopper's words.
        also: for each row, a further thing that names it.
    """
    everywhere = np.logical_and.reduce(list(held))
    names = [_whole(one & ~everywhere, one, said) for one in held]
    for mine, further in zip(names, also, strict=False):
        if further is not None:
            mine.add(further)
    # "express to Ohio" names the express row, although the one without it is of Ohio too.
    most = [mine for mine in names if mine and not any(mine < one for one in names)]
    return [row for row, mine in enumerate(names) if mine in most]


def _whole(telling: np.ndarray, held: np.ndarray, said: Sequence[str]) -> set[int]:
    """The things that a row names; not coffee where coffee beans are asked for."""
    missed = [said[thing] for thing in np.flatnonzero(~held).tolist()]
    return {
        thing
        for thing in np.flatnonzero(telling).tolist()
        if not any(said[thing] in other != said[thing] for other in missed)
    }


def _tables(units: Sequence[Unit]) -> Iterator[list[int]]:
    """Places of the rows of each table that has several."""
    groups: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for place, unit in enumerate(units):
        if unit.cells:
            groups.setdefault((unit.group, tuple(heading for heading, _ in unit.cells)), []).append(place)
    return (places for places in groups.values() if len(places) > 1)


def _placed(rows: Sequence[Sequence[tuple[str, str]]], asked: set[str], number: float) -> list[float]:
    """1, 0 or -1 for each row: a number is looked for where rows are named, then in columns named, then in all."""
    shared = [len(set(tokenize(heading)) & asked) for heading, _ in rows[0]]
    named = [column for column, count in enumerate(shared) if count == max(shared) > 0]
    for columns, sure in (([0], True), (named, True), (range(len(shared)), False)):
        fits = [any(within(row[column][1], number) for column in columns if column < len(row)) for row in rows]
        if any(fits):
            return [1.0 if fit else -1.0 * sure for fit in fits]
    states = any(within(row[column][1], number) is False for row in rows for column in named if column < len(row))
    return [-1.0 * states] * len(rows)
