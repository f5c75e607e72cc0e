"""Answerer: a question about what the shop knows, through the gears from facts to refusal."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from bot.answering import suggestions
from bot.answering.bare_topics import lacks_what, spelled_out
from bot.answering.citing import side_by_side
from bot.answering.curated import CuratedAnswers
from bot.answering.extraction import Extract, Extractor, Readings, extract
from bot.answering.followups import Asked, standalone
from bot.answering.hearing import Heard
from bot.answering.language import LANGUAGES
from bot.answering.passage_answers import PassageAnswers
from bot.answering.product_answers import Meaning, ProductAnswers
from bot.answering.several import answered_apart, told_apart
from bot.answering.shop_words import as_shops_say, translated, with_the_newer
from bot.answering.stopwatch import Stopwatch
from bot.answering.tools.products.cues import product_wish
from bot.answering.traits import Stretch
from bot.answering.turn import Answer, Turn
from bot.answering.writer import Writer
from bot.reply import ReplyChunk
from knowledge.documents import Passage
from knowledge.embedding import Embedder
from knowledge.filters import SearchFilters
from knowledge.keywords import tokenize
from knowledge.search import Searcher
from knowledge.versions import KnowledgeVersions

_Known = dict[tuple[str, tuple[str, ...]], list[Passage]]
"""Passages by the question that they were found for and the products that it is about."""

PASSAGES = 8
READ_AHEAD = 400  # passages of pages and FAQ entries that are embedded before the first question comes
PUT_OTHERWISE = 0.85  # trust in what was found by the question in a shop's words, beside its own
TRANSLATED = 0.6


class Answerer:
    """Finds passages and answers from them.

    Args:
        searcher: finds passages.
        embedder: the one that search uses, to choose sentences.
        versions: what each shop knows at present.
        products: answers from product rows.
        writer: the generated gear.
        today: the day that validity is checked against.
        curated: the shops' approved answers; None: there are none.
        extractor: chooses sentences, and remembers those it has read; None: one of its own.
    """

    def __init__(
        self,
        *,
        searcher: Searcher,
        embedder: Embedder,
        versions: KnowledgeVersions,
        products: ProductAnswers,
        writer: Writer,
        today: Callable[[], date],
        curated: CuratedAnswers | None = None,
        extractor: Extractor | None = None,
    ) -> None:
        self._curated = curated
        self._searcher, self._versions, self._embedder = searcher, versions, embedder
        self._products, self._writer, self._today = products, writer, today
        self._extractor = extractor or Extractor(embedder, today=today)
        self._by_passages = PassageAnswers(self._extractor, writer)

    def versions(self, shop: str) -> Mapping[str, str]:
        """What answers, by name: the knowledge version and the models."""
        return {
            "knowledge": str(self._versions.active(shop) or ""),
            "embedder": self._embedder.name,
            "generator": self._writer.name,
        }

    def warm(self, shop: str) -> None:
        """Load the model and have it read the constant part of its prompts; read the product names and the pages."""
        for language in LANGUAGES:
            self._products.warm(shop, language)
            self._writer.warm(language)
        if self._curated is not None:
            self._curated.warm(shop)
        version = self._versions.active(shop)
        if version is None:
            return
        pages = [chunk for chunk in self._versions.chunks(shop, version) if chunk.kind != "product"]
        pages.sort(key=lambda chunk: chunk.kind != "faq")
        self._extractor.warm(Passage(chunk=chunk, rank=0, score=0.0, found_by=()) for chunk in pages[:READ_AHEAD])

    def answer(self, turn: Turn, watch: Stopwatch) -> Generator[ReplyChunk, None, Answer]:
        """The answer to a message, streamed where it is written sentence by sentence."""
        yield ReplyChunk(kind="status", status="searching")
        known: _Known = {}
        questions = self._apart(turn, watch, known)
        if len(questions) > 1:
            return (yield from answered_apart(turn, questions, watch, lambda one: self._part(one, watch, known)))
        return (yield from self._one(turn, watch, known))

    def _apart(self, turn: Turn, watch: Stopwatch, known: _Known) -> tuple[str, ...]:
        """The questions of a message that are answered by different places; all as one where rows answer each."""
        by_rows: list[bool] = []

        def read(one: Turn) -> Readings:
            with watch.stage("tell_apart"):
                asked, meaning = self._spelled_out(one)
                passages = self._found_once(one, asked, meaning.about, known)
                by_rows.append(self._by_rows(one, asked, meaning, passages) is not None)
                return self._extractor.read(meaning.bare(asked.text) or asked.text, passages, about=meaning.about)

        questions = told_apart(turn, read)
        return (turn.text,) if by_rows and all(by_rows) else questions

    def _part(self, turn: Turn, watch: Stopwatch, known: _Known) -> Generator[ReplyChunk, None, Answer]:
        """The answer to one of several questions, the shop's approved one before any other."""
        return self.curated(turn) or (yield from self._one(turn, watch, known))

    def _one(self, turn: Turn, watch: Stopwatch, known: _Known) -> Generator[ReplyChunk, None, Answer]:
        """The answer to one question."""
        asked, meaning = self._spelled_out(turn)
        if asked.before == "" and (kind := lacks_what(asked.text)) and not asked.products:
            return Answer(turn.words.say(f"of_what_{kind}"), "answered", "none", "of_what")
        with watch.stage("search"):
            passages = self._found_once(turn, asked, meaning.about, known)
        answer = self._by_rows(turn, asked, meaning, passages)
        if answer is None:
            answer = yield from self._by_passages.answer(
                turn,
                asked.text,
                passages,
                watch,
                about=meaning.about,
                bare=meaning.bare(asked.text),
                leaning=asked.leaning,
                which=lambda ids: self._products.which(turn, ids),
            )
            answer = self._products.cards(turn, meaning, answer)
        offered = answer.suggestions or suggestions.after(turn, passages, answer.citations)
        return replace(answer, question=asked.text, passages=tuple(passages), suggestions=offered)

    def standalone(self, turn: Turn) -> str:
        """The question that is searched for."""
        return self._meant(turn)[0].text

    def curated(self, turn: Turn) -> Answer | None:
        """The shop's approved answer to the question, word for word; None where it has none."""
        if self._curated is None or not self._curated.any(turn.shop):
            return None
        asked, _ = self._meant(turn)
        shown = frozenset(asked.products)
        return self._curated.answer(
            turn.shop,
            asked.text,
            turn.language,
            lambda text: self._products.named(turn, text) | _of(text, asked, shown),
        )

    def from_passages(
        self, turn: Turn, find: Callable[[str], Sequence[Passage]], watch: Stopwatch | None = None
    ) -> Generator[ReplyChunk, None, Answer]:
        """The answer to a message from given passages, without search and without product rows.

        Args:
            turn: the message.
            find: the passages, ranked for a standalone question.
            watch: told how long each part takes.
        """
        watch = watch or Stopwatch()

        def one(turn: Turn) -> Generator[ReplyChunk, None, Answer]:
            asked = standalone(turn, ())
            passages = find(asked.text)
            answer = yield from self._by_passages.answer(turn, asked.text, passages, watch, leaning=asked.leaning)
            return replace(answer, question=asked.text, passages=tuple(passages))

        def read(one: Turn) -> Readings:
            text = standalone(one, ()).text
            return self._extractor.read(text, find(text))

        questions = told_apart(turn, read)
        if len(questions) > 1:
            return (yield from answered_apart(turn, questions, watch, one))
        return (yield from one(turn))

    def weighed(self, turn: Turn) -> tuple[list[tuple[Passage, Stretch]], np.ndarray] | None:
        """What the choice among passages is made from: every stretch with its traits, (n_stretches, n_traits).

        Returns:
            None where rows answer, or nothing was found.
        """
        asked, meaning = self._spelled_out(turn)
        passages = self._found(turn, asked, meaning.about)
        if self._by_rows(turn, asked, meaning, passages) is not None:
            return None
        weighed = self._extractor.weigh(meaning.bare(asked.text) or asked.text, passages, about=meaning.about)
        if weighed is None:
            return None
        inquiry, stretches, traits = weighed
        return [(inquiry.read[stretch.passage][0], stretch) for stretch in stretches], traits

    def heard(self, turn: Turn) -> Heard | None:
        """What the model makes of what was found for a question; None where rows answer."""
        asked, meaning = self._spelled_out(turn)
        passages = self._found(turn, asked, meaning.about)
        if not passages or self._by_rows(turn, asked, meaning, passages) is not None:
            return None
        return self._by_passages.heard(
            turn,
            asked.text,
            passages,
            about=meaning.about,
            bare=meaning.bare(asked.text),
            leaning=asked.leaning,
        )

    def heard_from(self, turn: Turn, asked: Asked, passages: Sequence[Passage]) -> Heard:
        """The same of given passages, for a standalone question."""
        return self._by_passages.heard(turn, asked.text, passages, leaning=asked.leaning)

    def _spelled_out(self, turn: Turn) -> tuple[Asked, Meaning]:
        """What is meant, with the question for which a bare "returns?" stands."""
        asked, meaning = self._meant(turn)
        question = spelled_out(asked.text, turn.language) if not meaning.about else asked.text
        if question == asked.text:
            return asked, meaning
        asked = replace(asked, text=question, bare=question, products=())
        return asked, self._products.meaning(turn, asked)

    def _meant(self, turn: Turn) -> tuple[Asked, Meaning]:
        """The standalone question, and what it means in terms of products."""
        asked = self._narrowed(turn, standalone(turn, self._products.shown_before(turn)))
        asked = self._products.repeated(turn, asked)
        if asked.leaning:
            asked = replace(asked, text=with_the_newer(asked.text, asked.bare))
        return asked, self._products.meaning(turn, asked)

    def _by_rows(self, turn: Turn, asked: Asked, meaning: Meaning, passages: Sequence[Passage]) -> Answer | None:
        answer = self._products.answer(turn, asked, meaning, passages)
        return self._compared(turn, asked, meaning, passages) if answer is None and meaning.compared else answer

    def _narrowed(self, turn: Turn, asked: Asked) -> Asked:
        """The one of several products shown before that the words pick out: "the family one", "防水的那双"."""
        if len(asked.products) < 2 or not tokenize(asked.bare) or product_wish(asked.bare).compare:
            return asked
        filters = SearchFilters(product_ids=asked.products)
        found = self._searcher.search(asked.bare, shop=turn.shop, k=1, filters=filters, today=self._today())
        if not found:
            return asked
        chunk = found[0].chunk
        return replace(asked, text=f"{chunk.title} {asked.bare}", products=(str(chunk.attributes["product_id"]),))

    def _found(self, turn: Turn, asked: Asked, about: Sequence[str]) -> list[Passage]:
        """Passages for the question; those of certain products first where it is about these."""
        today = self._today()
        found = self._searched(turn, asked.text, today)
        if not about:
            return found
        filters = SearchFilters(product_ids=tuple(about), language=turn.language)
        theirs = self._searcher.search(
            asked.text, shop=turn.shop, k=PASSAGES, language=turn.language, filters=filters, today=today
        )
        ids = {passage.chunk.id for passage in theirs}
        others = [passage for passage in found if passage.chunk.id not in ids and passage.chunk.kind != "product"]
        return [*theirs, *others]

    def _found_once(self, turn: Turn, asked: Asked, about: Sequence[str], known: _Known) -> list[Passage]:
        """The same; what was searched for before in answering a message is not searched for again."""
        place = asked.text, tuple(about)
        if place not in known:
            known[place] = self._found(turn, asked, about)
        return known[place]

    def _searched(self, turn: Turn, question: str, today: date) -> list[Passage]:
        """Passages for the question as asked, as shops would put it, and with its known things in the other language.

        The places follow the first; what only the others found stands behind what is at least as sure.
        """
        ways = [(question, turn.language, 1.0), (as_shops_say(question, turn.language), turn.language, PUT_OTHERWISE)]
        ways += [(translated(question, other), other, TRANSLATED) for other in LANGUAGES if other != turn.language]
        best: dict[str, Passage] = {}
        for asked, language, trust in ways:
            if not asked or (trust < 1.0 and language == turn.language and tokenize(asked) == tokenize(question)):
                continue
            for passage in self._searcher.search(asked, shop=turn.shop, k=PASSAGES, language=language, today=today):
                known = best.get(passage.chunk.id)
                if known is None or known.score < passage.score * trust:
                    best[passage.chunk.id] = replace(passage, score=passage.score * trust)
        return list(best.values())

    def _compared(self, turn: Turn, asked: Asked, meaning: Meaning, passages: Sequence[Passage]) -> Answer | None:
        """What each of several products says to the question, one after the other."""
        extracts: dict[str, Extract] = {}
        readings = self._extractor.read(meaning.beside_names(asked.text), passages[: 2 * len(meaning.about)])
        for reading in readings.ranked:
            product_id = str(reading.passage.chunk.attributes.get("product_id", ""))
            if product_id in meaning.about and reading.passage.chunk.language == turn.language:
                extracts.setdefault(product_id, extract(reading, generous=True))
        if len(extracts) < 2:
            return None
        ordered = [extracts[product_id] for product_id in meaning.about if product_id in extracts]
        answer = side_by_side(ordered)
        return self._products.cards(turn, meaning, answer)


def _of(text: str, asked: Asked, shown: frozenset[str]) -> frozenset[str]:
    """The products shown before that the question is about without naming them."""
    return shown if text == asked.text else frozenset()
