"""GroundingCheck: weighs what speaks against a sentence at each place of its evidence.

Precision comes first: a true sentence that is turned down costs a drop to quoting, a false one that is let through
costs the shopper's trust. A sentence is laid beside each statement of the evidence that shares words with it, and
beside two neighbours together. What speaks against it there (see `signs`) is weighed, by language, with weights that
`shopclerk evaluate grounding --fit` fits on true statements and planted errors; the best place decides. A number, a
name or an address that is seen to be missing in the evidence turns a sentence down whatever the weights say (see
`NEVER`).

Across languages, where words cannot be compared, meaning is taken from the embedder, with numbers, negation, conditions
and names checked as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from bot.answering.evidence import plain, sentences
from bot.answering.grounding.reading import Said, read
from bot.answering.grounding.signs import SIGNS, Place, new_link, signs, with_meaning
from bot.answering.grounding.statement import Statement, Verdict
from bot.answering.grounding.weighing import Weights, shipped_weights
from bot.answering.tuned_text import MARK
from knowledge.embedding import Embedder

SIMILAR_ACROSS = 0.72  # cosine between a sentence and evidence in another language
NEVER = (
    "grafted", "number", "number_of_other", "name", "other_of_kind", "condition", "limit", "direction", "comparison",
    "opening",
)  # fmt: skip
"""Signs of which one is enough: they stand for wrong facts, and hardly ever beside a true sentence."""

NEVER_SHARE = 0.5  # of the score, where such a sign or an address speaks against a sentence
READ_CLOSELY = 5  # statements that share most with the sentence
VECTORS_KEPT = 8192
UNKNOWN_MEANING = 0.7  # similarity that is taken where there is no embedder


_Place = tuple[tuple[int, ...], tuple[Statement, ...], tuple[float, ...]]
"""Places of one or two statements, the one that shares most first, the statements, and the signs before the embeddings
were asked."""


class GroundingCheck:
    """Holds sentences to their evidence.

    Args:
        embedder: compares meaning; without one, sentences in another language never pass.
        weights: by language; those that are shipped where left out.
    """

    def __init__(self, embedder: Embedder | None = None, weights: Mapping[str, Weights] | None = None) -> None:
        self._embedder = embedder
        self._weights = weights or shipped_weights()
        self._vector = lru_cache(maxsize=VECTORS_KEPT)(self._embed)

    def check(self, sentence: str, evidence: Sequence[Statement], question: str = "") -> Verdict:
        """Whether one of the statements, or two of them together, hold all that the sentence says.

        Several sentences are held to the evidence one by one; the one that has least of it decides.

        Args:
            sentence: of an answer, with or without citation marks.
            evidence: neighbours stand beside each other.
            question: what was asked: its words and numbers may be repeated, and decide which branch of a rule applies.
        """
        if not evidence:
            return Verdict(False, "no evidence", 0.0, 0)
        verdicts = [self._checked(claim, evidence, question) for claim in _claims(sentence)]
        worst = min(verdicts, key=lambda one: (one.grounded, one.score))
        return replace(worst, place=verdicts[0].place)

    def rows(self, sentence: str, evidence: Sequence[Statement], question: str = "") -> list[np.ndarray]:
        """The signs of each part of a sentence at each place of the evidence, (n_places, n_signs) for each part."""
        return [self._rows(claim, evidence, question) for claim in _claims(sentence)]

    def _checked(self, claim: str, evidence: Sequence[Statement], question: str) -> Verdict:
        said = read(claim)
        link = new_link(claim, " ".join(f"{one.context} {one.text}" for one in evidence))
        nearest = self._nearest(claim, said, evidence, read(question), link=link)
        for place, statement in enumerate(evidence):
            if self._embedder and read(statement.text).chinese != said.chinese:
                verdict = self._across(claim, said, statement, read(question), place, link=link)
                nearest = max(nearest, verdict, key=lambda one: (one.grounded, one.score))
        return nearest

    def _rows(self, claim: str, evidence: Sequence[Statement], question: str) -> np.ndarray:
        vector = self._vectors([claim])
        found = [
            with_meaning(row, self._similarity(vector, statements))
            for _, statements, row in _places(claim, read(claim), evidence, read(question))
        ]
        return np.array(found, dtype=np.float64).reshape(len(found), len(SIGNS))

    def _nearest(self, claim: str, said: Said, evidence: Sequence[Statement], asked: Said, *, link: bool) -> Verdict:
        """The verdict of the best place; only places that may be the best are embedded."""
        weights = self._weights["zh" if said.chinese else "en"]
        nearest = Verdict(False, "words", 0.0, 0)
        if not said.words and not said.numbers:
            return nearest
        found = list(_places(claim, said, evidence, asked))
        if not found:
            return nearest
        highest = weights.scores(np.array([row for *_, row in found]))
        alone = {places[0]: score for score, (places, *_) in zip(highest, found, strict=True) if len(places) == 1}
        vector: list[np.ndarray] = []
        for at in np.argsort(-highest, kind="stable"):
            places, statements, row = found[at]
            if highest[at] <= nearest.score:
                break
            vector = vector or self._vectors([claim])
            whole = with_meaning(row, self._similarity(vector, statements))
            rests_on = max(places, key=lambda place: alone.get(place, 0.0))  # of two, the one that holds more by itself
            verdict = _verdict(weights, whole, rests_on, link=link)
            if verdict.score > nearest.score:
                nearest = verdict
        return nearest

    def _across(self, claim: str, said: Said, statement: Statement, asked: Said, place: int, *, link: bool) -> Verdict:
        """Held to evidence in the other language."""
        similarity = self._similarity(self._vectors([claim]), (statement,))
        known = read(statement.text)
        at = Place(known=known, title=read(statement.context), passage=known, asked=asked, heard=known)
        row = dict(zip(SIGNS, signs(claim, said, at), strict=True))
        faults = {
            "meaning": similarity < SIMILAR_ACROSS,
            "link": link,
            "number": len(said.numbers) != len(known.numbers) or bool(row["number"]),
            "negation": said.negated != known.negated,
            "condition": said.conditional != known.conditional,
            "name": bool(row["name"]),
        }
        reason = next((name for name, found in faults.items() if found), "")
        return Verdict(not reason, reason, NEVER_SHARE * similarity if reason else similarity, place)

    def _similarity(self, claim: Sequence[np.ndarray], statements: Sequence[Statement]) -> float:
        """Cosine of the claim and the statements, whose vectors are added up."""
        if not claim:
            return UNKNOWN_MEANING
        together = np.sum(self._vectors([*map(_in_context, statements)]), axis=0)
        return float(claim[0] @ together / max(float(np.linalg.norm(together)), 1e-9))

    def _vectors(self, texts: Sequence[str]) -> list[np.ndarray]:
        return [self._vector(text) for text in texts] if self._embedder else []

    def _embed(self, text: str) -> np.ndarray:
        assert self._embedder is not None  # its caller has asked
        return np.asarray(self._embedder.embed_passages([text])[0])


def compared_texts(sentence: str, evidence: Sequence[Statement]) -> list[str]:
    """What the check embeds of a sentence and its evidence, to be embedded ahead."""
    return [*_claims(sentence), *map(_in_context, evidence)]


def _in_context(statement: Statement) -> str:
    return f"{statement.context}: {statement.text}"


def _places(claim: str, said: Said, evidence: Sequence[Statement], asked: Said) -> Iterator[_Place]:
    """The statements in the claim's language that share most with it, each with its neighbours, and the best two."""
    same = [place for place, one in enumerate(evidence) if read(one.text).chinese == said.chinese]
    passages: dict[tuple[int, str], list[str]] = {}
    for one in evidence:
        passages.setdefault(_passage(one), [one.context]).append(one.text)
    whole = {key: read("\n".join(texts)) for key, texts in passages.items()}
    heard = read("\n".join(text for texts in passages.values() for text in texts))
    titles: frozenset[str] = frozenset().union(*(read(context).bag for _, context in passages))
    shared = {
        place: _shared(said, read(evidence[place].text)) + 0.5 * _shared(said, read(evidence[place].context))
        for place in same
    }
    closely = sorted(same, key=lambda place: -shared[place])[:READ_CLOSELY]

    def row(*places: int, joined: bool = False, apart: bool = False) -> _Place:
        chosen = tuple(evidence[place] for place in places)
        keys = tuple(dict.fromkeys(map(_passage, chosen)))
        at = Place(
            known=read(" ".join(one.text for one in chosen)),
            title=read(" ".join(dict.fromkeys(context for _, context in keys))),
            passage=whole[keys[0]] if len(keys) == 1 else heard,
            asked=asked,
            heard=heard,
            titles=titles,
            parts=tuple(read(_in_context(one)) for one in chosen) if len(chosen) > 1 else (),
            joined=joined,
            apart=apart,
        )
        return tuple(sorted(places, key=lambda place: -shared[place])), chosen, signs(claim, said, at)

    for place in closely:
        yield row(place)
    for left, right in pairwise(same):
        beside = right == left + 1 and _passage(evidence[left]) == _passage(evidence[right])
        if beside and {left, right} & set(closely):
            yield row(left, right, joined=True)
    for place in closely[1:3]:
        if _passage(evidence[closely[0]]) != _passage(evidence[place]):
            yield row(closely[0], place, apart=True)


