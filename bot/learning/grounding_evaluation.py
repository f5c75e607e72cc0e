"""Measures the grounding check: how well it tells true statements from planted errors, beside word overlap alone."""

import csv
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bot.answering.evidence import sentences
from bot.answering.grounding import SentenceCheck, Statement, Verdict
from bot.answering.grounding.check import compared_texts
from bot.answering.grounding.words import negations
from bot.answering.tuned_text import MARK
from bot.learning.examples import Example
from bot.learning.planted_errors import plant
from bot.learning.separation import DRAWS, Figures, figures
from knowledge.embedding import TEXTS_AT_ONCE, Embedder
from knowledge.errors import DataMissing
from knowledge.keywords import tokenize

BEGIN_FILE = Path("begin") / "begin_dev_wow.tsv"
COPIED_OF = 3  # one passage sentence said as it stands for so many examples
SEED = 20261122

_TITLE = re.compile(r"^([^:：.。!?]{1,80})[:：]\s*")
_LEAD = re.compile(r"^([^:：.。!?;；,，]{1,60}?)(?<!\d)[:：]\s*(?!\d)")
_ATTRIBUTES = re.compile(r"(?:;\s+|；)(?=[^:：;；,，]{1,40}[:：](?!\d))")
_TABLES = ("Table", "汇总表")


@dataclass(frozen=True)
class Claim:
    """A statement whose truth is known.

    Attributes:
        kind: of a true one `reference` (a person's or template's wording) or `copied`; of a false one what was
            planted; of BEGIN's its label.
        group: the question it comes from; the intervals draw whole groups.
    """

    text: str
    evidence: tuple[Statement, ...]
    true: bool
    kind: str
    language: str
    group: str
    question: str = ""


@dataclass(frozen=True)
class CheckFigures:
    """What one check reached on one set.

    Attributes:
        language: `all`, or one.
        kind: `all`, or of planted error: its claims beside all the true ones.
    """

    dataset: str
    check: str
    language: str
    kind: str
    true: int
    false: int
    figures: Figures


class WordOverlap:
    """The baseline: the share of the sentence's words that the best statement of the evidence holds.

    Args:
        passes_from: share from which a sentence passes.
    """

    def __init__(self, passes_from: float = 0.8) -> None:
        self._passes_from = passes_from

    def check(self, sentence: str, evidence: Sequence[Statement], question: str = "") -> Verdict:  # noqa: ARG002 -- the port has it
        """Passes by words alone, whatever they say of each other."""
        words = tokenize(sentence)
        shares = [
            sum(word in held for word in words) / max(len(words), 1)
            for held in (set(tokenize(f"{one.context} {one.text}")) for one in evidence)
        ]
        best = max(shares, default=0.0)
        return Verdict(best >= self._passes_from, "" if best >= self._passes_from else "words", best,
                       shares.index(best) if shares else 0)  # fmt: skip


