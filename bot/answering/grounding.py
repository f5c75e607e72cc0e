"""GroundingCheck: whether a sentence says nothing but what its evidence says.

Precision comes first: a true sentence that is turned down costs a drop to quoting, a false one that is let through
costs the shopper's trust. A sentence passes when one statement of the evidence (or two that stand beside each other)

* holds every number with its unit, each bound to the same words as in the sentence;
* holds all of its content words (or another word for the same), every name, and most of them in the same order;
* has the same negation in each matching clause, and no word of the opposite meaning;
* has no condition that the sentence leaves out.

Meaning across languages, where words cannot be compared, is taken from the embedder, with numbers, negation and names
checked as before.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Protocol

import yaml

from bot.answering.evidence import plain
from bot.answering.quantities import Quantity, normalised, quantities
from knowledge.embedding import Embedder
from knowledge.keywords import tokenize

COVERAGE = 1.0  # of the content words: in a long sentence one swapped word is one in ten
IN_ORDER = 0.8  # of the content words
CONDITION_COVERED = 0.5  # of a condition's words
LIMITED_WORDS = 0.34  # of a clause's words: more, and the sentence says what the clause says
SIMILAR_ACROSS = 0.72  # cosine between a sentence and evidence in another language
NEIGHBOURHOOD = 4  # content words on each side that a number is bound to

_CLAUSE = re.compile(r"[,;:，；：、。.!?！？](?=\s|$|[^\d\s])|\s(?:but|and|while|whereas|yet)\s|但是?|而(?!且)|不过")
_PART = re.compile(r"[;；。！？]|[.!?](?=\s|$)")
_NAME = re.compile(r"(?<![\w.])(?:[A-Z][\w&'’-]*[A-Za-z0-9]|[A-Za-z]*\d[\w-]*[A-Za-z][\w-]*|[A-Za-z]+-?\d[\w-]*)")
_LATIN = re.compile(r"[A-Za-z][\w&'’-]{2,}")
_LINK = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+")
_LIMIT = re.compile(
    r"(?:\b(?:from|over|above|at least|more than|under|below|up to|until|till|within|before|after|by|for)"
    r"|满|超过|至少|最多|不超过)"
    r"(?: an?| the| order value of| orders? of)?\s*$"
)
_LIMIT_AFTER = re.compile(r"\s*(?:or more|or less|以上|以下|以内|之?内|之?前|之?后|起|封顶)")
_HAN = re.compile(r"[㐀-鿿]")
_NUMBER_WORD = re.compile(r"\d+(?:\.\d+)?")
_MARK = re.compile(r"\s*\[\d{1,2}\]")


@dataclass(frozen=True)
class Verdict:
    """What the check found.

    Attributes:
        grounded: whether the sentence may be shown.
        reason: what is not in the evidence; empty when grounded.
        score: share of the content words that the evidence holds; between languages, the similarity.
        place: of the evidence statement that comes nearest.
    """

    grounded: bool
    reason: str
    score: float
    place: int


@dataclass(frozen=True)
class Statement:
    """A piece of evidence.

    Attributes:
        text: what it says.
        context: title and heading above it: names may come from there, facts may not.
    """

    text: str
    context: str = ""


class SentenceCheck(Protocol):
    """Decides whether a sentence may be shown; `GroundingCheck` is the real one."""

    def check(self, sentence: str, evidence: Sequence[Statement]) -> Verdict:
        """Whether the evidence holds all that the sentence says."""
        ...


class GroundingCheck:
    """Holds sentences to their evidence.

    Args:
        embedder: compares meaning between languages; without one, sentences in another language never pass.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder

    def check(self, sentence: str, evidence: Sequence[Statement]) -> Verdict:
        """Whether one of the statements, or two neighbours together, hold all that the sentence says."""
        claim = _MARK.sub("", plain(sentence)).strip()
        nearest = Verdict(False, "no evidence", 0.0, 0)
        for place, statement in enumerate(evidence):
            verdict = self._against(claim, statement, place)
            if verdict.grounded:
                return verdict
            if verdict.score > nearest.score:
                nearest = verdict
        for place, (left, right) in enumerate(pairwise(evidence)):
            if left.context == right.context:
                joined = Statement(f"{left.text} {right.text}", left.context)
                verdict = self._against(claim, joined, place)
                if verdict.grounded:
                    return verdict
        return nearest

    def _against(self, claim: str, statement: Statement, place: int) -> Verdict:
        if _is_chinese(claim) == _is_chinese(statement.text):
            coverage = _coverage(claim, statement)
            reason = _same_language_fault(claim, statement, coverage)
        else:
            coverage = self._similarity(claim, statement.text)
            reason = _other_language_fault(claim, statement, coverage)
        return Verdict(not reason, reason, coverage, place)

    def _similarity(self, claim: str, evidence: str) -> float:
        if self._embedder is None:
            return 0.0
        left, right = self._embedder.embed_passages([claim, evidence])
        return float(left @ right)


