"""RetrievalSet: chunks, and questions with what answers them; one reader for each public set."""

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.documents import Chunk
from knowledge.errors import DataMissing
from knowledge.filters import SearchFilters

FULLY_ANSWERS = 2  # ePQA's label; the published floors count just these, over the questions that have one

NO_FILTERS = SearchFilters()

EPQA = "epqa/epqa_dev_dev.csv"
EVIDENCE_RANKING = "cpqa/hetPQA/evidence_ranking/dev.csv"
ATTRIBUTE_RANKING = "cpqa/semiPQA/attribute_ranking/dev.csv"

HELD_OUT_PERCENT = 25
"""Of the products in the sets that the reranker learns from, so that it can be measured on the same sets."""

_FIELD = re.compile(r"^\s*([a-z0-9_]+):\s")
_NORMALISED = re.compile(r"(?:normalized_value:\{[^{}]*\}|standardized_values?:\[[^\]]*\]),?")
_SIGNS = re.compile(r"\b(?:value|unit):|[{}\[\]\"]")


@dataclass(frozen=True)
class RetrievalQuestion:
    """A question and what answers it.

    Attributes:
        text: as asked; a follow-up comes with the turn before it.
        gains: chunk id → how well it answers; what is not there does not.
        filters: what it is asked within; None: whatever the question states.
    """

    text: str
    gains: Mapping[str, int]
    filters: SearchFilters | None = None


@dataclass(frozen=True)
class RetrievalSet:
    """What is searched and asked.

    Attributes:
        name: what the command line calls it.
        title: what is measured, in words.
        metrics: names of the metrics that say something about it.
        least_gain: from here on a passage counts as relevant; nDCG counts every gain.
        as_delivered: whether near-identical passages are left out of the last column, as shoppers get it.
        today: validity is checked against it; None: the present day.
    """

    name: str
    title: str
    chunks: Sequence[Chunk]
    questions: Sequence[RetrievalQuestion]
    metrics: Sequence[str]
    least_gain: int = 1
    as_delivered: bool = False
    today: date | None = None


def read_epqa(folder: Path) -> RetrievalSet:
    """Rank the ten candidates of a question about one product."""
    rows = read_rows(folder / EPQA, ",")
    return _ranking_set("epqa", "ePQA, ranking the passages of one product", rows, FULLY_ANSWERS)


def read_semipqa(folder: Path) -> RetrievalSet:
    """Rank the attributes of a product by whether they answer."""
    rows = read_rows(folder / ATTRIBUTE_RANKING, "\t")
    kept = [row for row in rows if held_out(row["qid"])]
    return _ranking_set("semipqa", "semiPQA, ranking the attributes of one product (not trained on)", kept, 1)


def read_hetpqa(folder: Path) -> RetrievalSet:
    """Rank mixed evidence of a product."""
    rows = read_rows(folder / EVIDENCE_RANKING, "\t")
    kept = [row for row in rows if held_out(row["ASIN"])]
    return _ranking_set("hetpqa", "hetPQA, ranking evidence of one product (not trained on)", kept, 1)


def read_epqa_corpus(folder: Path) -> RetrievalSet:
    """Find a passage that answers among those of all products; the title says whose it is."""
    rows = read_rows(folder / EPQA, ",")
    chunks = {row["qa_pair_id"]: as_chunk("epqa-corpus", row, title=row["title"]) for row in rows}
    questions = [
        RetrievalQuestion(f"{group[0]['title']} {group[0]['question']}", _gains(group), NO_FILTERS)
        for group in grouped(rows)
        if max(_gains(group).values(), default=0) >= FULLY_ANSWERS
    ]
    title = "ePQA, asked on the product's page, all products' passages"
    return RetrievalSet(
        "epqa-corpus", title, list(chunks.values()), questions, ("hit@1", "hit@5", "hit@10", "MRR"), FULLY_ANSWERS
    )


