"""Signs in the numbers: those that are not there, stand among other words, or are compared wrongly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.answering.grounding.reading import Said
from bot.answering.grounding.signs.wording import bag_of, is_named
from bot.answering.grounding.words import content_words, pattern
from bot.answering.quantities import CURRENCIES, Quantity

MANY_RIVALS = 4
DURATIONS = frozenset({"day", "workday", "minute", "month"})
_ONE = re.compile(r"一|an?\b|one\b")
_ASIDE = re.compile(r"[,;:，；：]\s*(?!which|that|so|and|超|低|不|没|未|已|高|达|大|多)")
_NUMERALS = re.compile(r"[\d.,:\s]+")
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")
_RANGE = re.compile(r"\s*(?:-|~|～|to|until|and|至|到|和)\s*")
_BETWEEN = re.compile(r"[,;，；、。()（）]|\.\s|\s(?:and|or|but)\s|和|而|或")
_LEAD = re.compile(r"^[^:：]{1,60}[:：]")


def has(said: Said, quantity: Quantity) -> bool:
    """Whether a text has a number, however it is written."""
    return any(_alike(quantity, other) for other, _ in said.numbers)


def _alike(one: Quantity, other: Quantity) -> bool:
    """Whether both are the same, "5% off" and "a discount of 5%" taken for one thing."""
    return one.same(other) or (one.value == other.value and {one.unit, other.unit} == {"percent", "off"})


def stated_numbers(said: Said) -> list[Quantity]:
    """The numbers that state something; of "one year" in "spent in one year" nothing is left."""
    return [number for number, _ in said.numbers if not _ONE.match(said.text[number.start : number.end].strip())]


def is_asked(asked: Said, quantity: Quantity) -> bool:
    """Whether the question has the number, or the numeral of one: "more than 34" where 34 hours were asked for."""
    return any(
        quantity.meant(other) or (not quantity.unit and quantity.value == _numeral(asked, other))
        for other, _ in asked.numbers
    )


def rivals(said: Said, heard: Said) -> float:
    """Other values that a number of the sentence might have been taken for, up to MANY_RIVALS, as a share of them."""
    counts = [
        len({other.value for other, _ in heard.numbers if other.unit == mine.unit and other.value != mine.value})
        for mine in stated_numbers(said)
    ]
    return min(max(counts, default=0), MANY_RIVALS) / MANY_RIVALS


def _numeral(said: Said, quantity: Quantity) -> float | None:
    written = _DECIMAL.search(said.text[quantity.start : quantity.end])
    return float(written.group()) if written else None


def number_asked(said: Said, known: Said, asked: Said) -> bool:
    """Whether a number is the question's alone, and is not compared with one of the evidence."""
    compared = any(pattern(name).search(said.text) for name in ("is_less", "is_more", "refusing")) or said.opening
    return any(
        is_asked(asked, mine)
        and not has(known, mine)
        and not any(compared and other.unit == mine.unit and has(known, other) for other, _ in said.numbers)
        for mine, _ in said.numbers
    )


def follows_from(said: Said, known: Said, asked: Said) -> bool | None:
    """Whether yes or no follows from the time asked about and the time that the evidence gives; None: neither is said.

    What lasts or is allowed so long is so for less; what is asked for from a number on is met by more.
    """
    if pattern("confirming").search(asked.text):
        return _confirmed(said, known, asked)
    needed = [mine for mine, _ in asked.numbers if mine.unit in DURATIONS]
    needed = needed or [mine for mine, _ in asked.numbers if not mine.unit]
    if len(needed) != 1:
        return None
    given = [mine for mine, _ in said.numbers if mine.unit == needed[0].unit and has(known, mine)]
    given = [mine for mine in given if mine.value != needed[0].value]
    least = any(bound == "least" for mine, bound in known.numbers if given and mine.same(given[0]))
    if len(given) != 1 or not (least or needed[0].unit):
        return None
    no = said.opening < 0 or (said.opening == 0 and any(clause.negated for clause in said.clauses[:1]))
    if not said.opening and not any(needed[0].same(mine) for mine, _ in said.numbers):
        return None
    too_much = needed[0].value < given[0].value if least else needed[0].value > given[0].value
    return no == too_much


def _confirmed(said: Said, known: Said, asked: Said) -> bool | None:
    """The same for a question that names a value and asks whether it is right."""
    named = [mine for mine, _ in asked.numbers]
    given = [mine for mine, _ in said.numbers if has(known, mine) and any(mine.unit == one.unit for one in named)]
    if not given or not said.opening:
        return None
    return (said.opening > 0) == all(any(mine.same(one) for one in named) for mine in given)


