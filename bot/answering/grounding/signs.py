"""Signs: what speaks against a sentence when it is laid beside one piece of evidence, each 0 to 1."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from bot.answering.grounding.reading import Bound, Clause, Said
from bot.answering.grounding.words import concept, content_words, opposites, pattern
from bot.answering.quantities import CURRENCIES, Quantity, normalised, quantities
from knowledge.keywords import tokenize

SIGNS = (
    "meaning",  # distance of the embeddings
    "new_meaning",  # that, times `words`
    "words",  # share of the content words that are nowhere
    "many_words",  # number of those that are nowhere or elsewhere
    "a_part",  # their share in the worst part of the sentence
    "grafted",  # no word of one part is in the passage, and all others of the sentence are there
    "from_elsewhere",  # share that other passages alone hold
    "from_title",  # share that the title alone holds
    "from_passage",  # share that the rest of the passage holds
    "from_question",  # share that the question alone holds
    "letters",  # share of the pairs of characters that are not there
    "letters_asked",  # share of them that the question alone holds
    "no_number",  # none that the evidence holds too
    "number",  # one that is not there
    "number_asked",  # one that the question alone holds, not compared with one of the evidence
    "number_of_other",  # one that stands among other words
    "name",  # one that is nowhere
    "name_asked",  # one that the question alone holds
    "other_of_kind",  # another country, day, colour, means of payment … than the passage speaks of
    "kind_elsewhere",  # one that the passage speaks of, where the statement speaks of another
    "slot",  # share of the words that stand where the evidence has another
    "name_of_other",  # one that another passage alone holds
    "order",  # share of the words that stand in another order
    "said_again",  # a word more often than there
    "negation",  # of a clause
    "parity",  # negation of the whole
    "opposite",  # a word of the opposite meaning
    "condition",  # one left out
    "limit",  # a number that limits the statement left out
    "condition_added",
    "direction",  # over for under
    "bound_added",  # a least or most that the evidence does not say
    "comparison",  # two numbers compared wrongly
    "branch",  # what holds for other orders than the one asked about
    "opening",  # yes before a no
    "joined",  # the evidence is two statements that stand beside each other
    "apart",  # the evidence is two statements of two passages
)
"""In the order of a row of weights. The first two need embeddings: see `with_meaning`."""

MANY_WORDS = 4
CONDITION_COVERED = 0.5  # of a condition's words
LIMITED_WORDS = 0.34  # of a clause's words: more, and the sentence says what the clause says
CONTRASTED = frozenset({"speed", "channel", "size", "tier", "goods"})  # kinds that are often named in other words
DURATIONS = frozenset({"day", "workday", "minute", "month"})
GRAFTED_ON = 3  # known words, from which the rest of a sentence is taken for a copy
MATCHED = 0.4  # of a clause's words and numbers, from which another clause is taken to say the same or its opposite
LIKE_ENOUGH = 0.5  # for a word that shares its beginning or its characters with one of the evidence
STEM = 5  # letters that two forms of one English word share

_PART = re.compile(r"[;；。！？]|[.!?](?=\s|$)")
_NAME = re.compile(r"(?<![\w.])(?:[A-Z][\w&'’-]*[A-Za-z0-9]|[A-Za-z]*\d[\w-]*[A-Za-z][\w-]*|[A-Za-z]+-?\d[\w-]*)")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9&'’-]{2,}")
_ONE = re.compile(r"一|an?\b|one\b")
_NUMBERED = re.compile(r"\d+-?[a-z]+")  # "10-year" is a quantity, no name
_RANGE = re.compile(r"\s*(?:-|~|～|to|until|and|至|到|和)\s*")
_BETWEEN = re.compile(r"[,;，；、。()（）]|\s(?:and|or|but)\s|和|而|或")
LINK = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+")


@dataclass(frozen=True)
class Place:
    """Where in the evidence a claim is held to.

    Attributes:
        known: the statement, or two put together.
        title: what stands above it: names may come from there, facts may not.
        passage: all that the passage says, with its title.
        asked: the question: what is asked about may be named again, with its numbers.
        heard: all that all passages say.
        joined: whether the statement is two neighbours.
        apart: whether it is two statements of two passages.
    """

    known: Said
    title: Said
    passage: Said
    asked: Said
    heard: Said
    joined: bool = False
    apart: bool = False


def signs(claim: str, said: Said, at: Place) -> tuple[float, ...]:
    """What speaks against a claim, in the order of SIGNS, as if its meaning were the same.

    Args:
        claim: the sentence as written, for its names.
        said: the same as read.
        at: the place of the evidence that it is held to.
    """
    known, asked = at.known, at.asked
    follows = _follows(said, known, asked)
    found = Counter(_where(word, at) for word in said.words)
    count = max(len(said.words), 1)
    missing = found["nowhere"] + LIKE_ENOUGH * found["nearly"]
    letters = said.letters - known.letters - at.title.letters
    names = _names(claim, chinese=said.chinese)
    return (
        0.0,
        0.0,
        missing / count if said.words else 1.0,
        min(missing + found["elsewhere"], MANY_WORDS) / MANY_WORDS,
        _worst_part(said.parts, at),
        float(_grafted(said, at)),
        found["elsewhere"] / count,
        found["title"] / count,
        found["passage"] / count,
        found["question"] / count,
        len(letters - asked.letters) / max(len(said.letters), 1),
        len(letters & asked.letters) / max(len(said.letters), 1),
        float(not any(_holds(known, mine) for mine, _ in said.numbers)),
        float(any(not _holds(known, mine) and not _asked(asked, mine) for mine in _stated(said))),
        float(_number_asked(said, known, asked)),
        float(_number_of_other(said, known)),
        float(any(not _named(name, at.heard) and not _named(name, asked) for name in names)),
        float(any(not _named(name, at.heard) and _named(name, asked) for name in names)),
        float(_other_of_kind(said, at)),
        float(_kind_elsewhere(said, at)),
        _slots(said.words, known) / count,
        float(any(not _named(name, at.passage) and _named(name, at.heard) for name in names)),
        _disorder(said.words, known.words),
        float(bool(_said_again(said.words, known.words))),
        float(not follows and _negated_clause(said.clauses, known.clauses)),
        float(not follows and said.negated != known.negated and not _left_out_negation(said, known)),
        float(_opposite(said.text, known.text)),
        float(_condition_left_out(said, known, asked)),
        float(_limit_left_out(said, known, asked)),
        float(said.conditional and not known.conditional),
        float(not follows and _other_direction(said, known)),
        float(not follows and _bound_added(said, known)),
        float(follows is False or _compared_wrongly(said.text)),
        float(_other_branch(said, known, asked)),
        float(follows is None and _opening_denied(said, known)),
        float(at.joined),
        float(at.apart),
    )


def with_meaning(row: Sequence[float], similarity: float) -> tuple[float, ...]:
    """The row with what the embeddings say; it only ever counts against the claim."""
    far = 1.0 - max(0.0, min(similarity, 1.0))
    return (far, far * row[SIGNS.index("words")], *row[2:])


def new_link(claim: str, evidence: str) -> bool:
    """Whether the claim holds an address that the evidence does not."""
    return any(link.rstrip(".,;。，；").casefold() not in evidence.casefold() for link in LINK.findall(claim))


def _where(word: str, at: Place) -> str:
    """Which text holds the word, the nearest first."""
    texts = (("known", at.known), ("title", at.title), ("passage", at.passage), ("question", at.asked),
             ("elsewhere", at.heard))  # fmt: skip
    for name, text in texts:
        if word in text.bag or concept(word) in text.bag:
            return name
    return "nearly" if _nearly(word, at.known.bag) else "nowhere"


def _nearly(word: str, known: frozenset[str]) -> bool:
    if word.isascii():
        return len(word) >= STEM and any(other[:STEM] == word[:STEM] for other in known)
    return len(word) > 1 and any(word in other or (len(other) > 1 and other in word) for other in known)


def _worst_part(parts: Sequence[tuple[str, ...]], at: Place) -> float:
    shares = []
    for words in parts:
        found = Counter(_where(word, at) for word in words)
        missing = found["nowhere"] + found["elsewhere"] + LIKE_ENOUGH * found["nearly"]
        shares.append(missing / len(words))
    return max(shares, default=0.0)


def _grafted(said: Said, at: Place) -> bool:
    strange = {word for word in said.words if _where(word, at) in {"nowhere", "elsewhere"}}
    known = {word for word in said.words if _where(word, at) in {"known", "title"}}
    whole = any(strange.issuperset(words) for words in said.parts)
    return whole and len(strange) + len(known) == len(set(said.words)) and len(known) >= GRAFTED_ON


def _names(claim: str, *, chinese: bool) -> list[str]:
    words = _LATIN.findall(claim) if chinese else _NAME.findall(claim[1:])
    return [word for word in words if tokenize(word) and not _NUMBERED.fullmatch(word)]


def _named(name: str, text: Said) -> bool:
    return name.casefold() in text.text or all(word in text.tokens for word in tokenize(name))


def _other_of_kind(said: Said, at: Place) -> bool:
    """Whether the claim names a thing of a kind that the passage does not; of some kinds, where it names another."""
    there = at.passage.kinds | at.title.kinds
    spoken_of = {kind for kind, _ in there - said.kinds}
    return any(kind not in CONTRASTED or kind in spoken_of for kind, _ in said.kinds - there)


def _kind_elsewhere(said: Said, at: Place) -> bool:
    """Whether the statement speaks of other things of a kind than the claim, and the claim's stand elsewhere."""
    strange = said.kinds - at.known.kinds - at.title.kinds
    here = {kind for kind, _ in at.known.kinds - said.kinds}
    return any(kind in here for kind, _ in strange & at.passage.kinds)


