"""Extractor: the stretch of a passage that answers best, word for word."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bot.answering.answerable import BEST_FROM, NONE_FROM
from bot.answering.choice import chances
from bot.answering.evidence import Unit, last_heading, units
from bot.answering.outdated import current
from bot.answering.own_language import own_first, strays
from bot.answering.rivals import rivals
from bot.answering.smuggled import LIKELY, SURELY, smuggled
from bot.answering.text_vectors import TextVectors
from bot.answering.traits import Inquiry, Stretch, in_context
from knowledge.documents import Passage
from knowledge.embedding import Embedder
from knowledge.keywords import tokenize

PASSAGES_READ = 20
UNITS_EMBEDDED = 48  # a bound on the time, on pages of many short lines
SHORT = {"en": 400, "zh": 190}  # characters that may be shown whole
WINDOW_SENTENCES = 3
NEIGHBOUR_SHARE = 0.75  # of the best sentence's score, for one beside it to come along
LIST_ITEMS = 8
TABLE_ROWS = 10  # up to which a table is shown whole where the question names none of its rows
SURE = 0.6  # of the chance that there is an answer, from which the likeliest stretch is shown alone
NEXT_FROM = 0.4  # of its chance, from which the next is shown beside it
OFF_SUBJECT = 0.1
"""Of its chance is left to what says none of the known things that are asked about, where something else says one. It
keeps "包邮要买多少钱" from the price of gift wrapping; on average it neither helps nor harms (README)."""

PLAUSIBLE = 0.15
"""Of the likeliest's chance is what that something else must have; with any chance at all more is lost than won."""

NEXT_ROWS = 3  # of a table; more beside the likeliest would hide it


@dataclass(frozen=True)
class Reading:
    """A stretch of a passage as read for one question.

    Attributes:
        units: of the whole passage.
        stretch: which of them would be shown.
        chance: that this stretch is the one that answers, 0 to 1.
    """

    passage: Passage
    units: tuple[Unit, ...]
    stretch: Stretch
    chance: float

    @property
    def rows(self) -> int:
        """How many rows of a table it would show."""
        return sum(bool(self.units[place].cells) for place in self.stretch.chosen)

    def showing(self, *places: int) -> "Reading":
        """The same passage with some of its units as what would be shown."""
        shown = _shown(self.passage, [self.units[place] for place in places])
        return replace(self, stretch=replace(self.stretch, best=places[0], chosen=places, shown=shown))

    def with_units_of(self, other: "Reading") -> "Reading":
        """The same with what another reading of the passage would show."""
        chosen = tuple(sorted({*self.stretch.chosen, *other.stretch.chosen}))
        shown = _shown(self.passage, [self.units[place] for place in chosen])
        return replace(self, stretch=replace(self.stretch, chosen=chosen, shown=shown))


@dataclass(frozen=True)
class Readings:
    """All stretches of one question's passages.

    Attributes:
        ranked: the likeliest first; there may be several of one passage.
        none: the chance that no stretch answers, 0 to 1.
        torn: ids of products between which the question does not tell, where the likeliest speaks of one of them.
    """

    ranked: tuple[Reading, ...]
    none: float
    torn: tuple[str, ...] = ()

    @property
    def unanswered(self) -> bool:
        """Whether likely none of them answers."""
        return self.none >= NONE_FROM

    @property
    def silent(self) -> bool:
        """Whether none of them is to be shown: likely none answers, or which one does is too unsure."""
        return self.unanswered or not self.ranked or self.ranked[0].chance < BEST_FROM

    def worth_showing(self) -> tuple[Reading, ...]:
        """The likeliest stretch, with the next one where that may as well be the one that answers.

        Two products are never shown for one: which of them is meant is not for the shopper to guess.
        """
        first = self.ranked[0]
        if len(self.ranked) == 1 or first.chance >= SURE * (1 - self.none):
            return (first,)
        second = self.ranked[1]
        if second.chance < NEXT_FROM * first.chance or _says_again(second, first):
            return (first,)
        if second.stretch.passage == first.stretch.passage:
            return (first.with_units_of(second),)
        mine, other = first.passage.chunk, second.passage.chunk
        alone = "product" in {mine.kind, other.kind} or mine.language != other.language
        return (first,) if alone or second.rows > NEXT_ROWS else (first, second)


