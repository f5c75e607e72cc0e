"""Traits: what tells whether a stretch of a passage answers a question, as numbers that can be weighed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.answering.asking import answers, asking, decides, lacking, said_by_form
from bot.answering.coverage import Coverage
from bot.answering.evidence import Unit, last_heading
from bot.answering.prose_rows import of_other_things
from bot.answering.shop_words import as_shops_say, goods_named, places_named
from bot.answering.smuggled import smuggled
from bot.answering.table_rows import TableRows
from bot.answering.text_vectors import TextVectors
from knowledge.documents import Passage
from knowledge.embedding import Embedder
from knowledge.keywords import tokenize

TRAITS = (
    "score",
    "dense",
    "keyword",
    "rerank",
    "meaning",
    "meaning_put",
    "extract",
    "extract_put",
    "faq_title",
    "heading",
    "covered_unit",
    "covered",
    "covered_passage",
    "same_question",
    "opening",
    "missed",
    "soft",
    "worst",
    "worst_whether",
    "worst_name",
    "unknown",
    "focus",
    "has",
    "lacks",
    "decides",
    "sized",
    "listing",
    "row",
    "first",
    "length",
    "other_language",
    "faq",
    "product",
    "about",
    "other_product",
    "chinese",
    "chinese_extract",
    "chinese_worst",
    "score_gap",
    "extract_gap",
    "covered_gap",
)
"""Their names, in the order of the columns. Each is about 0 to 1; the gaps are below 0, to the best of all."""

LONG = {"en": 400.0, "zh": 190.0}  # characters, up to which more shown is more
TITLE_SHARE = 0.5  # of a stretch's meaning, beside its units
# Words by which a statement on some places is one on all others too.
_EVERYWHERE = re.compile(
    r"\b(?:abroad|elsewhere|anywhere|everywhere|worldwide|international(?:ly)?|only|other (?:places|countries))\b"
    r"|境外|海外|国外|其他|全球|各地|只|仅"
)
_BEYOND = re.compile(
    r"\b(?:abroad|elsewhere|anywhere|everywhere|worldwide|international(?:ly)?|other (?:places|countries))\b"
    r"|境外|海外|国外|其他|全球|各地"
)
_LISTING_LINE = re.compile(r"(?:category|类别)\s*[:：]", re.IGNORECASE)
_HAN = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True)
class Stretch:
    """Units of one passage that would be shown together.

    Attributes:
        passage: its place among those read.
        best: the place of the unit that the others belong to.
        chosen: places of all units, in their order.
        shown: as a reader would see it.
    """

    passage: int
    best: int
    chosen: tuple[int, ...]
    shown: str


class Inquiry:
    """One question held against the passages found for it.

    Args:
        question: standing alone.
        read: the passages with their units.
        embedder: the one that search uses.
        vectors: of what is read.
        about: ids of the products that the question is about.
    """

    def __init__(
        self,
        question: str,
        read: Sequence[tuple[Passage, Sequence[Unit]]],
        *,
        embedder: Embedder,
        vectors: TextVectors,
        about: Sequence[str] = (),
    ) -> None:
        self.question, self.read, self._about = question, read, about
        self.language = "zh" if _HAN.search(question) else "en"
        self.asking = asking(question)
        self._places, self._goods = places_named(question), goods_named(question)
        self._asked = embedder.embed_questions([question])[0]
        put = as_shops_say(question, self.language)
        same = tokenize(put) == tokenize(question)
        self._put = self._asked if same else embedder.embed_questions([put])[0]
        texts = [[in_context(passage, unit) for unit in units] for passage, units in read]
        self._words = [[set(tokenize(text)) | said_by_form(text) for text in group] for group in texts]
        self._named = [set(tokenize(f"{one.chunk.title} {one.chunk.heading}")) for one, _ in read]
        self.coverage = Coverage(question, [bag for group in self._words for bag in group])
        headings = [[passage.chunk.title, _section(passage)] for passage, _ in read]
        said = [thing.said for thing in self.coverage.things]
        # All at once: a model reads many short texts together in little more time than one.
        vectors.of([*(text for group in texts for text in group), *(one for pair in headings for one in pair), *said])
        self._unit_vectors = [vectors.of(group) for group in texts]
        self._smuggled = [smuggled(each, embedder=embedder.name) for each in self._unit_vectors]
        named = [vectors.of(pair) for pair in headings]
        self._titles = [pair @ self._asked for pair in named]
        self._title_vectors = [pair[0] for pair in named]
        self._thing_vectors = vectors.of(said)
        self._place_told = self._tells_of_places()
        self._rows = [TableRows(units, question, self.asking.numbers) for _, units in read]

    def fits(self, place: int) -> np.ndarray:
        """How well each unit of a passage fits the question by itself, (n_units,), 0 to about 1."""
        passage, units = self.read[place]
        meaning = np.clip(self._unit_vectors[place] @ self._put, 0, 1)
        shared = np.array([self.coverage.of(bag) for bag in self._words[place]])
        shape = np.array([answers(unit.text, self.asking.kind) for unit in units], dtype=float)
        sized = self._rows[place].sized
        section = set(tokenize(_section(passage)))
        opening = np.array([unit.group == units[0].group for unit in units]) * self.coverage.of(section)
        listing = np.array([bool(_LISTING_LINE.match(unit.text)) for unit in units])
        missed = np.array([self.coverage.missed(bag | self._named[place]) for bag in self._words[place]])
        fit = 0.55 * meaning + 0.33 * shared + 0.17 * shape + 0.3 * sized + 0.15 * opening
        return np.asarray(np.clip(fit - 0.15 * listing - 0.2 * missed, 0, None))

    def smuggled(self, place: int) -> np.ndarray:
        """The chance that each unit of a passage is none of the shop's own sentences, (n_units,)."""
        return self._smuggled[place]

    def named_rows(self, place: int) -> frozenset[int]:
        """Places of the table rows of a passage that the question names."""
        return self._rows[place].named(self.coverage)

    def beside(self, place: int) -> frozenset[int]:
        """Places of the sentences of a passage that say of other things what is asked about this one."""
        return of_other_things(self.read[place][1], self.coverage)

    def traits(self, stretches: Sequence[Stretch]) -> np.ndarray:
        """The traits of each stretch, (n_stretches, n_traits), float64."""
        rows = np.array([self._row(stretch, self._vector(stretch)) for stretch in stretches])
        for name, of in (("score_gap", "score"), ("extract_gap", "extract"), ("covered_gap", "covered")):
            column = rows[:, TRAITS.index(of)]
            rows[:, TRAITS.index(name)] = column - column.max()
        return rows

    def elsewhere(self, stretch: Stretch) -> bool:
        """Whether a stretch speaks of other places or goods than the question: what holds there holds not here."""
        return self._of_other_goods(stretch) or self._of_other_places(stretch)

    def off_subject(self, stretch: Stretch) -> bool:
        """Whether a stretch says none of the things asked about that the list of shops' words knows."""
        listed = [place for place, thing in enumerate(self.coverage.things) if thing.kind == "thing"]
        return bool(listed) and not self.coverage.held(self._context(stretch))[listed].any()

    def _context(self, stretch: Stretch) -> set[str]:
        """The words of what is shown and of the headings above it."""
        bags = self._words[stretch.passage]
        return self._named[stretch.passage].union(*(bags[place] for place in stretch.chosen))

    def _of_other_goods(self, stretch: Stretch) -> bool:
        """Whether a page's title, a FAQ entry's question or all rows shown name goods, none of them asked about."""
        if not self._goods:
            return False
        passage, units = self.read[stretch.passage]
        title = goods_named(passage.chunk.title)
        if passage.chunk.kind == "faq":
            return _others(title, self._goods)
        if passage.chunk.kind == "page" and _others(title, self._goods):
            return _others(title | goods_named(stretch.shown), self._goods)
        rows = [units[place].cells for place in stretch.chosen]
        return all(cells and _others(goods_named(cells[0][1]), self._goods) for cells in rows)

    def _of_other_places(self, stretch: Stretch) -> bool:
        if not self._places:
            return False
        passage, _ = self.read[stretch.passage]
        title = passage.chunk.title if passage.chunk.kind == "faq" else ""
        said = f"{title} {stretch.shown}"
        named = places_named(said)
        if not named or named & self._places:
            return False
        beyond = _BEYOND if self._place_told else _EVERYWHERE
        return not beyond.search(said.casefold())

    def _tells_of_places(self) -> bool:
        """Whether a statement names a place that the question names: then "only in …" of another place tells less."""
        places = [place for place, thing in enumerate(self.coverage.things) if thing.kind == "place"]
        return bool(places) and any(self.coverage.held(bag)[places].any() for group in self._words for bag in group)

    def _vector(self, stretch: Stretch) -> np.ndarray:
        """The middle of the vectors of the title and of all that is shown: what it says, without another embedding."""
        units = self._unit_vectors[stretch.passage][list(stretch.chosen)]
        middle = units.mean(axis=0) + TITLE_SHARE * self._title_vectors[stretch.passage]
        return np.asarray(middle / max(float(np.linalg.norm(middle)), 1e-9))

    def _row(self, stretch: Stretch, vector: np.ndarray) -> list[float]:
        passage, units = self.read[stretch.passage]
        chunk, unit = passage.chunk, units[stretch.best]
        bags, named = self._words[stretch.passage], self._named[stretch.passage]
        context = self._context(stretch)
        title, heading = (float(one) for one in self._titles[stretch.passage])
        meaning = self._unit_vectors[stretch.passage][stretch.best]
        soft, worst, worst_name, focus = self._matched(context, vector)
        faq, product, chinese = chunk.kind == "faq", chunk.kind == "product", self.language == "zh"
        about = chunk.attributes.get("product_id") in self._about if self._about else False
        similar = float(vector @ self._asked)
        values = {
            "score": passage.score,
            "dense": passage.scores.get("dense", 0.0),
            "keyword": passage.scores.get("keyword", 0.0),
            "rerank": passage.scores.get("rerank", 0.0),
            "meaning": float(meaning @ self._asked),
            "meaning_put": float(meaning @ self._put),
            "extract": similar,
            "extract_put": float(vector @ self._put),
            "faq_title": title * faq,
            "heading": heading,
            "covered_unit": self.coverage.of(bags[stretch.best]),
            "covered": self.coverage.of(context),
            "covered_passage": self.coverage.of(named.union(*bags)),
            "same_question": self.coverage.same_question(set(tokenize(chunk.title))) * faq,
            "opening": (unit.group == units[0].group) * self.coverage.of(set(tokenize(_section(passage)))),
            "missed": self.coverage.missed(context),
            "soft": soft,
            "worst": worst,
            "worst_whether": worst * (self.asking.kind == "whether"),
            "worst_name": worst_name,
            "unknown": self.coverage.unknown(),
            "focus": focus,
            "has": any(answers(stretch.shown, kind) for kind in self.asking.kinds),
            "lacks": lacking(stretch.shown, self.asking.kinds),
            "decides": decides(stretch.shown) * (self.asking.kind == "whether"),
            "sized": self._rows[stretch.passage].sized[stretch.best],
            "listing": bool(_LISTING_LINE.match(unit.text)),
            "row": unit.kind == "row",
            "first": stretch.best == 0,
            "length": min(len(stretch.shown) / LONG.get(chunk.language, LONG["en"]), 1.5),
            "other_language": chunk.language != self.language,
            "faq": faq,
            "product": product,
            "about": about,
            "other_product": product and not about,
            "chinese": chinese,
            "chinese_extract": chinese * similar,
            "chinese_worst": chinese * worst,
        }
        return [float(values.get(name, 0.0)) for name in TRAITS]

    def _matched(self, words: set[str], vector: np.ndarray) -> tuple[float, float, float, float]:
        """How well the question's things are met, by word or else by meaning, and how badly the worst of them."""
        things, weights = self.coverage.things, self.coverage.weights
        if not things:
            return 0.0, 0.0, 0.0, 1.0
        near = np.clip(self._thing_vectors @ vector, 0, 1)
        met = np.maximum(self.coverage.held(words), near)
        most = float(weights.max())
        lost = (1 - met) * weights / most
        names = [bool(set(tokenize(thing.said)) & self._name_words()) for thing in things]
        focus = [bool(set(tokenize(thing.said)) & self.asking.focus) for thing in things]
        soft = float(met @ weights / weights.sum())
        named = float(lost[names].max()) if any(names) else 0.0
        focused = float(met[focus] @ weights[focus] / weights[focus].sum()) if any(focus) else 1.0
        return soft, float(lost.max()), named, focused

    def _name_words(self) -> set[str]:
        return {word for name in self.asking.names for word in tokenize(name)}


def _others(named: frozenset[str], asked: frozenset[str]) -> bool:
    return bool(named) and not named & asked


def in_context(passage: Passage, unit: Unit) -> str:
    """A unit with what it hangs under, as it is compared."""
    if passage.chunk.kind == "product":
        return unit.text  # its name stands in the question already, and would make all its lines alike
    lead = unit.lead or last_heading(passage.chunk.heading) or passage.chunk.title
    return f"{lead}: {unit.text}"


def _section(passage: Passage) -> str:
    """The heading right above a passage, where it is not the page's title."""
    heading = last_heading(passage.chunk.heading)
    return heading if heading != passage.chunk.title else ""