def _slots(words: Sequence[str], known: Said) -> int:
    """How many words stand between the same two words as another in the evidence does."""
    trios = list(zip(known.words, known.words[1:], known.words[2:], strict=False))
    return sum(
        any(left == before and right == after and other != word for before, other, after in trios)
        for left, word, right in zip(words, words[1:], words[2:], strict=False)
        if word not in known.bag and concept(word) not in known.bag
    )


def _holds(said: Said, quantity: Quantity) -> bool:
    return any(_alike(quantity, other) for other, _ in said.numbers)


def _alike(one: Quantity, other: Quantity) -> bool:
    """Whether both are the same, "5% off" and "a discount of 5%" taken for one thing."""
    return one.same(other) or (one.value == other.value and {one.unit, other.unit} == {"percent", "off"})


def _stated(said: Said) -> list[Quantity]:
    """The numbers that state something; of "one year" in "spent in one year" nothing is left."""
    return [number for number, _ in said.numbers if not _ONE.match(said.text[number.start : number.end].strip())]


def _asked(asked: Said, quantity: Quantity) -> bool:
    return any(quantity.meant(other) for other, _ in asked.numbers)


def _number_asked(said: Said, known: Said, asked: Said) -> bool:
    """Whether a number is the question's alone, and none of the evidence stands beside it to be compared with."""
    return any(
        _asked(asked, mine)
        and not _holds(known, mine)
        and not any(other.unit == mine.unit and _holds(known, other) for other, _ in said.numbers)
        for mine, _ in said.numbers
    )


