"""GoldenQuestion: one question with what a right reply to it holds, read from `questions.jsonl`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from bot.errors import InvalidInput

One = TypeVar("One")

Expected = Literal["answered", "refused", "handed_off", "small_talk", "facts"]


@dataclass(frozen=True)
class GoldenQuestion:
    """One question.

    Attributes:
        history: what was said before, shopper and bot in turn, the shopper first.
        relevant: sources of which any one supports the answer.
        expected: what kind of reply is right.
        facts: each must be in the reply; alternatives stand together.
        forbidden: none may be in the reply; they would be wrong.
    """

    id: str
    split: str
    language: str
    question: str
    history: tuple[str, ...]
    relevant: tuple[str, ...]
    expected: Expected
    facts: tuple[tuple[str, ...], ...]
    forbidden: tuple[str, ...]
    tags: tuple[str, ...]


def read_golden(path: Path, *, split: str) -> list[GoldenQuestion]:
    """The questions of one split, in the file's order.

    Raises:
        InvalidInput: the file is absent or a line of it cannot be read.
    """
    if not path.is_file():
        raise InvalidInput(f"There is no file {str(path)!r} of golden questions; give the path of one.")
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            question = _question(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(
                f"{path}, line {number}: not a golden question ({error}); see the file's README."
            ) from error
        if question.split == split:
            questions.append(question)
    return questions


def evenly(listed: Sequence[One], limit: int | None) -> list[One]:
    """At most `limit` of what is listed, taken evenly from all of it, so that every kind is among them."""
    if limit is None or limit >= len(listed):
        return list(listed)
    return [listed[place * len(listed) // limit] for place in range(limit)]


def _question(read: dict[str, object]) -> GoldenQuestion:
    def texts(name: str) -> tuple[str, ...]:
        values = read.get(name, [])
        if not isinstance(values, list):
            raise TypeError(f"{name} is no list")
        return tuple(str(value) for value in values)

    return GoldenQuestion(
        id=str(read["id"]),
        split=str(read["split"]),
        language=str(read["language"]),
        question=str(read["question"]),
        history=texts("history"),
        relevant=texts("relevant"),
        expected=str(read["expect"]),  # type: ignore[arg-type]  # checked by the golden file's own tests
        facts=tuple(tuple(fact.split("|")) for fact in texts("facts")),
        forbidden=texts("forbidden"),
        tags=texts("tags"),
    )