def compared_wrongly(said: Said, known: Said) -> bool:
    """Whether it says of two numbers that one is more, and it is less: "145 USD is above 150 USD"."""
    for left, right in pairwise(number for number, _ in said.numbers):
        between = said.text[left.end : right.start]
        if has(known, left) and has(known, right):
            continue
        if left.unit != right.unit or left.value == right.value or _ASIDE.search(between):
            continue
        less, more = pattern("is_less").search(between), pattern("is_more").search(between)
        if (less and left.value > right.value) or (more and not less and left.value < right.value):
            return True
    return False


def of_other_branch(said: Said, known: Said, asked: Said) -> bool:
    """Whether the number asked about is on the other side of the limit under which the evidence says this."""
    words = frozenset(said.words)
    for clause in known.clauses:
        for limit, bound in clause.numbers:
            of_it = [
                mine for mine, _ in asked.numbers if mine.unit == limit.unit or {mine.unit, limit.unit} <= CURRENCIES
            ]
            if not bound or not limit.unit or not of_it:
                continue
            holds = all(mine.value >= limit.value if bound == "least" else mine.value <= limit.value for mine in of_it)
            repeated = bool(bag_of(clause.words) & said.bag - asked.bag)
            if not has(said, limit) and ((repeated and not holds) or (holds and not bag_of(clause.words) & said.bag)):
                return bool(words)
    return False


def number_of_other(said: Said, known: Said) -> bool:
    """Whether a number stands among another's words: "Pine members 60 days" where those are Evergreen's."""
    mine, theirs = _segments(said), _segments(known)
    return any(any(has(known, number) for number in one.numbers) and not _bound_alike(one, theirs) for one in mine)


@dataclass(frozen=True)
class _Segment:
    """A number, or the two of a range, with the words that belong to it; `unit` as it is written."""

    numbers: tuple[Quantity, ...]
    words: frozenset[str]
    unit: str

    def meets(self, other: "_Segment") -> bool:
        """Whether they have a number in common."""
        return any(mine.same(theirs) for mine in self.numbers for theirs in other.numbers)


def _bound_alike(mine: _Segment, theirs: Sequence[_Segment]) -> bool:
    """Whether the words that in the evidence belong to one number alone are, of this number, not only others'."""
    own = [other for other in theirs if other.meets(mine)]
    units = {other.unit for other in own}
    others = [other.words for other in theirs if other.unit in units and not other.meets(mine)]
    if not others:
        return True
    held, strange = frozenset().union(*(other.words for other in own)), frozenset().union(*others)
    return bool(mine.words & (held - strange)) or not mine.words & (strange - held)


@lru_cache(maxsize=16384)
def _segments(said: Said) -> tuple[_Segment, ...]:
    """Each number with the words that belong to it: up to its neighbours, or to a comma or "and" before them."""
    found: list[_Segment] = []
    numbers = [number for number, _ in said.numbers]
    for place, number in enumerate(numbers):
        if place and _RANGE.fullmatch(said.text[numbers[place - 1].end : number.start]):
            one = found.pop()
            found.append(_Segment((*one.numbers, number), one.words | _after(said, numbers, place), one.unit))
            continue
        before = said.text[numbers[place - 1].end if place else 0 : number.start]
        if place:
            before = _BETWEEN.split(before, maxsplit=1)[-1]
        words = bag_of(frozenset(content_words(before))) | _after(said, numbers, place)
        unit = _NUMERALS.sub("", said.text[number.start : number.end]).strip()
        found.append(_Segment((number,), words, unit))
    return tuple(found)


def _after(said: Said, numbers: Sequence[Quantity], place: int) -> frozenset[str]:
    """The words behind a number that belong to it."""
    if place + 1 == len(numbers):
        return bag_of(frozenset(content_words(said.text[numbers[place].end :])))
    between = said.text[numbers[place].end : numbers[place + 1].start]
    return bag_of(frozenset(content_words(_BETWEEN.split(between, maxsplit=1)[0])))


def is_mixed(said: Said, parts: Sequence[Said], names: Sequence[str]) -> bool:
    """Whether a number is one statement's and what it is said of is the other's alone, as in two rows of a table."""
    if len(parts) != 2:
        return False
    for holder, other in (parts, parts[::-1]):
        alone = [number for number in stated_numbers(said) if has(holder, number) and not has(other, number)]
        if alone and (_leads(other) & said.bag - holder.bag or _names_alone(names, other, holder)):
            return True
        if alone and any(has(said, one) and not has(holder, one) for one, _ in other.numbers):
            return True
        instead = {one.unit for one, _ in other.numbers if not has(said, one)}
        if any(number.unit in instead for number in alone) and (other.bag & said.bag) - holder.bag:
            return True
    return False


def _leads(said: Said) -> frozenset[str]:
    """The words before its colon."""
    lead = _LEAD.match(said.text)
    return bag_of(frozenset(content_words(lead.group()))) if lead else frozenset()


def _names_alone(names: Sequence[str], one: Said, other: Said) -> bool:
    return any(is_named(name, one) and not is_named(name, other) for name in names)