def _follows(said: Said, known: Said, asked: Said) -> bool | None:
    """Whether yes or no follows from the time asked about and the time that the evidence gives; None: neither is said.

    What lasts or is allowed so long is so for less; what is asked for from a number on is met by more.
    """
    if pattern("confirming").search(asked.text):
        return _confirmed(said, known, asked)
    needed = [mine for mine, _ in asked.numbers if mine.unit in DURATIONS or not mine.unit]
    if len(needed) != 1:
        return None
    given = [mine for mine, _ in said.numbers if mine.unit == needed[0].unit and _holds(known, mine)]
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
    given = [mine for mine, _ in said.numbers if _holds(known, mine) and any(mine.unit == one.unit for one in named)]
    if not given or not said.opening:
        return None
    return (said.opening > 0) == all(any(mine.same(one) for one in named) for mine in given)


def _compared_wrongly(text: str) -> bool:
    """Whether it says of two numbers that one is more, and it is less: "145 USD is above 150 USD"."""
    found = quantities(text)
    for left, right in pairwise(found):
        between = text[left.end : right.start]
        if left.unit != right.unit or left.value == right.value:
            continue
        less, more = pattern("is_less").search(between), pattern("is_more").search(between)
        if (less and left.value > right.value) or (more and not less and left.value < right.value):
            return True
    return False


def _other_branch(said: Said, known: Said, asked: Said) -> bool:
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
            repeated = bool(_bag(clause.words) & said.bag - asked.bag)
            if (repeated and not holds and not _holds(said, limit)) or (holds and not _bag(clause.words) & said.bag):
                return bool(words)
    return False


def _bag(words: frozenset[str]) -> frozenset[str]:
    return words | {concept(word) for word in words}


def _opening_denied(said: Said, known: Said) -> bool:
    """Whether what follows "Yes," says no, or what follows "No," says nothing of the kind."""
    if said.opening > 0:
        return said.negated
    if said.opening == 0 or said.negated or pattern("refusing").search(said.text):
        return False
    words = _bag(frozenset(said.words))
    return not any(part.negated and 2 * len(_bag(part.words) & words) >= len(part.words) for part in known.clauses)


def _number_of_other(said: Said, known: Said) -> bool:
    """Whether a number stands among another's words: "Pine members 60 days" where those are Evergreen's."""
    mine, theirs = _segments(said), _segments(known)
    return any(_holds(known, number) and not _bound_alike(number, words, theirs) for number, words in mine)


def _bound_alike(number: Quantity, words: frozenset[str], theirs: Sequence[tuple[Quantity, frozenset[str]]]) -> bool:
    """Whether the words that in the evidence belong to one number alone are, of this number, not only others'."""
    own = [held for other, held in theirs if other.same(number)]
    others = [held for other, held in theirs if other.unit == number.unit and not other.same(number)]
    if not others:
        return True
    mine = frozenset().union(*own) - frozenset().union(*others)
    return bool(words & mine) or not words & (frozenset().union(*others) - frozenset().union(*own))