def _passage(statement: Statement) -> tuple[int, str]:
    return (statement.passage, statement.context)


def _verdict(weights: Weights, row: Sequence[float], place: int, *, link: bool) -> Verdict:
    score = float(weights.scores(np.array([row]))[0])
    never = "link" if link else next((name for name in NEVER if row[SIGNS.index(name)] >= 1), "")
    if never:
        return Verdict(False, never, NEVER_SHARE * min(score, weights.passes_from), place)
    if score >= weights.passes_from:
        return Verdict(True, "", score, place)
    return Verdict(False, weights.heaviest(row).replace("_", " "), score, place)


def _shared(said: Said, known: Said) -> float:
    """Rough likeness, to choose what is read closely."""
    numbers = sum(any(mine.same(other) for other, _ in known.numbers) for mine, _ in said.numbers)
    return len(said.bag & known.bag) + numbers + 0.1 * len(said.letters & known.letters)


def _claims(sentence: str) -> list[str]:
    """The parts that are true or false by themselves; one that says nothing, such as "No.", stays with the next."""
    found: list[str] = []
    waiting = ""
    for piece in sentences(MARK.sub("", plain(sentence))):
        waiting = f"{waiting} {piece}".strip()
        if read(waiting).words or read(waiting).numbers:
            found.append(waiting)
            waiting = ""
    if waiting and found:
        found[-1] = f"{found[-1]} {waiting}"
    return found or [waiting]
