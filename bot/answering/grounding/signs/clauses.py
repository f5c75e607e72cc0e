"""Signs in the clauses: negation, opposites, bounds, conditions and limits."""

import re
from collections.abc import Sequence

from bot.answering.grounding.reading import Bound, Clause, Said
from bot.answering.grounding.signs.numbering import DURATIONS, has
from bot.answering.grounding.signs.wording import bag_of
from bot.answering.grounding.words import concept, content_words, opposites, pattern
from bot.answering.quantities import Quantity, normalised, quantities

CONDITION_COVERED = 0.5  # of a condition's words
LIMITED_WORDS = 0.34  # of a clause's words: more, and the sentence says what the clause says
MATCHED = 0.4  # of a clause's words and numbers, from which another clause is taken to say the same or its opposite
_PART = re.compile(r"[;；。！？]|[.!?](?=\s|$)")


def opening_denied(said: Said, known: Said) -> float:
    """Whether what follows "Yes," says no, or what follows "No," says nothing of the kind."""
    if said.opening > 0:
        return float(said.negated)
    if said.opening == 0 or said.negated or pattern("refusing").search(said.text):
        return 0.0
    words = bag_of(frozenset(said.words))
    return float(
        not any(part.negated and 2 * len(bag_of(part.words) & words) >= len(part.words) for part in known.clauses)
    )


def negated_clause(mine: Sequence[Clause], theirs: Sequence[Clause], title: frozenset[str]) -> float:
    """Whether a clause is negated and those that match it best are not, or the other way round.

    One half where another clause that matches it half as well agrees with it.

    Args:
        mine: of the sentence.
        theirs: of the statement.
        title: words that the statement need not say again.
    """
    found = 0.0
    for clause in mine:
        size = len(clause.words - title) + len(clause.numbers)
        shared = [(_shared(clause, other), other.negated == clause.negated) for other in theirs]
        most = max((count for count, _ in shared), default=0)
        if most and most >= MATCHED * size and not any(agrees for count, agrees in shared if count == most):
            found = max(found, 0.5 if any(agrees and 2 * count >= most for count, agrees in shared) else 1.0)
    return found


def _shared(clause: Clause, other: Clause) -> int:
    numbers = sum(any(mine.same(theirs) for theirs, _ in other.numbers) for mine, _ in clause.numbers)
    return len(bag_of(clause.words) & bag_of(other.words)) + numbers


def left_out_negation(said: Said, known: Said) -> bool:
    """Whether the evidence's negated clauses are simply not part of what the sentence says."""
    words = frozenset(said.words)
    if any(clause.negated and len(clause.words & words) > 0.5 * len(clause.words) for clause in known.clauses):
        return False
    return not any(clause.negated for clause in said.clauses)


def says_opposite(claim: str, evidence: str, pairs: str) -> bool:
    """Whether the evidence has one side of a pair of `words.yaml`, and the claim the other alone."""
    return any(
        mine.search(claim) and not mine.search(evidence) and theirs.search(evidence)
        for one, other in opposites(pairs)
        for mine, theirs in ((one, other), (other, one))
    )


def other_direction(said: Said, known: Said) -> bool:
    """Whether a number is the least where it is the most in the evidence, or the other way round."""
    compared = {mine.unit for mine, _ in said.numbers if not has(known, mine)}
    for clause in said.clauses:
        for mine, bound in clause.numbers:
            theirs = _bounds_beside(mine, clause, known)
            # Of a number that is compared, the bound is another's: "€143 is less than €145".
            if bound and mine.unit not in compared and theirs and bound not in theirs and theirs != {""}:
                return True
    return False


def _bounds_beside(mine: Quantity, clause: Clause, known: Said) -> set[Bound]:
    """The bounds of a number in the clauses of the evidence that are most like one of the claim."""
    holding = [other for other in known.clauses if any(mine.same(number) for number, _ in other.numbers)]
    most = max((_shared(clause, other) for other in holding), default=0)
    return {
        bound
        for other in holding
        if _shared(clause, other) == most
        for number, bound in other.numbers
        if mine.same(number)
    }


def bound_added(said: Said, known: Said) -> float:
    """Whether a number is a least or most of which the evidence does not say so; one half for the longest time."""
    bounds = [
        (mine, bound, {other for number, other in known.numbers if mine.same(number)}) for mine, bound in said.numbers
    ]
    added = [
        0.5 if bound == "most" and mine.unit in DURATIONS else 1.0
        for mine, bound, theirs in bounds
        if bound and theirs == {""}
    ]
    return max(added, default=0.0)


def condition_left_out(said: Said, known: Said, asked: Said) -> bool:
    """Whether a condition of what is said is neither said nor in the question."""
    words, given = frozenset(said.words), said.bag | asked.bag
    for part in _PART.split(known.text):
        if not words & set(content_words(part)):
            continue
        for condition in _conditions_in(part, chinese=known.chinese):
            inside = frozenset(content_words(condition))
            numbers = quantities(condition)
            if any(
                not has(said, one) and not any(one.unit == mine.unit for mine, _ in asked.numbers) for one in numbers
            ):
                return True
            if numbers and all(has(said, one) for one in numbers):
                continue
            held = sum(word in given or concept(word) in given for word in inside)
            if inside and held < CONDITION_COVERED * len(inside):
                return True
    return False


def _conditions_in(part: str, *, chinese: bool) -> list[str]:
    """The clauses of a sentence that limit it."""
    found = []
    for piece in re.split(r"[,，]|\s(?:but|and)\s(?!not)", part):
        match = pattern("conditions").search(piece)
        if match:
            # English limits follow their word; Chinese ones may stand before it (…的除外).
            found.append(piece if chinese else piece[match.start() :])
    return found


def limit_left_out(said: Said, known: Said, asked: Said) -> bool:
    """Whether a statement was repeated without the number that limits it: "shipping is free" of "from $59"."""
    words = frozenset(said.words)
    for clause in known.clauses:
        if not clause.words or len(clause.words & words) < LIMITED_WORDS * len(clause.words):
            continue
        text = normalised(clause.text)
        for quantity in quantities(text):
            limits = pattern("limit_before").search(text[: quantity.start]) or pattern("limit_after").match(
                text[quantity.end :]
            )
            if limits and not has(said, quantity) and not any(mine.unit == quantity.unit for mine, _ in asked.numbers):
                return True  # of a sum that was asked about, `branch` says whether it is on the right side
    return False