@lru_cache(maxsize=16384)
def _segments(said: Said) -> tuple[tuple[Quantity, frozenset[str]], ...]:
    """Each number with the words that belong to it: up to its neighbours, or to a comma or "and" before them."""
    found: list[tuple[Quantity, frozenset[str]]] = []
    numbers = [number for number, _ in said.numbers]
    for place, number in enumerate(numbers):
        if place and _RANGE.fullmatch(said.text[numbers[place - 1].end : number.start]):
            found.append((number, found[-1][1] | _after(said, numbers, place)))
            found[-2] = (numbers[place - 1], found[-1][1])
            continue
        before = said.text[numbers[place - 1].end if place else 0 : number.start]
        if place:
            before = _BETWEEN.split(before, maxsplit=1)[-1]
        found.append((number, _bag(frozenset(content_words(before))) | _after(said, numbers, place)))
    return tuple(found)


def _after(said: Said, numbers: Sequence[Quantity], place: int) -> frozenset[str]:
    """The words behind a number that belong to it."""
    if place + 1 == len(numbers):
        return _bag(frozenset(content_words(said.text[numbers[place].end :])))
    between = said.text[numbers[place].end : numbers[place + 1].start]
    return _bag(frozenset(content_words(_BETWEEN.split(between, maxsplit=1)[0])))


def _disorder(mine: Sequence[str], theirs: Sequence[str]) -> float:
    """Share of the common words that are not in a common order: said of each other the other way round."""
    held = set(theirs)
    shared = [word for word in mine if word in held]
    return 1.0 - LCSseq.similarity(shared, theirs) / len(shared) if len(shared) > 2 else 0.0


def _said_again(mine: Sequence[str], theirs: Sequence[str]) -> Counter[str]:
    held = set(theirs)
    return Counter(word for word in mine if word in held) - Counter(theirs)


def _negated_clause(mine: Sequence[Clause], theirs: Sequence[Clause]) -> bool:
    """Whether a clause is negated and those that match it are not, or the other way round."""
    for clause in mine:
        size = len(clause.words) + len(clause.numbers)
        shared = [(_shared(clause, other), other) for other in theirs]
        most = max((count for count, _ in shared), default=0)
        if most >= MATCHED * size > 0 and all(
            other.negated != clause.negated for count, other in shared if count == most
        ):
            return True
    return False


def _shared(clause: Clause, other: Clause) -> int:
    numbers = sum(any(mine.same(theirs) for theirs, _ in other.numbers) for mine, _ in clause.numbers)
    return len(_bag(clause.words) & _bag(other.words)) + numbers


def _left_out_negation(said: Said, known: Said) -> bool:
    """Whether the evidence's negated clauses are simply not part of what the sentence says."""
    words = frozenset(said.words)
    if any(clause.negated and len(clause.words & words) > 0.5 * len(clause.words) for clause in known.clauses):
        return False
    return not any(clause.negated for clause in said.clauses)


def _opposite(claim: str, evidence: str) -> bool:
    return any(
        mine.search(claim) and not mine.search(evidence) and theirs.search(evidence)
        for one, other in opposites()
        for mine, theirs in ((one, other), (other, one))
    )


def _other_direction(said: Said, known: Said) -> bool:
    """Whether a number is the least where it is the most in the evidence, or the other way round."""
    compared = {mine.unit for mine, _ in said.numbers if not _holds(known, mine)}
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


def _bound_added(said: Said, known: Said) -> bool:
    bounds = [(bound, {other for number, other in known.numbers if mine.same(number)}) for mine, bound in said.numbers]
    return any(bound and theirs == {""} for bound, theirs in bounds)


def _condition_left_out(said: Said, known: Said, asked: Said) -> bool:
    """Whether a condition of what is said is neither said nor in the question."""
    words, given = frozenset(said.words), said.bag | asked.bag
    for part in _PART.split(known.text):
        if not words & set(content_words(part)):
            continue
        for condition in _conditions_in(part, chinese=known.chinese):
            inside = frozenset(content_words(condition))
            numbers = quantities(condition)
            if any(
                not _holds(said, one) and not any(one.unit == mine.unit for mine, _ in asked.numbers) for one in numbers
            ):
                return True
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


def _limit_left_out(said: Said, known: Said, asked: Said) -> bool:
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
            if (
                limits
                and not _holds(said, quantity)
                and not any(mine.unit == quantity.unit for mine, _ in asked.numbers)
            ):
                return True  # of a sum that was asked about, `branch` says whether it is on the right side
    return False
