"""Language share: a place among the first for the best passage of the other language."""

from collections.abc import Sequence

from knowledge.documents import Passage

SHARED_PLACE = 5
LEAST_PART = 0.6
"""Of the best similarity in the shopper's language. Across languages just one of the two embedders speaks, which
alone makes it 0.7 (the root of its half), and a translation is never quite as near as the text itself."""


def with_other_language(passages: Sequence[Passage], *, language: str) -> list[Passage]:
    """The same passages, the best of another language moved up when none is among the first.

    Some things are written in one language only, and no word of the question can be found there: such a passage has
    nothing but its meaning, and would lose to many that share a word or two. Only one near in meaning is moved.
    """
    here = [one.scores["dense"] for one in passages if one.chunk.language == language]
    abroad = [one for one in passages if one.chunk.language != language]
    if not here or not abroad or any(one.chunk.language != language for one in passages[:SHARED_PLACE]):
        return list(passages)
    best = max(abroad, key=lambda one: one.scores["dense"])
    if best.scores["dense"] < LEAST_PART * max(here):
        return list(passages)
    others = [one for one in passages if one is not best]
    return [*others[: SHARED_PLACE - 1], best, *others[SHARED_PLACE - 1 :]]
