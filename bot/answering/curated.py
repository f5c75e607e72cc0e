"""CuratedAnswers: the gear that gives a shop's own approved answer word for word, before any model is asked."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from bot.answering.same_question import ALIKE_FROM, How, conflict, folded, likeness, nearly_equal
from bot.answering.text_vectors import TextVectors
from bot.answering.turn import Answer
from bot.reply import Citation
from knowledge.embedding import Embedder
from knowledge.keywords import tokenize

VECTORS_KEPT = 20_000
CHECKED = 5  # of the most alike variants


@dataclass(frozen=True)
class Curated:
    """One approved answer.

    Attributes:
        questions: ways to ask for it, by language; only those of the shopper's language are compared.
        answers: by language; without one in the shopper's it is not given.
        valid_from, valid_until: inclusive; outside of them it is never given.
    """

    id: str
    questions: Mapping[str, Sequence[str]]
    answers: Mapping[str, str]
    citations: tuple[Citation, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether it may be given on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class CuratedBook(Protocol):
    """Where the approved answers of each shop are kept."""

    def state(self, shop: str) -> Hashable:
        """Another value whenever the answers of the shop have changed; asked with every question."""
        ...

    def approved(self, shop: str) -> Sequence[Curated]:
        """All of them, valid today or not."""
        ...


@dataclass(frozen=True)
class Match:
    """The curated answer that a question asks for, by which of its variants, how, and how alike, 0 to 1."""

    curated: Curated
    variant: str
    how: How
    likeness: float


Products = Callable[[str], frozenset[str]]
"""Ids of the products that a text names."""


class CuratedAnswers:
    """Finds the curated answer to a question. Safe to call from several threads.

    Args:
        book: where they are kept.
        embedder: the one that search uses.
        today: the day that validity is checked against.
    """

    def __init__(self, book: CuratedBook, embedder: Embedder, *, today: Callable[[], date]) -> None:
        self._book, self._today = book, today
        self._held: dict[str, tuple[Hashable, Sequence[_Variant]]] = {}
        self._vectors = TextVectors(embedder.embed_questions, dim=embedder.dim, kept=VECTORS_KEPT)

    def any(self, shop: str) -> bool:
        """Whether the shop has any that is valid today."""
        today = self._today()
        return any(one.curated.valid_on(today) for one in self._variants(shop))

    def warm(self, shop: str) -> None:
        """Embed what questions are compared with."""
        known = self._variants(shop)
        if known:
            self._vectors.of([text for one in known for text in (one.text, *one.words)])

    def answer(self, shop: str, question: str, language: str, products: Products) -> Answer | None:
        """The approved words for a standalone question; None where none fits.

        Args:
            shop: whose.
            question: standalone.
            language: of the reply.
            products: those that a text names; where the question's are not the variant's, it does not fit.
        """
        match = self.match(shop, question, language, products)
        if match is None:
            return None
        text = match.curated.answers[language]
        used = [one for one in match.curated.citations if f"[{one.index}]" in text]
        return Answer(
            text,
            "answered",
            "curated",
            f"curated_{match.how}",
            citations=tuple(used or match.curated.citations),
            question=question,
        )

    def match(self, shop: str, question: str, language: str, products: Products) -> Match | None:
        """The best fitting curated answer that is valid today."""
        today = self._today()
        known = [one for one in self._variants(shop) if one.language == language and one.curated.valid_on(today)]
        asked = folded(question)
        for one in known:
            if asked and asked == one.folded:
                return Match(one.curated, one.text, "equal", 1.0)
        words = tokenize(question)
        for one in known:
            if nearly_equal(words, one.words) and self._fits(question, one, products):
                return Match(one.curated, one.text, "nearly", 1.0)
        return self._alike(question, known, ALIKE_FROM[language], products) if known else None

    def _alike(self, question: str, known: Sequence["_Variant"], least: float, products: Products) -> Match | None:
        asked = self._vectors.of([question, *tokenize(question)])[0]  # its words are compared next
        similar = self._vectors.of([one.text for one in known]) @ asked  # (n_known,)
        # The other half of the likeness is 1 at most.
        worth_it = [known[int(place)] for place in np.flatnonzero(similar >= 2 * least - 1)]
        self._vectors.of([question, *(word for one in worth_it for word in one.words)])  # all new words at once
        scored = [(likeness(question, one.text, self._vectors.of), one) for one in worth_it]
        near = sorted((pair for pair in scored if pair[0] >= least), key=lambda pair: -pair[0])
        for score, one in near[:CHECKED]:
            if self._fits(question, one, products):
                return Match(one.curated, one.text, "alike", score)
        return None

    def _fits(self, question: str, variant: "_Variant", products: Products) -> bool:
        return not conflict(question, variant.text) and products(question) == products(variant.text)

    def _variants(self, shop: str) -> Sequence["_Variant"]:
        state = self._book.state(shop)
        held = self._held.get(shop)
        if held is None or held[0] != state:
            held = self._held[shop] = (state, tuple(_variants(self._book.approved(shop))))
        return held[1]


@dataclass(frozen=True)
class _Variant:
    """One way to ask for a curated answer, as it is compared."""

    curated: Curated
    language: str
    text: str
    folded: str
    words: Sequence[str]


def _variants(known: Sequence[Curated]) -> Iterator[_Variant]:
    for curated in known:
        for language, variants in curated.questions.items():
            if curated.answers.get(language, "").strip():
                yield from (_Variant(curated, language, text, folded(text), tokenize(text)) for text in variants)