def _same_language_fault(claim: str, statement: Statement, coverage: float) -> str:
    """What the statement does not support, cheapest test first; empty when nothing."""
    if coverage < COVERAGE:
        return "words"
    return (
        _number_fault(claim, statement.text)
        or _name_fault(claim, statement)
        or _order_fault(claim, statement.text)
        or _negation_fault(claim, statement.text)
        or _opposite_fault(claim, statement.text)
        or _condition_fault(claim, statement.text)
    )


def _other_language_fault(claim: str, statement: Statement, similarity: float) -> str:
    if similarity < SIMILAR_ACROSS:
        return "meaning"
    said, known = quantities(claim), quantities(statement.text)
    if len(said) != len(known) or any(not any(one.same(other) for other in known) for one in said):
        return "number"
    if _negated(claim) != _negated(statement.text):
        return "negation"
    if bool(_conditions().search(normalised(claim))) != bool(_conditions().search(normalised(statement.text))):
        return "condition"
    return _name_fault(claim, statement)


def _coverage(claim: str, statement: Statement) -> float:
    words = _content(claim)
    if not words:
        return 0.0
    known = _meant(_content(statement.text)) | _meant(_content(statement.context))
    return sum(_is_known(word, known) for word in words) / len(words)


def _is_known(word: str, known: frozenset[str]) -> bool:
    return word in known or _concept(word) in known


def _number_fault(claim: str, evidence: str) -> str:
    said, known = quantities(claim), quantities(evidence)
    for quantity in said:
        if not any(quantity.same(other) for other in known):
            return "number"
        if not _bound_alike(quantity, claim, known, evidence):
            return "number of something else"
    return ""


def _bound_alike(quantity: Quantity, claim: str, known: Sequence[Quantity], evidence: str) -> bool:
    """Whether the number stands among the same words: not "Pine members 60 days" where those are Evergreen's."""
    rivals = [other for other in known if other.unit == quantity.unit]
    if len({other.value for other in rivals}) < 2:
        return True
    near = _around(quantity, claim)
    if not near:
        return True
    likeness = [(_likeness(near, _around(other, evidence)), other.same(quantity)) for other in rivals]
    best = max(score for score, _ in likeness)
    return any(same and score >= best for score, same in likeness)


def _around(quantity: Quantity, text: str) -> tuple[list[str], list[str]]:
    """The nearest content words before and after, nearest first."""
    text = normalised(text)
    before = _words_of(text[: quantity.start])[-NEIGHBOURHOOD:][::-1]
    after = _words_of(text[quantity.end :])[:NEIGHBOURHOOD]
    return before, after


def _likeness(left: tuple[list[str], list[str]], right: tuple[list[str], list[str]]) -> float:
    total = 0.0
    for mine, theirs in zip(left, right, strict=True):
        for distance, word in enumerate(mine):
            if word in theirs:
                total += 1 / (1 + max(distance, theirs.index(word)))
    return total


def _name_fault(claim: str, statement: Statement) -> str:
    known = f"{statement.text} {statement.context}".casefold()
    stems = set(tokenize(known))
    for link in _LINK.findall(claim):
        if link.rstrip(".,;。，；").casefold() not in known:
            return "link"
    words = _LATIN.findall(claim) if _is_chinese(claim) else _NAME.findall(claim[1:])
    for word in words:
        if word.casefold() not in known and not set(tokenize(word)) <= stems and tokenize(word):
            return "name"
    return ""


def _order_fault(claim: str, evidence: str) -> str:
    """Words that were all there, but said of each other the other way round."""
    mine, theirs = _content(claim), _content(evidence)
    shared = [word for word in mine if word in set(theirs)]
    if Counter(shared) - Counter(theirs):
        return "word said again"
    if len(shared) < 3:
        return ""
    return "" if _longest_common(shared, theirs) >= IN_ORDER * len(shared) else "order of words"


def _longest_common(left: Sequence[str], right: Sequence[str]) -> int:
    row = [0] * (len(right) + 1)
    for word in left:
        previous = 0
        for place, other in enumerate(right, start=1):
            kept = row[place]
            row[place] = previous + 1 if word == other else max(row[place], row[place - 1])
            previous = kept
    return row[-1]


def _negation_fault(claim: str, evidence: str) -> str:
    theirs = [(clause, set(_content(clause))) for clause in _clauses(evidence)]
    for clause in _clauses(claim):
        words = set(_content(clause))
        if not words:
            continue
        most = max((len(words & known) for _, known in theirs), default=0)
        matching = [other for other, known in theirs if len(words & known) == most]
        if most and all(_negated(other) != _negated(clause) for other in matching):
            return "negation"
    return "" if _negated(claim) == _negated(evidence) or _negated_part_left_out(claim, evidence) else "negation"


