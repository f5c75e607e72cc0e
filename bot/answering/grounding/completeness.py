"""Whether a true sentence leaves out a number of its statement that belongs to the answer."""

import re
from collections.abc import Iterator, Sequence

from bot.answering.grounding.words import pattern
from bot.answering.quantities import Quantity, normalised, quantities

_MONEY = frozenset({"USD", "CNY", "EUR", "GBP", "JPY", "CAD", "AUD", "NOK", "SEK", "CHF", "HKD", "TWD", "percent"})
_TIME = frozenset({"day", "workday", "minute", "month", "second"})
_LISTED = re.compile(r"\s*(?:,|、|/|，|\band\b|\bor\b|和|或|及|以及|,\s*and|,\s*or)\s*")
_ASKED = ((_MONEY, "asks_money", "without_amount"), (_TIME, "asks_time", "without_time"))
"""Units, how a shopper asks for them, and words that answer without a number, as `words.yaml` lists them."""


def leaves_out(sentence: str, statement: str, question: str) -> bool:
    """Whether a number is missing that stands in one list with a stated one, or of a sort that is asked for.

    "Cards come in $25" of "$25, $50 and $100" is true and half an answer; so is the fee without the days where both are
    asked for. What a table row says beside what is asked may be left out.

    Args:
        sentence: grounded in the statement.
        statement: the sentence, list item or table row that it rests on.
        question: what was asked.
    """
    said, known = quantities(normalised(sentence)), normalised(statement)
    stated = quantities(known)
    for run in _lists(known, stated):
        held = [any(one.same(mine) for mine in said) for one in run]
        if any(held) and not all(held):
            return True
    asked = normalised(question).casefold()
    return any(
        pattern(asks).search(asked)
        and (any(one.unit in units for one in stated) or pattern(without).search(known.casefold()))
        and not any(one.unit in units for one in said)
        and not pattern(without).search(sentence.casefold())
        for units, asks, without in _ASKED
    )


def _lists(text: str, numbers: Sequence[Quantity]) -> Iterator[list[Quantity]]:
    """Numbers of one sort that follow each other with nothing but a comma or an "and" between them."""
    run: list[Quantity] = []
    for number in numbers:
        of_one_sort = run and (run[-1].unit == number.unit or not run[-1].unit)  # "5, 10 or 20 days"
        if run and not (of_one_sort and _LISTED.fullmatch(text[run[-1].end : number.start])):
            if len(run) > 1:
                yield run
            run = []
        run.append(number)
    if len(run) > 1:
        yield run