class EmbeddedAhead:
    """An embedder that has embedded all texts of some claims in batches, as checking them one by one would be slow.

    Args:
        embedder: embeds them, and any other text.
        claims: will be checked.
        on_progress: told how many texts are embedded, and of how many.
    """

    def __init__(
        self,
        embedder: Embedder,
        claims: Sequence[Claim],
        *,
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        self.name, self.dim, self._embedder = embedder.name, embedder.dim, embedder
        texts = {text for claim in claims for text in compared_texts(claim.text, claim.evidence)}
        waiting = sorted(texts, key=len)  # texts of one length fill a batch
        self._vectors: dict[str, np.ndarray] = {}
        for start in range(0, len(waiting), TEXTS_AT_ONCE):
            batch = waiting[start : start + TEXTS_AT_ONCE]
            self._vectors.update(zip(batch, embedder.embed_passages(batch), strict=True))
            on_progress(len(self._vectors), len(waiting))

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is stored, (n, dim)."""
        if all(text in self._vectors for text in texts):
            return np.array([self._vectors[text] for text in texts])
        return self._embedder.embed_passages(texts)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of what is asked, (n, dim)."""
        return self._embedder.embed_questions(texts)


def statements(passage: str, number: int = 0) -> tuple[Statement, ...]:
    """The statements of a passage as it stands in a prompt: title, colon, text on one line.

    In a table, what follows "Visit us in Bellmouth: …" up to the next such name is a row of it, and keeps the name.
    """
    title = _TITLE.match(passage)
    context = title[1] if title else ""
    found, lead = [], ""
    for sentence in sentences(passage[title.end() :] if title else passage):
        for piece in filter(None, map(str.strip, _ATTRIBUTES.split(sentence))):
            named = _LEAD.match(piece)
            if named and context in _TABLES:
                lead = "" if negations(named[1]) else named[0]
            found.append(Statement(piece if named else f"{lead}{piece}", context, number))
    return tuple(found)


def claims(examples: Iterable[Example]) -> Iterator[Claim]:
    """The sentences of the reference answers as true claims, and the errors planted in them as false ones.

    Deterministic for given examples. A sentence without a citation mark makes no claim and is left out.
    """
    listed = [example for example in examples if example.kind in {"answer", "half"}]
    said = [_cited_sentences(example) for example in listed]
    for place, (example, mine) in enumerate(zip(listed, said, strict=True)):
        chance = random.Random(f"{SEED} {example.id}")
        evidence = tuple(
            statement for number, passage in enumerate(example.passages) for statement in statements(passage, number)
        )
        others = [
            text
            for other in (chance.randrange(len(listed)) for _ in range(8))
            if listed[other].language == example.language and other != place
            for text in said[other]
        ]
        asked = " ".join([*example.history[-2:], example.question])
        for sentence in mine:
            claim = Claim(sentence, evidence, True, "reference", example.language, example.id, asked)
            yield claim
            texts = [f"{one.context}: {one.text}" for one in evidence]
            errors = plant(
                sentence,
                question=asked,
                evidence=texts,
                language=example.language,
                chance=chance,
                elsewhere=others,
            )
            for error in errors:
                if error.kind == "wrong_branch" and {"outdated", "contradiction"} & set(example.tags):
                    continue  # the other branch is what another page says
                yield replace(claim, text=error.text, true=False, kind=error.kind, question=error.question)
        if place % COPIED_OF == 0 and evidence:
            yield Claim(chance.choice(evidence).text, evidence, True, "copied", example.language, example.id)


def begin_claims(data: Path) -> list[Claim]:
    """The responses of BEGIN's Wizard-of-Wikipedia dev part (Dziri et al. 2022), true where fully attributable.

    Raises:
        DataMissing: the file is not there.
    """
    path = data / BEGIN_FILE
    if not path.is_file():
        raise DataMissing(f"{path} is not there; set SHOPCLERK_DATA or --data to the folder of the public sets.")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        Claim(
            row["response"],
            tuple(Statement(sentence) for sentence in sentences(row["knowledge"])),
            row["begin_label"] == "Fully attributable",
            row["begin_label"],
            "en",
            str(number),
            row["message"],
        )
        for number, row in enumerate(rows)
    ]


def measure(
    dataset: str, name: str, check: SentenceCheck, listed: Sequence[Claim], *, draws: int = DRAWS
) -> list[CheckFigures]:
    """The figures of a check on claims, for each language and each kind of error."""
    verdicts = [check.check(claim.text, claim.evidence, claim.question) for claim in listed]
    languages = ["all", *sorted({claim.language for claim in listed})]
    kinds = ["all", *dict.fromkeys(claim.kind for claim in listed if not claim.true)]
    found = []
    for language in languages:
        for kind in kinds if len(kinds) > 2 else kinds[:1]:
            chosen = [
                (claim, verdict)
                for claim, verdict in zip(listed, verdicts, strict=True)
                if language in {"all", claim.language} and (claim.true or kind in {"all", claim.kind})
            ]
            true = sum(claim.true for claim, _ in chosen)
            if not 0 < true < len(chosen):
                continue
            separated = figures(
                truths=np.array([claim.true for claim, _ in chosen]),
                scores=np.array([verdict.score for _, verdict in chosen]),
                passed=np.array([verdict.grounded for _, verdict in chosen]),
                groups=[claim.group for claim, _ in chosen],
                draws=draws,
            )
            found.append(CheckFigures(dataset, name, language, kind, true, len(chosen) - true, separated))
    return found


def _cited_sentences(example: Example) -> list[str]:
    """The answer's sentences that cite a passage, one by one as they are shown, without their marks."""
    found = []
    for piece in re.split(r"(?<=\])(?:[.。])?\s*(?!\s*\[)", example.answer):
        if MARK.search(piece):
            found += sentences(MARK.sub("", piece))
    return found
