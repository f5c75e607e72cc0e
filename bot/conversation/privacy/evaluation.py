"""How well personal data is found: precision and recall by kind, on our own cases and on Presidio's sentences."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.conversation.privacy.masking import Finding, mask

CASES = Path(__file__).with_name("cases.jsonl")
_MARK = re.compile(r"\[\[(\w+)\|(.*?)\]\]")  # [[phone|13812345678]]

# Presidio's names of the kinds that we promise to find. LOCATION (a town) and ORGANIZATION are not personal by
# themselves; PERSON is measured to show how few names stand where we look for them.
_PRESIDIO_KINDS: Mapping[str, str] = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "card",
    "US_SSN": "id",
    "US_DRIVER_LICENSE": "id",
    "IBAN_CODE": "account",
    "ADDRESS": "address",
    "PERSON": "name",
}
# What is no mistake to cover along with a kind: the town in an address.
_PART_OF: Mapping[str, str] = {"LOCATION": "address"}


@dataclass(frozen=True)
class PrivacyCase:
    """A text and the personal data in it; `allowed` may be covered but need not be."""

    text: str
    expected: tuple[Finding, ...]
    language: str = "en"
    split: str = "dev"
    allowed: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class KindScore:
    """Figures of one kind.

    Attributes:
        expected: pieces that are there.
        recall: share of them that is covered whole, by whatever placeholder.
        covered: share of their characters that is covered.
        found: pieces that were masked as this kind.
        precision: share of those that touch a piece of this kind.
    """

    kind: str
    expected: int
    recall: float
    covered: float
    found: int
    precision: float


def own_cases() -> list[PrivacyCase]:
    """Our own texts, English and Chinese, a good half of them without personal data."""
    lines = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return [marked(line["text"], language=line["language"], split=line["split"]) for line in lines]


def marked(text: str, *, language: str = "en", split: str = "dev") -> PrivacyCase:
    """The case that a text with marks such as `[[email|ann@example.com]]` writes down."""
    plain, expected, written = "", [], 0
    for mark in _MARK.finditer(text):
        plain += text[written : mark.start()]
        expected.append(Finding(mark[1], len(plain), len(plain) + len(mark[2])))
        plain += mark[2]
        written = mark.end()
    return PrivacyCase(plain + text[written:], tuple(expected), language, split)


def presidio_cases(path: Path) -> list[PrivacyCase]:
    """Sentences of `generated_small.json` (github.com/microsoft/presidio-research)."""
    return [
        PrivacyCase(
            sentence["full_text"],
            tuple(_presidio_findings(sentence["spans"], _PRESIDIO_KINDS)),
            allowed=tuple(_presidio_findings(sentence["spans"], _PART_OF)),
        )
        for sentence in json.loads(path.read_text(encoding="utf-8"))
    ]


def _presidio_findings(spans: Sequence[Mapping[str, object]], kinds: Mapping[str, str]) -> Iterable[Finding]:
    for span in spans:
        kind = kinds.get(str(span["entity_type"]))
        if kind is not None:
            yield Finding(kind, int(str(span["start_position"])), int(str(span["end_position"])))


def score(cases: Sequence[PrivacyCase]) -> list[KindScore]:
    """Precision and recall of each kind that is expected or found."""
    found = [mask(case.text).findings for case in cases]
    kinds = {finding.kind for case in cases for finding in case.expected} | {f.kind for fs in found for f in fs}
    return [_score_kind(kind, cases, found) for kind in sorted(kinds)]


def _score_kind(kind: str, cases: Sequence[PrivacyCase], found: Sequence[Sequence[Finding]]) -> KindScore:
    expected = whole = characters = covered = masked = right = 0
    for case, findings in zip(cases, found, strict=True):
        hidden = {place for finding in findings for place in range(finding.start, finding.end)}
        for piece in (piece for piece in case.expected if piece.kind == kind):
            inside = len(hidden.intersection(range(piece.start, piece.end)))
            expected, whole = expected + 1, whole + (inside == piece.end - piece.start)
            characters, covered = characters + piece.end - piece.start, covered + inside
        for finding in (finding for finding in findings if finding.kind == kind):
            masked += 1
            right += any(_touch(finding, piece) for piece in (*case.expected, *case.allowed) if piece.kind == kind)
    return KindScore(
        kind, expected, whole / max(expected, 1), covered / max(characters, 1), masked, right / max(masked, 1)
    )


def _touch(one: Finding, other: Finding) -> bool:
    return one.start < other.end and other.start < one.end