def read_abt_buy(folder: Path) -> RetrievalSet:
    """Find a product of one shop by the name that another shop gives it."""
    asked = {row["id"]: row["name"] for row in read_rows(folder / "abt_buy/abt.csv", "|")}
    chunks = [
        as_chunk("abt-buy", {"qa_pair_id": row["id"], "candidate": ""}, title=row["name"])
        for row in read_rows(folder / "abt_buy/buy.csv", "|")
    ]
    relevant: dict[str, dict[str, int]] = {}
    for pair in read_rows(folder / "abt_buy/gt.csv", "|"):
        relevant.setdefault(pair["D1"], {})[pair["D2"]] = 1
    questions = [RetrievalQuestion(asked[number], found, NO_FILTERS) for number, found in relevant.items()]
    return RetrievalSet("abt-buy", "Abt-Buy, product look-up by name", chunks, questions, ("hit@1", "hit@10", "MRR"))


PUBLIC_SETS: Mapping[str, Callable[[Path], RetrievalSet]] = {
    "epqa": read_epqa,
    "epqa-corpus": read_epqa_corpus,
    "semipqa": read_semipqa,
    "hetpqa": read_hetpqa,
    "abt-buy": read_abt_buy,
}
"""Readers by name; each takes the folder of measuring sets and raises DataMissing."""


def _ranking_set(name: str, title: str, rows: Iterable[Mapping[str, str]], least_gain: int) -> RetrievalSet:
    """A question's candidates are told apart from others' by taking its number for a product's."""
    chunks: list[Chunk] = []
    questions: list[RetrievalQuestion] = []
    for group in grouped(rows):
        gains = _gains(group)
        if max(gains.values(), default=0) >= least_gain:
            chunks += [as_chunk(name, row) for row in group]
            within = SearchFilters(product_ids=(group[0]["qid"],))
            questions.append(RetrievalQuestion(group[0]["question"], gains, within))
    return RetrievalSet(name, title, chunks, questions, ("P@1", "MAP", "nDCG@10"), least_gain)


def held_out(subject: str) -> bool:
    """Whether a product is kept from training, by a hash of its number."""
    return int(hashlib.sha256(subject.encode()).hexdigest(), 16) % 100 < HELD_OUT_PERCENT


def _gains(group: Iterable[Mapping[str, str]]) -> dict[str, int]:
    return {row["qa_pair_id"]: int(row["label"]) for row in group if int(row["label"])}


def grouped(rows: Iterable[Mapping[str, str]]) -> list[list[Mapping[str, str]]]:
    """The rows of each question, in their order."""
    groups: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        groups.setdefault(row["qid"], []).append(row)
    return list(groups.values())


def as_chunk(shop: str, row: Mapping[str, str], *, title: str = "") -> Chunk:
    """A candidate as our own reading would store it: attributes as words, question and answer as a FAQ entry."""
    answer, asked, question = _as_words(row["candidate"]).partition(" Question: ")
    return Chunk(
        id=row["qa_pair_id"],
        document_id=row["qa_pair_id"],
        shop=shop,
        source=f"{shop}#{row['qa_pair_id']}",
        title=title,
        heading=question.strip(),
        text=answer,
        position=0,
        language="en",
        kind="faq" if asked else "page",
        attributes={"product_id": row["qid"]} if "qid" in row else {},
    )


def _as_words(candidate: str) -> str:
    """`item_weight:  { value:2, unit:pounds }` as `item weight: 2, pounds`."""
    if not (_FIELD.match(candidate) and "{" in candidate):
        return candidate
    plain = _SIGNS.sub(" ", _NORMALISED.sub("", candidate)).replace("_", " ")
    return re.sub(r"\s+", " ", re.sub(r"\s+([,;])", r"\1", plain)).strip(" ,;")


def read_rows(path: Path, delimiter: str) -> list[dict[str, str]]:
    """A table with a line of headings; DataMissing when it is not there."""
    if not path.is_file():
        raise DataMissing(
            f"The measuring set {path.name!r} is not in {str(path.parent)!r}; "
            "set SHOPCLERK_DATA, or --data, to the folder that holds the sets."
        )
    with path.open(encoding="utf-8", newline="") as file:
        if delimiter == "|":  # quotation marks there are inches
            return list(csv.DictReader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE))
        return list(csv.DictReader(file, delimiter=delimiter))
