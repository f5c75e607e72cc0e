"""Extractor: the passage's own best sentences as an answer, word for word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bot.answering.asking import answers, asking, within
from bot.answering.coverage import Coverage
from bot.answering.evidence import Unit, units
from bot.answering.shop_words import as_shops_say
from knowledge.documents import Passage
from knowledge.embedding import Embedder
from knowledge.keywords import tokenize

PASSAGES_READ = 20
UNITS_EMBEDDED = 48  # a bound on the time, on pages of many short lines
MEANING_WEIGHT = 0.55
SHARED_WEIGHT = 0.33
SHAPE_WEIGHT = 0.17  # of being the kind of answer that was asked for
SIZED_WEIGHT = 0.3
SAME_QUESTION_WEIGHT = 0.2  # of a FAQ entry's question asking what is asked
SAYS_LITTLE = 0.15  # off a product's line on its category, which names what the question names and answers nothing
MISSED_WEIGHT = 0.2  # of speaking of none of the places and goods that were asked about
OTHER_PRODUCT = 0.1  # off a product's page where the question names no product
PASSAGE_WEIGHT = 0.75  # of search's score beside that of the best sentence
COVERED_WEIGHT = 0.15
OPENING_WEIGHT = 0.15  # of the first lines under a heading that says what was asked
SHORT = {"en": 400, "zh": 190}  # characters that may be shown whole
WINDOW_SENTENCES = 3
NEIGHBOUR_SHARE = 0.75  # of the best sentence's score, for one beside it to come along
LIST_ITEMS = 8


@dataclass(frozen=True)
class Reading:
    """A passage as read for one question.

    Attributes:
        scores: how well each unit fits the question, (n_units,), 0 to 1.
        covered: the share of the question that the passage as a whole speaks of, 0 to 1.
        off: what is taken off for a passage on a product that was not asked about.
    """

    passage: Passage
    units: tuple[Unit, ...]
    scores: np.ndarray
    covered: float
    off: float = 0.0

    @property
    def score(self) -> float:
        """Of the passage and its best unit together."""
        return PASSAGE_WEIGHT * self.passage.score + float(self.scores.max()) + COVERED_WEIGHT * self.covered - self.off


@dataclass(frozen=True)
class Extract:
    """What was taken from one passage.

    Attributes:
        text: as shown.
        quote: as it stands in the passage.
        score: how well the sentences fit the question, 0 to 1.
    """

    passage: Passage
    text: str
    quote: str
    score: float


class Extractor:
    """Chooses sentences by meaning and by rare words shared with the question.

    Args:
        embedder: the one that search uses.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vector = lru_cache(maxsize=8192)(self._embed)

    def read(self, question: str, passages: Sequence[Passage], *, about: Sequence[str] = ()) -> list[Reading]:
        """The first passages with their units scored, the best first; those without a sentence are left out.

        Args:
            question: standing alone.
            passages: as search ranked them.
            about: ids of the products that the question is about.
        """
        pairs = [(passage, units(passage.chunk)[:UNITS_EMBEDDED]) for passage in passages[:PASSAGES_READ]]
        pairs = [(passage, found) for passage, found in pairs if found]
        if not pairs:
            return []
        scores = self._scores(question, pairs)
        readings = [
            Reading(passage, found, score, covered, off=_off(passage, about))
            for (passage, found), (score, covered) in zip(pairs, scores, strict=True)
        ]
        return sorted(readings, key=lambda reading: -reading.score)

    def _scores(self, question: str, read: Sequence[tuple[Passage, Sequence[Unit]]]) -> list[tuple[np.ndarray, float]]:
        """For each passage a score a unit, 0 to about 1, and how much of the question it speaks of."""
        asked = self._embedder.embed_questions([as_shops_say(question, _language(question))])[0]
        texts = [[_in_context(passage, unit) for unit in found] for passage, found in read]
        words = [[set(tokenize(text)) for text in group] for group in texts]
        coverage = Coverage(question, [bag for group in words for bag in group])
        wanted = asking(question)
        result = []
        for (passage, found), group, bags in zip(read, texts, words, strict=True):
            named = set(tokenize(f"{passage.chunk.title} {passage.chunk.heading}"))
            meaning = np.array([float(self._vector(text) @ asked) for text in group])
            shared = np.array([coverage.of(bag) for bag in bags])
            shape = np.array([answers(unit.text, wanted.kind) for unit in found], dtype=float)
            sized = np.array([_sized(unit, wanted.numbers, question) for unit in found])
            heading = passage.chunk.heading.split(" › ")[-1]
            section = set(tokenize(heading)) if heading != passage.chunk.title else set()
            opening = np.array([unit.group == found[0].group for unit in found]) * coverage.of(section)
            score = MEANING_WEIGHT * np.clip(meaning, 0, 1) + SHARED_WEIGHT * shared + SHAPE_WEIGHT * shape
            score += SIZED_WEIGHT * sized + OPENING_WEIGHT * opening
            if passage.chunk.kind == "faq":
                score += SAME_QUESTION_WEIGHT * (coverage.same_question(set(tokenize(passage.chunk.title))) - 0.5)
            score -= SAYS_LITTLE * np.array([bool(_LISTING_LINE.match(unit.text)) for unit in found])
            score -= MISSED_WEIGHT * np.array([coverage.missed(bag | named) for bag in bags])
            result.append((np.clip(score, 0, None), coverage.of(named.union(*bags))))
        return result

    def _embed(self, text: str) -> np.ndarray:
        return np.asarray(self._embedder.embed_passages([text])[0])