@dataclass(frozen=True)
class Extract:
    """What was taken from one passage.

    Attributes:
        text: as shown.
        quote: as it stands in the passage.
        score: the chance that it answers, 0 to 1.
    """

    passage: Passage
    text: str
    quote: str
    score: float


class Extractor:
    """Chooses the stretches of passages that answer a question.

    Args:
        embedder: the one that search uses.
        today: the day on which it is asked.
    """

    def __init__(self, embedder: Embedder, *, today: Callable[[], date] = date.today) -> None:
        self._embedder, self._today = embedder, today
        self._vectors = TextVectors(embedder.embed_passages, dim=embedder.dim)

    def read(self, question: str, passages: Sequence[Passage], *, about: Sequence[str] = ()) -> Readings:
        """The passages with their likeliest stretches; those without a sentence are left out.

        Args:
            question: standing alone.
            passages: as search ranked them.
            about: ids of the products that the question is about.
        """
        weighed = self.weigh(question, passages, about=about)
        if weighed is None:
            return Readings((), 1.0)
        inquiry, stretches, traits = weighed
        none, each = chances(traits)
        chunks = [inquiry.read[one.passage][0].chunk for one in stretches]
        off = np.array([inquiry.off_subject(stretch) for stretch in stretches])
        each = on_subject(each, off=off, own=np.array([chunk.language == inquiry.language for chunk in chunks]))
        each = own_first(chunks, each, inquiry.language)
        ranked = []
        for row in np.argsort(-each, kind="stable"):
            passage, found = inquiry.read[stretches[int(row)].passage]
            ranked.append(Reading(passage, tuple(found), stretches[int(row)], float(each[row])))
        return Readings(tuple(ranked), none, () if about else rivals(inquiry, stretches, each))

    def warm(self, passages: Iterable[Passage]) -> None:
        """Embed ahead what may be shown of these passages, a few at a time."""
        for passage in passages:
            self._vectors.of([in_context(passage, unit) for unit in units(passage.chunk)[:UNITS_EMBEDDED]])

    def weigh(
        self, question: str, passages: Sequence[Passage], *, about: Sequence[str] = ()
    ) -> tuple[Inquiry, list[Stretch], np.ndarray] | None:
        """Every stretch with its traits, (n_stretches, n_traits); None where there is nothing to read."""
        read = current(passages[:PASSAGES_READ], question, year=self._today().year)
        pairs = [(passage, units(passage.chunk)[:UNITS_EMBEDDED]) for passage in read]
        pairs = [(passage, found) for passage, found in self._without_smuggled(pairs) if found]
        if not pairs:
            return None
        inquiry = Inquiry(question, pairs, embedder=self._embedder, vectors=self._vectors, about=about)
        stretches = [stretch for place in range(len(pairs)) for stretch in _stretches(inquiry, place)]
        stretches = [stretch for stretch in stretches if not inquiry.elsewhere(stretch)]
        return (inquiry, stretches, inquiry.traits(stretches)) if stretches else None

    def _without_smuggled(
        self, pairs: Sequence[tuple[Passage, tuple[Unit, ...]]]
    ) -> Iterator[tuple[Passage, tuple[Unit, ...]]]:
        """The passages without the units that are surely none of the shop's own."""
        self._vectors.of([in_context(passage, unit) for passage, found in pairs for unit in found])  # all at once
        for passage, found in pairs:
            vectors = self._vectors.of([in_context(passage, unit) for unit in found])
            each = smuggled(vectors, embedder=self._embedder.name)
            yield passage, tuple(unit for unit, chance in zip(found, each, strict=True) if chance < SURELY)


