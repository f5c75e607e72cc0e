"""RankedGroup: a question with texts that answer it and texts that do not; read from the public sets, never from ePQA.

ePQA's dev questions are what search is measured on: its products and its questions are left out here wherever the
other sets hold them too.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.documents import Chunk
from knowledge.evaluation.datasets import ATTRIBUTE_RANKING, EPQA, EVIDENCE_RANKING, as_chunk, grouped, read_rows
from knowledge.evaluation.datasets import held_out as is_held_out

TEXTS = 5  # of each question of a set that names only what answers
HEADED_SHARE = 0.3  # of the texts that stand below a question, as FAQ entries and customers' answers do
KEPT_WORDS = 0.6  # of a question that is made into such a heading

ANSWERS = ("cpqa/hetPQA/answer_generation/train.csv", "cpqa/hetPQA/answer_generation/dev.csv")


@dataclass(frozen=True)
class RankedGroup:
    """One question and texts about its product.

    Attributes:
        source: the set it is from.
        subject: the product; groups of one subject are never parted between training and holding out.
        texts: as search stores them: the heading, if any, on a line above.
        answers: whether each text answers.
    """

    source: str
    subject: str
    question: str
    texts: tuple[str, ...]
    answers: tuple[bool, ...]

    @property
    def held_out(self) -> bool:
        """Whether it is kept from training, by a hash of its subject."""
        return is_held_out(self.subject)

    def sampled(self, count: int, chance: random.Random) -> "RankedGroup":
        """At most `count` of its texts: up to three that answer, and others drawn by chance."""
        right = [place for place, answers in enumerate(self.answers) if answers][:3]
        wrong = [place for place, answers in enumerate(self.answers) if not answers]
        kept = right + chance.sample(wrong, min(len(wrong), max(0, count - len(right))))
        return replace(self, texts=tuple(self.texts[at] for at in kept), answers=tuple(self.answers[at] for at in kept))


def evidence_groups(data: Path) -> list[RankedGroup]:
    """HetPQA's mixed evidence, labelled by hand."""
    return _labelled("hetpqa", data / EVIDENCE_RANKING, "ASIN", _kept_away(data))


def attribute_groups(data: Path) -> list[RankedGroup]:
    """SemiPQA's attributes, labelled by hand."""
    return _labelled("semipqa", data / ATTRIBUTE_RANKING, "qid", _kept_away(data))


def answered_groups(data: Path, *, seed: int) -> list[RankedGroup]:
    """HetPQA's answered questions: their evidence among that of other questions.

    Args:
        data: the folder of public sets.
        seed: of the drawing.
    """
    allowed = _kept_away(data)
    rows = [row for name in ANSWERS for row in read_rows(data / name, "\t") if allowed(row)]
    return _Draw(rows, random.Random(seed)).groups()


def said_groups(data: Path, *, seed: int) -> list[RankedGroup]:
    """HetPQA's questions with what people answered, among their answers to other questions; for arguments see above."""
    allowed = _kept_away(data)
    rows = [
        {**row, "candidate": row["answer"]} for name in ANSWERS for row in read_rows(data / name, "\t") if allowed(row)
    ]
    return _Draw(rows, random.Random(seed)).groups()


class _Draw:
    """Groups drawn from rows of one question and its evidence each."""

    def __init__(self, rows: Sequence[Mapping[str, str]], chance: random.Random) -> None:
        self._chance = chance
        self._rows = list({(row["question"], row["candidate"]): row for row in rows}.values())
        self._of_product: dict[str, list[Mapping[str, str]]] = defaultdict(list)
        self._askers: dict[str, set[str]] = defaultdict(set)
        for row in self._rows:
            self._of_product[row["ASIN"]].append(row)
            self._askers[row["candidate"]].add(row["question"])

    def groups(self) -> list[RankedGroup]:
        return [self._group(row) for row in self._rows]

    def _group(self, row: Mapping[str, str]) -> RankedGroup:
        question, chance = row["question"], self._chance
        right = {one["candidate"] for one in self._of_product[row["ASIN"]] if one["question"] == question}
        wrong = [one for one in self._of_product[row["ASIN"]] if one["candidate"] not in right]
        wrong = chance.sample(wrong, min(len(wrong), TEXTS - 1))
        while len(wrong) < TEXTS - 1:
            other = chance.choice(self._rows)
            wrong += [other] if other["candidate"] not in right else []
        texts = [self._right(row), *(self._wrong(one) for one in wrong)]
        answers = (True, *(False for _ in wrong))
        return RankedGroup("hetpqa-answers", row["ASIN"], question, tuple(texts), answers)

    def _right(self, row: Mapping[str, str]) -> str:
        text = _stored(row["candidate"])
        if self._chance.random() >= HEADED_SHARE:
            return text
        others = sorted(self._askers[row["candidate"]] - {row["question"]})
        return f"{self._chance.choice(others) if others else self._garbled(row['question'])}\n{text}"

    def _wrong(self, row: Mapping[str, str]) -> str:
        text = _stored(row["candidate"])
        return f"{row['question']}\n{text}" if self._chance.random() < HEADED_SHARE else text

    def _garbled(self, question: str) -> str:
        words = question.split()
        return " ".join([word for word in words if self._chance.random() < KEPT_WORDS] or words[:1])


def _labelled(source: str, path: Path, subject: str, allowed: Callable[[Mapping[str, str]], bool]) -> list[RankedGroup]:
    rows = [row for row in read_rows(path, "\t") if allowed(row)]
    return [
        RankedGroup(
            source,
            group[0][subject],
            group[0]["question"],
            tuple(_stored(row["candidate"]) for row in group),
            tuple(int(row["label"]) > 0 for row in group),
        )
        for group in grouped(rows)
    ]


def _kept_away(data: Path) -> Callable[[Mapping[str, str]], bool]:
    """Whether a row is of no product and no question that ePQA's dev part has."""
    measured = read_rows(data / EPQA, ",")
    products = {row["ASIN"] for row in measured}
    questions = {row["question"].strip().lower() for row in measured}

    def allowed(row: Mapping[str, str]) -> bool:
        return row.get("ASIN") not in products and row["question"].strip().lower() not in questions

    return allowed


def _stored(candidate: str) -> str:
    """As search stores and reads it."""
    chunk: Chunk = as_chunk("training", {"qa_pair_id": "0", "candidate": candidate})
    return chunk.embedding_text


def held_out(groups: Iterable[RankedGroup]) -> list[RankedGroup]:
    """Those kept from training."""
    return [group for group in groups if group.held_out]


def trained_on(groups: Iterable[RankedGroup]) -> list[RankedGroup]:
    """Those not kept from it."""
    return [group for group in groups if not group.held_out]