def extract(reading: Reading, *, generous: bool = False) -> Extract:
    """The passage's sentences that answer best, with what belongs to them.

    Args:
        reading: the passage as read for the question.
        generous: show the whole first paragraph beside the best sentence, for comparing.
    """
    passage, found = reading.passage, reading.units
    chosen = _choose(passage, found, reading.scores)
    if generous:
        chosen = sorted({*chosen, *(place for place, unit in enumerate(found) if unit.group == found[0].group)})
    text = _shown(passage, [found[place] for place in chosen])
    quote = _quoted(passage.chunk.text, [found[place].quote for place in chosen])
    return Extract(passage, text, quote, float(reading.scores.max()))


def to_write_from(reading: Reading) -> tuple[Unit, ...]:
    """The units that quoting would show: a model that writes from just these cannot miss the point more than that."""
    return tuple(reading.units[place] for place in _choose(reading.passage, reading.units, reading.scores))


def _off(passage: Passage, about: Sequence[str]) -> float:
    return (
        0.0 if passage.chunk.kind != "product" or passage.chunk.attributes.get("product_id") in about else OTHER_PRODUCT
    )


def _sized(unit: Unit, numbers: Sequence[float], question: str) -> float:
    """1 for the row of a size or quantity that the question names, -1 for one of another, 0 for all else."""
    if unit.kind != "row" or not numbers:
        return 0.0
    asked = set(tokenize(question))
    shared = [len(set(tokenize(heading)) & asked) for heading, _ in unit.cells]
    named = [cell for (_, cell), count in zip(unit.cells, shared, strict=True) if count == max(shared) > 0]
    fits = [within(cell, number) for cell in named or [cell for _, cell in unit.cells] for number in numbers]
    if any(fits):
        return 1.0
    return -1.0 if named and False in fits else 0.0


def _language(text: str) -> str:
    return "zh" if any("㐀" <= character <= "鿿" for character in text) else "en"


_LISTING_LINE = re.compile(r"(?:category|类别)\s*[:：]", re.IGNORECASE)


def _in_context(passage: Passage, unit: Unit) -> str:
    if passage.chunk.kind == "product":
        return unit.text  # its name stands in the question already, and would make all its lines alike
    lead = unit.lead or passage.chunk.heading.split(" › ")[-1] or passage.chunk.title
    return f"{lead}: {unit.text}"


def _choose(passage: Passage, found: Sequence[Unit], scores: np.ndarray) -> list[int]:
    """Places of the units to show, in their order."""
    short = SHORT.get(passage.chunk.language, SHORT["en"])
    if passage.chunk.kind == "faq" and sum(len(unit.text) for unit in found) <= short * 1.5:
        return list(range(len(found)))
    best = int(scores.argmax())
    unit = found[best]
    together = [place for place, other in enumerate(found) if other.group == unit.group and other.kind == unit.kind]
    fits = sum(len(found[place].text) for place in together) <= short
    if passage.chunk.kind == "product":
        return [best]
    if unit.kind == "row":
        return [place for place in together if scores[place] >= scores[best] * 0.9][:WINDOW_SENTENCES]
    if fits and (unit.kind == "sentence" or len(together) <= LIST_ITEMS):
        return together
    if unit.kind == "item":
        return [place for place in together if scores[place] >= scores[best] * NEIGHBOUR_SHARE][:WINDOW_SENTENCES]
    return _window(found, scores, best, together, short)


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
