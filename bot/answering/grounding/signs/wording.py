"""Signs in the words: those that are elsewhere or nowhere, names, kinds and their order."""

import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz.distance import LCSseq

from bot.answering.grounding.reading import Said
from bot.answering.grounding.signs.place import Place
from bot.answering.grounding.words import concept
from knowledge.keywords import tokenize

GRAFTED_ON = 3  # known words, from which the rest of a sentence is taken for a copy
LIKE_ENOUGH = 0.5  # for a word that shares its beginning or its characters with one of the evidence
STEM = 5  # letters that two forms of one English word share
CONTRASTED = frozenset({"speed", "channel", "size", "tier", "goods"})  # kinds that are often named in other words
_NAME = re.compile(r"(?<![\w.])(?:[A-Z][\w&'’-]*[A-Za-z0-9]|[A-Za-z]*\d[\w-]*[A-Za-z][\w-]*|[A-Za-z]+-?\d[\w-]*)")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9&'’-]{2,}")
_NUMBERED = re.compile(r"\d+-?[a-z]+")  # "10-year" is a quantity, no name


def bag_of(words: frozenset[str]) -> frozenset[str]:
    """The words, each with the one name of all that mean the same."""
    return words | {concept(word) for word in words}


def where_is(word: str, at: Place) -> str:
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


def worst_part(parts: Sequence[tuple[str, ...]], at: Place) -> float:
    """The share of words that are nowhere or elsewhere, of the part that has most of them."""
    shares = []
    for words in parts:
        found = Counter(where_is(word, at) for word in words)
        missing = found["nowhere"] + found["elsewhere"] + LIKE_ENOUGH * found["nearly"]
        shares.append(missing / len(words))
    return max(shares, default=0.0)


def is_grafted(said: Said, at: Place) -> bool:
    """Whether no word of one part is in the passage, and all others of the sentence are there."""
    strange = {word for word in said.words if where_is(word, at) in {"nowhere", "elsewhere"}}
    known = {word for word in said.words if where_is(word, at) in {"known", "title"}}
    whole = any(strange.issuperset(words) for words in said.parts)
    return whole and len(strange) + len(known) == len(set(said.words)) and len(known) >= GRAFTED_ON


def names_in(claim: str, *, chinese: bool) -> list[str]:
    """The names of a sentence: capitalised words and codes; in Chinese, those in other letters."""
    words = _LATIN.findall(claim) if chinese else _NAME.findall(claim[1:])
    return [word for word in words if tokenize(word) and not _NUMBERED.fullmatch(word)]


def is_named(name: str, text: Said) -> bool:
    """Whether a text has a name, or all of its words."""
    return name.casefold() in text.text or all(word in text.tokens for word in tokenize(name))


def other_of_kind(said: Said, at: Place) -> bool:
    """Whether the claim names a thing of a kind that the passage does not; of some kinds, where it names another."""
    there = at.passage.kinds | at.title.kinds
    spoken_of = {kind for kind, _ in there - said.kinds}
    return any(kind not in CONTRASTED or kind in spoken_of for kind, _ in said.kinds - there)


def kind_elsewhere(said: Said, at: Place) -> bool:
    """Whether the statement speaks of other things of a kind than the claim, and the claim's stand elsewhere."""
    strange = said.kinds - at.known.kinds - at.title.kinds
    here = {kind for kind, _ in at.known.kinds - said.kinds}
    return any(kind in here for kind, _ in strange & at.passage.kinds)


def slots(words: Sequence[str], known: Said) -> int:
    """How many words stand between the same two words as another in the evidence does."""
    trios = list(zip(known.words, known.words[1:], known.words[2:], strict=False))
    return sum(
        any(left == before and right == after and other != word for before, other, after in trios)
        for left, word, right in zip(words, words[1:], words[2:], strict=False)
        if word not in known.bag and concept(word) not in known.bag
    )


def asked_of_other(at: Place) -> float:
    """Of the words of titles that the question names, the share that stands in other passages' titles alone."""
    named = at.asked.bag & at.titles
    return len(named - at.title.bag - at.passage.bag) / max(len(named), 1)


def unsaid(said: Said, known: Said) -> float:
    """Share of the words that it leaves out, of the clauses of the evidence that it takes up."""
    words = {word for clause in known.clauses if bag_of(clause.words) & said.bag for word in clause.words}
    return len(words - said.bag) / len(words) if words else 1.0


def disorder(mine: Sequence[str], theirs: Sequence[str]) -> float:
    """Share of the common words that are not in a common order: said of each other the other way round."""
    held = set(theirs)
    shared = [word for word in mine if word in held]
    return 1.0 - LCSseq.similarity(shared, theirs) / len(shared) if len(shared) > 2 else 0.0


def said_again(mine: Sequence[str], theirs: Sequence[str]) -> Counter[str]:
    """The words that are said more often than in the evidence."""
    held = set(theirs)
    return Counter(word for word in mine if word in held) - Counter(theirs)