def on_subject(each: np.ndarray, *, off: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The chances once stretches off the subject gave of theirs to those on it.

    None gets more than the likeliest that gives had: many unlikely ones together make nothing sure.

    Args:
        each: the chance that each answers, (n_stretches,).
        off: which say none of the known things that are asked about.
        own: which are in the shopper's language; the others neither give nor take, as their page may be the only one.
    """
    given, taking = own & off, own & ~off
    if not (given.any() and taking.any()) or each[taking].max() < PLAUSIBLE * each[given].max():
        return each
    freed = (1 - OFF_SUBJECT) * each[given].sum()
    most = max(float(each[given].max() / each[taking].max()), 1.0)
    gain = min(float(1 + freed / each[taking].sum()), most)
    return np.asarray(np.where(given, OFF_SUBJECT * each, np.where(taking, gain * each, each)))


def _says_again(one: Reading, other: Reading) -> bool:
    """Whether two pages say the same, or one of them a part of what the other says."""
    mine, theirs = ({each.units[place].text for place in each.stretch.chosen} for each in (one, other))
    return mine <= theirs or theirs <= mine


def _stretches(inquiry: Inquiry, place: int) -> list[Stretch]:
    """What could be shown of a passage: around each of its units, those that belong to it."""
    passage, found = inquiry.read[place]
    scores, named, smuggled = inquiry.fits(place), inquiry.named_rows(place), inquiry.smuggled(place)
    beside = inquiry.beside(place)
    best: dict[tuple[int, ...], int] = {}
    for unit in np.argsort(-scores, kind="stable"):
        if int(unit) in beside:
            continue
        # Units better than this one count as just as good, so that they may come along.
        chosen = _choose(passage, found, np.minimum(scores, scores[unit]), int(unit), named=named, beside=beside)
        if passage.chunk.kind == "page" and found[unit].kind == "sentence":
            language = passage.chunk.language
            bilingual = strays(found[unit].text, language)  # then its neighbours in either may belong to it
            chosen = [
                one
                for one in chosen
                if one == unit or (smuggled[one] < LIKELY and (bilingual or not strays(found[one].text, language)))
            ]
        best.setdefault(tuple(chosen), int(unit))
    return [
        Stretch(place, unit, chosen, _shown(passage, [found[one] for one in chosen])) for chosen, unit in best.items()
    ]


def extract(reading: Reading, *, generous: bool = False, led: bool = False) -> Extract:
    """The stretch as it is shown and as it stands in the passage.

    Args:
        reading: the passage as read for the question.
        generous: show the whole first paragraph beside it, for comparing.
        led: say first what it speaks of, for a question that is not just that: "Do points expire? Yes, …".
    """
    passage, found, chosen = reading.passage, reading.units, list(reading.stretch.chosen)
    if generous:
        chosen = sorted({*chosen, *(place for place, unit in enumerate(found) if unit.group == found[0].group)})
    text = _shown(passage, [found[place] for place in chosen])
    text = f"{_lead(passage, found[chosen[0]])}{text}" if led else text
    quotes = [found[place].quote for place in chosen]
    if found[chosen[0]].kind == "sentence" and reading.stretch.best in chosen:
        quotes = _unbroken(passage.chunk.text, quotes, chosen.index(reading.stretch.best))
    return Extract(passage, text, _quoted(passage.chunk.text, quotes), reading.chance)


def _unbroken(text: str, quotes: Sequence[str], best: int) -> list[str]:
    """Those of some sentences that stand in the text with nothing between them and the best: that was left out."""
    starts = [text.find(quote) for quote in quotes]
    ends = [start + len(quote) for start, quote in zip(starts, quotes, strict=True)]
    first = last = best
    while first and not text[ends[first - 1] : starts[first]].strip():
        first -= 1
    while last + 1 < len(quotes) and not text[ends[last] : starts[last + 1]].strip():
        last += 1
    return list(quotes[first : last + 1])


def _lead(passage: Passage, first: Unit) -> str:
    """The question of a FAQ entry, or the heading above a page's sentence; other units stand under theirs already."""
    chunk = passage.chunk
    space = "" if chunk.language == "zh" else " "
    if chunk.kind == "faq":
        return f"{chunk.title}{'' if chunk.title.endswith(('?', '？', '.', '。')) else '.'}{space}"
    heading = last_heading(chunk.heading)
    if first.kind != "sentence" or heading == chunk.title or set(tokenize(heading)) <= set(tokenize(first.text)):
        return ""
    return f"{heading}{'：' if chunk.language == 'zh' else ':'}{space}"


def to_write_from(reading: Reading) -> tuple[Unit, ...]:
    """The units that quoting would show: a model that writes from just these cannot miss the point more than that."""
    return tuple(reading.units[place] for place in reading.stretch.chosen)


def _choose(
    passage: Passage,
    found: Sequence[Unit],
    scores: np.ndarray,
    best: int,
    *,
    named: frozenset[int],
    beside: frozenset[int],
) -> list[int]:
    """Places of the units to show around the best, in their order.

    Args:
        passage: whose they are.
        found: its units.
        scores: how well each fits.
        best: the place of one.
        named: places of the table rows that the question names.
        beside: places of sentences on other things.
    """
    short = SHORT.get(passage.chunk.language, SHORT["en"])
    if passage.chunk.kind == "faq" and sum(len(unit.text) for unit in found) <= short * 1.5:
        return list(range(len(found)))
    unit = found[best]
    alike = (place for place, other in enumerate(found) if other.group == unit.group and other.kind == unit.kind)
    together = [place for place in alike if place not in beside]
    fits = sum(len(found[place].text) for place in together) <= short
    if passage.chunk.kind == "product":
        return [best]
    if unit.kind == "row":
        return _rows(scores, best, together, named)
    if fits and (unit.kind == "sentence" or len(together) <= LIST_ITEMS):
        return together
    if unit.kind == "item":
        return [place for place in together if scores[place] >= scores[best] * NEIGHBOUR_SHARE][:WINDOW_SENTENCES]
    return _window(found, scores, best, together, short)


def _rows(scores: np.ndarray, best: int, together: Sequence[int], named: frozenset[int]) -> list[int]:
    """Of a table, the rows that the question names; where it names none, all, as any may be meant."""
    rows = [place for place in together if place in named]
    if rows:
        return rows[:LIST_ITEMS]
    if len(together) <= TABLE_ROWS:
        return list(together)
    return [place for place in together if scores[place] >= scores[best] * 0.9][:WINDOW_SENTENCES]


def _window(found: Sequence[Unit], scores: np.ndarray, best: int, together: Sequence[int], short: int) -> list[int]:
    """The best sentence and those beside it that belong to it."""
    chosen = [best]
    while len(chosen) < WINDOW_SENTENCES:
        beside = [place for place in (chosen[0] - 1, chosen[-1] + 1) if place in together]
        beside = [place for place in beside if scores[place] >= scores[best] * NEIGHBOUR_SHARE]
        if not beside:
            break
        chosen = sorted([*chosen, max(beside, key=lambda place: float(scores[place]))])
        if sum(len(found[place].text) for place in chosen) > short:
            chosen = [place for place in chosen if place == best] if len(chosen) == 2 else chosen[:-1]
            break
    return chosen


def _shown(passage: Passage, chosen: Sequence[Unit]) -> str:
    chinese = passage.chunk.language == "zh"
    colon = "：" if chinese else ":"
    if passage.chunk.kind == "product":
        # The title stands before it, so that no line is taken for another product's.
        said = "；" if chinese else "; "
        return f"{passage.chunk.title}{colon}{'' if chinese else ' '}{said.join(unit.text for unit in chosen)}"
    if chosen[0].kind == "sentence":
        return ("" if chinese else " ").join(unit.text for unit in chosen)
    lead = chosen[0].lead
    if len(chosen) == 1:
        return f"{lead}{colon}{'' if chinese else ' '}{chosen[0].text}" if lead else chosen[0].text
    lines = [f"- {unit.text}" for unit in chosen]
    return "\n".join([f"{lead}{colon}", *lines] if lead else lines)


def _quoted(text: str, quotes: Sequence[str]) -> str:
    """The quotes as one verbatim stretch of the passage where they lie near each other."""
    start = text.find(quotes[0])
    end = text.find(quotes[-1], max(start, 0))
    if start < 0 or end < 0:
        return quotes[0]
    return text[start : end + len(quotes[-1])]