def _negated_part_left_out(claim: str, evidence: str) -> bool:
    """Whether the evidence's negated clauses are simply not part of what the sentence says."""
    words = set(_content(claim))
    for clause in _clauses(evidence):
        inside = set(_content(clause))
        if _negations(clause) and inside and len(inside & words) > 0.5 * len(inside):
            return False
    return not _negations(claim)


def _opposite_fault(claim: str, evidence: str) -> str:
    claim, evidence = normalised(claim), normalised(evidence)
    for one, other in _opposites():
        for mine, theirs in ((one, other), (other, one)):
            if mine.search(claim) and not mine.search(evidence) and theirs.search(evidence):
                return "opposite"
    return ""


def _condition_fault(claim: str, evidence: str) -> str:
    said = set(_content(claim))
    numbers = quantities(claim)
    for part in _PART.split(evidence):
        if not said & set(_content(part)):
            continue
        for condition in _conditions_in(part):
            words = set(_content(condition))
            missing_number = any(not any(one.same(other) for other in numbers) for one in quantities(condition))
            if missing_number or (words and len(words & said) < CONDITION_COVERED * len(words)):
                return "condition"
    return _limit_left_out(said, numbers, evidence)


def _limit_left_out(said: set[str], numbers: Sequence[Quantity], evidence: str) -> str:
    """Whether a statement was repeated without the number that limits it: "shipping is free" of "from $59"."""
    for clause in _clauses(evidence):
        words = set(_content(clause))
        if not words or len(words & said) < LIMITED_WORDS * len(words):
            continue
        text = normalised(clause)
        for quantity in quantities(text):
            limits = _LIMIT.search(text[: quantity.start]) or _LIMIT_AFTER.match(text[quantity.end :])
            if limits and not any(quantity.same(other) for other in numbers):
                return "condition"
    return ""


def _conditions_in(part: str) -> list[str]:
    """The clauses of a sentence that limit it."""
    text = normalised(part)
    pieces = re.split(r"[,，]|\s(?:but|and)\s(?!not)", text)
    found = []
    for piece in pieces:
        match = _conditions().search(piece)
        if match:
            # English limits follow their word; Chinese ones may stand before it (…的除外).
            found.append(piece if _is_chinese(piece) else piece[match.start() :])
    return found


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSE.split(text) if clause and clause.strip()]


def _negations(text: str) -> int:
    cues, none = _negation_cues()
    return len(cues.findall(none.sub(" ", normalised(text).replace("’", "'"))))


def _negated(text: str) -> bool:
    return _negations(text) % 2 == 1


@lru_cache(maxsize=8192)
def _content(text: str) -> tuple[str, ...]:
    """The words that say something, stemmed, numbers left out: they are compared as quantities."""
    return tuple(_words_of(text))


def _words_of(text: str) -> list[str]:
    glue = _glue()
    text = normalised(text)
    for quantity in reversed(quantities(text)):
        text = f"{text[: quantity.start]} {text[quantity.end :]}"
    return [word for word in tokenize(text) if word not in glue and not _NUMBER_WORD.fullmatch(word)]


def _meant(words: Sequence[str]) -> frozenset[str]:
    return frozenset(words) | frozenset(_concept(word) for word in words)


def _concept(word: str) -> str:
    return _same().get(word, word)


def _is_chinese(text: str) -> bool:
    han = len(_HAN.findall(text))
    return han * 2 > sum(map(len, _LATIN.findall(text))) / 3 and han > 0


@cache
def _read() -> dict[str, object]:
    read: dict[str, object] = yaml.safe_load((files("bot.answering") / "grounding_words.yaml").read_text("utf-8"))
    return read


@cache
def _glue() -> frozenset[str]:
    words = f"{_read()['glue']} {_read()['glue_zh']}"
    return frozenset(tokenize(words)) | frozenset(words.split())


@cache
def _same() -> dict[str, str]:
    groups: list[list[str]] = _read()["same"]  # type: ignore[assignment]  # its shape is the file's
    return {word: f"≡{place}" for place, group in enumerate(groups) for text in group for word in tokenize(text)}


@cache
def _negation_cues() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return _pattern("negations"), _pattern("not_negations")


@cache
def _conditions() -> re.Pattern[str]:
    return _pattern("conditions")


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(part.strip() for part in str(_read()[name]).split("\n")).replace(" |", "|"))


@cache
def _opposites() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    pairs: list[list[str]] = _read()["opposites"]  # type: ignore[assignment]  # its shape is the file's
    return tuple((re.compile(one), re.compile(other)) for one, other in pairs)
